//go:build linux

package clientloop

import (
	"bytes"
	"io"
	"log/slog"
	"net/netip"
	"testing"

	"mosh/internal/core/client"
	"mosh/internal/core/datagram"
	"mosh/internal/core/display"
	"mosh/internal/core/predict"
	"mosh/internal/drive/clock"
	"mosh/internal/drive/tty"
	"mosh/internal/drive/udp"
)

// perKey is what a key may allocate in both loops and everything below them, from the keyboard to the screen. Most of it
// is states that are kept, bounded by the test in core/client; the loops, sockets and terminals themselves add nothing.
const perKey = 20

// TestAllocations types into both loops with real sockets and terminals.
func TestAllocations(t *testing.T) {
	master, slave := terminalPair(t)
	key := datagram.NewKey([16]byte{7, 8, 9})
	to, serverEnd := startServer(t, key, "sh", "-c", "stty raw -echo; printf READY; exec cat")
	clientEnd := runClient(t, &user{t: t, slave: slave}, key, to)
	seen, room := make([]byte, 0, 1<<16), make([]byte, 1<<12)
	await := func(text []byte) {
		for seen = seen[:0]; !bytes.Contains(seen, text); {
			n, err := master.Read(room)
			if err != nil {
				t.Fatal(err)
			}
			seen = append(seen, room[:n]...)
		}
	}
	await([]byte("READY"))
	typed, n := []byte("x"), 0
	press := func() {
		if n++; n%60 == 0 {
			_, _ = master.WriteString("\r")
		}
		typed[0] = 'a' + byte(n%26)
		_, _ = master.Write(typed)
		await(typed)
	}
	for range 60 {
		press()
	}
	if n := testing.AllocsPerRun(60, press); n > perKey {
		t.Errorf("%v allocations for a key, want at most %d", n, perKey)
	} else {
		t.Logf("%v allocations for a key", n)
	}
	_, _ = master.WriteString("\x1e.")
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(io.Discard, master)
	}()
	<-clientEnd
	<-serverEnd
	slave.Close() // the last one: the master's read ends
	<-done
	master.Close()
}

// TestIdleAllocations drives a client's loop by hand: a turn with nothing to do allocates nothing.
func TestIdleAllocations(t *testing.T) {
	u := newUser(t)
	defer u.close()
	terminal, err := tty.Open(u.slave, u.slave)
	if err != nil {
		t.Fatal(err)
	}
	key, to := datagram.NewKey([16]byte{7, 8, 9}), netip.MustParseAddrPort("127.0.0.1:9")
	sockets := udp.NewSet()
	defer sockets.Close()
	l := begin(Config{Session: client.New(clock.Now(), client.Config{Key: key, Servers: []netip.AddrPort{to}, Width: 80, Height: 24,
		Predict: predict.Never, Escape: client.ParseEscape("", false), Program: "test"}), Sockets: sockets,
		Servers: []netip.AddrPort{to}, TTY: terminal, Caps: display.Terminal(), Log: slog.New(slog.DiscardHandler)})
	defer l.end()
	now := l.clock.Now()
	for !l.paint(now) || !l.free {
		if err := <-l.screen.Free(); err != nil {
			t.Fatal(err)
		}
		l.free = true
	}
	if n := testing.AllocsPerRun(200, func() {
		l.paint(now)
		l.alarm.Set(now, l.wait(now))
		l.tick()
	}); n != 0 {
		t.Errorf("%v allocations for a turn with nothing to do", n)
	}
}
