//go:build linux

package clientloop

import (
	"bytes"
	"log/slog"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	creack "github.com/creack/pty"
	"golang.org/x/sys/unix"

	"mosh/internal/core/client"
	"mosh/internal/core/datagram"
	"mosh/internal/core/display"
	"mosh/internal/core/predict"
	"mosh/internal/core/server"
	"mosh/internal/drive/clock"
	"mosh/internal/drive/login"
	"mosh/internal/drive/pty"
	"mosh/internal/drive/serverloop"
	"mosh/internal/drive/tty"
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

// user is a person at a terminal.
type user struct {
	t      *testing.T
	master *os.File
	slave  *os.File
	mu     sync.Mutex
	seen   []byte
	done   chan struct{}
}

func terminalPair(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, slave, err := creack.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := creack.Setsize(slave, &creack.Winsize{Rows: 24, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	return master, slave
}

func newUser(t *testing.T) *user {
	master, slave := terminalPair(t)
	u := &user{t: t, master: master, slave: slave, done: make(chan struct{})}
	go u.watch()
	return u
}

func (u *user) watch() {
	defer close(u.done)
	buf := make([]byte, 4096)
	for {
		n, err := u.master.Read(buf)
		u.mu.Lock()
		u.seen = append(u.seen, buf[:n]...)
		u.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// close hangs up and waits for the watcher.
func (u *user) close() {
	u.slave.Close() // the last one: the master's read ends
	<-u.done
	u.master.Close()
}

func (u *user) typeKeys(s string) {
	if _, err := u.master.WriteString(s); err != nil {
		u.t.Error(err)
	}
}

func (u *user) await(text string) {
	u.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		u.mu.Lock()
		found := bytes.Contains(u.seen, []byte(text))
		seen := string(u.seen)
		u.mu.Unlock()
		if found {
			return
		}
		if time.Now().After(deadline) {
			u.t.Fatalf("never seen: %q in %q", text, seen)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func modes(t *testing.T, f *os.File) unix.Termios {
	t.Helper()
	m, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return *m
}

// startServer runs program behind a server loop and returns where it listens and a channel with its end.
func startServer(t *testing.T, key datagram.Key, program ...string) (netip.AddrPort, <-chan server.Reason) {
	t.Helper()
	socket, err := udp.Listen(netip.MustParseAddr("127.0.0.1"), udp.Ports{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := pty.Start(pty.Command{Path: program[0], Args: program, Env: os.Environ(), Rows: 24, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	now := clock.Now()
	session := server.New(now, server.Config{Width: 80, Height: 24, Program: "test"})
	session.AddPeer(now, key)
	end := make(chan server.Reason, 1)
	go func() {
		r := serverloop.Run(serverloop.Config{Session: session, Socket: socket, Pty: p,
			Log: slog.New(slog.DiscardHandler), Records: login.Begin(login.Session{})})
		socket.Close()
		end <- r
	}()
	return socket.Local(), end
}

// runClient runs a client loop on the user's terminal.
func runClient(t *testing.T, u *user, key datagram.Key, to netip.AddrPort) <-chan client.Reason {
	t.Helper()
	terminal, err := tty.Open(u.slave, u.slave)
	if err != nil {
		t.Fatal(err)
	}
	if err := terminal.Raw(); err != nil {
		t.Fatal(err)
	}
	session := client.New(clock.Now(), client.Config{Key: key, Servers: []netip.AddrPort{to}, Width: 80, Height: 24,
		Predict: predict.Never, Escape: client.ParseEscape("", false), Program: "test"})
	end := make(chan client.Reason, 1)
	go func() {
		sockets := udp.NewSet()
		r := Run(Config{Session: session, Sockets: sockets, Servers: []netip.AddrPort{to}, TTY: terminal,
			Caps: display.Terminal(), Log: slog.New(slog.DiscardHandler)})
		sockets.Close()
		end <- r
	}()
	return end
}

// Both loops with real sockets and terminals: a key and its echo, the escape key, no goroutine left, modes as before.
func TestLoops(t *testing.T) {
	u := newUser(t)
	defer u.close()
	before := modes(t, u.slave)
	key := datagram.NewKey([16]byte{1, 2, 3})
	to, serverEnd := startServer(t, key, "cat")
	clientEnd := runClient(t, u, key, to)
	u.typeKeys("hello\r")
	u.await("hello")
	u.typeKeys("\x1e.")
	if r := <-clientEnd; r != client.Clean {
		t.Errorf("client: %v", r)
	}
	if r := <-serverEnd; r != server.PeerQuit {
		t.Errorf("server: %v", r)
	}
	if after := modes(t, u.slave); after != before {
		t.Errorf("modes before %+v, after %+v", before, after)
	}
}

// The known deadlock of a pty: a program that writes without end and does not read, while the user types.
func TestProgramThatOnlyWrites(t *testing.T) {
	u := newUser(t)
	defer u.close()
	key := datagram.NewKey([16]byte{4, 5, 6})
	to, serverEnd := startServer(t, key, "sh", "-c", "stty -echo; exec yes flood")
	clientEnd := runClient(t, u, key, to)
	u.await("flood")
	u.typeKeys(strings.Repeat("x", 20000))
	u.typeKeys("\x1e.")
	if r := <-clientEnd; r != client.Clean {
		t.Errorf("client: %v", r)
	}
	if r := <-serverEnd; r != server.PeerQuit {
		t.Errorf("server: %v", r)
	}
}
