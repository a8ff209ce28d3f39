//go:build linux

package serverloop

import (
	"log/slog"
	"net/netip"
	"os"
	"testing"

	"mosh/internal/core/server"
	"mosh/internal/drive/clock"
	"mosh/internal/drive/login"
	"mosh/internal/drive/pty"
	"mosh/internal/drive/udp"
	"mosh/internal/leak"
)

// TestMain lets the test program be the stage between server and program, and finds goroutines left behind.
func TestMain(m *testing.M) {
	if pty.IsStage(os.Args) {
		os.Exit(pty.RunStage())
	}
	leak.Main(m)
}

// TestAllocations drives a loop by hand whose program writes without end: neither what it reads nor a turn with nothing
// to do allocates. What frames cost is bounded by the test of the same name in core/client.
func TestAllocations(t *testing.T) {
	socket, err := udp.Listen(netip.MustParseAddr("127.0.0.1"), udp.Ports{})
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	p, err := pty.Start(pty.Command{Path: "yes", Args: []string{"yes", "a flood"}, Env: os.Environ(), Rows: 24, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Release(); err != nil {
		t.Fatal(err)
	}
	l := begin(Config{Session: server.New(clock.Now(), server.Config{Width: 80, Height: 24, Program: "test"}),
		Socket: socket, Pty: p, Log: slog.New(slog.DiscardHandler), Records: login.Begin(login.Session{})})
	defer l.end()
	octets := 0
	read := func() {
		b, ok := <-l.chunks
		if !ok {
			t.Fatal("the program has ended")
		}
		octets += len(b)
		l.hostOutput(b, ok)
		l.moreOutput()
		l.turn()
	}
	for range 50 {
		read()
	}
	if n := testing.AllocsPerRun(200, read); n != 0 {
		t.Errorf("%v allocations for a read of the program's output", n)
	}
	if n := testing.AllocsPerRun(200, func() { l.tick(); l.turn() }); n != 0 {
		t.Errorf("%v allocations for a turn with nothing to do", n)
	}
	if octets < 10_000 {
		t.Errorf("only %d octets were read", octets)
	}
}

// turn is what each turn of run does before it waits.
func (l *loop) turn() {
	now := l.clock.Now()
	l.deliver(now)
	l.alarm.Set(now, l.wait(now))
}
