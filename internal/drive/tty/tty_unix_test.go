//go:build !windows

package tty

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"mosh/internal/leak"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// The test program is also the client whose terminal a test looks at: its argument says what it does.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && strings.HasPrefix(os.Args[1], "-play=") {
		os.Exit(play(strings.TrimPrefix(os.Args[1], "-play=")))
	}
	leak.Main(m)
}

// limit is how long a test waits for what must come.
const limit = 30 * time.Second

// openPair returns a pty's two ends. The test keeps the slave open, so that modes live on.
func openPair(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { master.Close(); slave.Close() })
	return master, slave
}

func open(t *testing.T, in, out *os.File) *Terminal {
	t.Helper()
	term, err := Open(in, out)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { term.Close() })
	return term
}

func modes(t *testing.T, f *os.File) unix.Termios {
	t.Helper()
	m, err := unix.IoctlGetTermios(int(f.Fd()), getTermios)
	if err != nil {
		t.Fatal(err)
	}
	return *m
}

// oddModes sets modes that no program would guess, to see that exactly these come back.
func oddModes(t *testing.T, f *os.File) unix.Termios {
	t.Helper()
	m := modes(t, f)
	m.Iflag |= unix.IXANY | unix.ISTRIP
	m.Lflag &^= unix.ECHOE
	m.Cc[unix.VINTR], m.Cc[unix.VERASE], m.Cc[unix.VMIN], m.Cc[unix.VTIME] = 7, 8, 3, 9
	if err := unix.IoctlSetTermios(int(f.Fd()), setTermios, &m); err != nil {
		t.Fatal(err)
	}
	return modes(t, f)
}

func flags(t *testing.T, f *os.File) int {
	t.Helper()
	n, err := unix.FcntlInt(f.Fd(), unix.F_GETFL, 0)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestRawAndRestore(t *testing.T) {
	_, slave := openPair(t)
	before := oddModes(t, slave)
	term := open(t, slave, slave)
	if modes(t, slave) != before {
		t.Error("Open changed the modes")
	}
	for range 2 { // the second time must not take raw for what was before
		if err := term.Raw(); err != nil {
			t.Fatal(err)
		}
	}
	// spec/commands.md, C3.5: saved settings + IUTF8, then cfmakeraw.
	raw := modes(t, slave)
	if raw.Iflag&(unix.ISTRIP|unix.ICRNL|unix.IXON) != 0 || raw.Iflag&iutf8 != iutf8 || raw.Oflag&unix.OPOST != 0 ||
		raw.Lflag&(unix.ECHO|unix.ICANON|unix.ISIG|unix.IEXTEN) != 0 || raw.Cflag&unix.CSIZE != unix.CS8 ||
		raw.Cc[unix.VMIN] != 1 || raw.Cc[unix.VTIME] != 0 {
		t.Errorf("raw modes are %+v", raw)
	}
	if err := term.Restore(); err != nil {
		t.Fatal(err)
	}
	if after := modes(t, slave); after != before {
		t.Errorf("before %+v\nafter  %+v", before, after)
	}
	// What the shell set meanwhile must survive a second Restore and a Close.
	changed := before
	changed.Cc[unix.VINTR] = 1
	if err := unix.IoctlSetTermios(int(slave.Fd()), setTermios, &changed); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(term.Restore(), term.Close(), term.Close()); err != nil {
		t.Error(err)
	}
	if modes(t, slave) != changed {
		t.Error("a second Restore changed the modes again")
	}
	if err := term.Raw(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Raw after Close: %v", err)
	}
}

func TestNoTerminal(t *testing.T) {
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if term, err := Open(f, f); err == nil || !strings.HasPrefix(err.Error(), "standard input is not a terminal: tcgetattr") {
		t.Errorf("got %v, %v", term, err)
	}
}

func TestSize(t *testing.T) {
	_, slave := openPair(t)
	term := open(t, slave, slave)
	for _, c := range []struct{ rows, cols, wantRows, wantCols int }{
		{0, 0, 24, 80}, {0, 100, 24, 80}, {50, 132, 50, 132}, {1, 1, 1, 1}, {65535, 65535, 65535, 65535},
	} {
		ws := &unix.Winsize{Row: uint16(c.rows), Col: uint16(c.cols)}
		if err := unix.IoctlSetWinsize(int(slave.Fd()), unix.TIOCSWINSZ, ws); err != nil {
			t.Fatal(err)
		}
		if rows, cols, err := term.Size(); rows != c.wantRows || cols != c.wantCols || err != nil {
			t.Errorf("%dx%d: got %dx%d, %v", c.rows, c.cols, rows, cols, err)
		}
	}
}

// stream is a way to read and write a terminal.
type stream struct {
	name   string
	blocks bool
	make   func(t *testing.T, slave *os.File) *Terminal
}

// streamKinds are descriptors of our own, and the fallback for terminals that cannot be opened anew.
func streamKinds() []stream {
	return []stream{
		{"reopened", false, func(t *testing.T, slave *os.File) *Terminal { return open(t, slave, slave) }},
		{"as it is", true, func(t *testing.T, slave *os.File) *Terminal {
			term := open(t, slave, slave)
			term.in.Close()
			p, err := newPolled(slave)
			if err != nil {
				t.Fatal(err)
			}
			term.in, term.out = p, direct{slave}
			return term
		}},
	}
}

func TestStreams(t *testing.T) {
	for _, s := range streamKinds() {
		t.Run(s.name, func(t *testing.T) {
			master, slave := openPair(t)
			before := flags(t, slave)
			term := s.make(t, slave)
			if term.Blocks() != s.blocks {
				t.Errorf("blocks: %v", term.Blocks())
			}
			if err := term.Raw(); err != nil {
				t.Fatal(err)
			}
			b := make([]byte, 100)
			for _, key := range []string{"\x03", "\r", "ü", "\x04"} {
				if _, err := master.Write([]byte(key)); err != nil {
					t.Fatal(err)
				}
				if n, err := term.Read(b); string(b[:n]) != key || err != nil {
					t.Errorf("typed %q, read %q, %v", key, b[:n], err)
				}
			}
			if _, err := term.Write([]byte("a\nb")); err != nil {
				t.Fatal(err)
			}
			if n, err := master.Read(b); string(b[:n]) != "a\nb" || err != nil {
				t.Errorf("shown %q, %v", b[:n], err)
			}
			if got := flags(t, slave); got != before {
				t.Errorf("the flags that the shell shares went from %#o to %#o", before, got)
			}
		})
	}
}

// Close must end a Read, whether it waits already or not.
func TestCloseEndsRead(t *testing.T) {
	for _, s := range streamKinds() {
		t.Run(s.name, func(t *testing.T) {
			for range 20 {
				_, slave := openPair(t)
				term := s.make(t, slave)
				done := make(chan error, 1)
				go func() {
					_, err := term.Read(make([]byte, 10))
					done <- err
				}()
				term.Close()
				select {
				case err := <-done:
					if !errors.Is(err, os.ErrClosed) {
						t.Errorf("Read ended with %v", err)
					}
				case <-time.After(limit):
					t.Fatal("Read still waits after Close")
				}
				if _, err := term.Read(make([]byte, 10)); !errors.Is(err, os.ErrClosed) {
					t.Errorf("Read after Close: %v", err)
				}
			}
		})
	}
}

func TestHangUpIsEOF(t *testing.T) {
	for _, s := range streamKinds() {
		t.Run(s.name, func(t *testing.T) {
			master, slave := openPair(t)
			term := s.make(t, slave)
			master.Close()
			if n, err := term.Read(make([]byte, 10)); n != 0 || err != io.EOF {
				t.Errorf("read %d octets, %v", n, err)
			}
		})
	}
}

// A terminal that takes nothing more must not hold up the client's end.
func TestWriteToAStoppedTerminal(t *testing.T) {
	_, slave := openPair(t)
	term := open(t, slave, slave)
	if err := term.SetWriteDeadline(time.Now().Add(time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := term.Write(make([]byte, 1<<20)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("Write ended with %v", err)
	}
	_ = term.SetWriteDeadline(time.Time{})
	done := make(chan error, 1)
	go func() {
		_, err := term.Write(make([]byte, 1<<20))
		done <- err
	}()
	term.Close()
	select {
	case err := <-done:
		if !errors.Is(err, os.ErrClosed) {
			t.Errorf("Write ended with %v", err)
		}
	case <-time.After(limit):
		t.Fatal("Write still waits after Close")
	}
}

// Output that is no terminal is written as it is.
func TestOutputElsewhere(t *testing.T) {
	_, slave := openPair(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	term := open(t, slave, w)
	if _, err := term.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 10)
	if n, _ := r.Read(b); string(b[:n]) != "x" {
		t.Errorf("got %q", b[:n])
	}
	if err := term.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("still open")); err != nil {
		t.Errorf("Close closed the user's descriptor: %v", err)
	}
}

// play is a client in miniature: it takes the terminal, reports each event, and leaves in the way asked for.
func play(how string) int {
	term, err := Open(os.Stdin, os.Stdout)
	if err != nil {
		fmt.Print(err)
		return 1
	}
	defer term.Close()
	if how == "background" {
		fmt.Printf("restored: %v\n", errors.Join(term.Restore()))
		term.raw = true // as if it had been in the foreground before
		return 0
	}
	if err := term.Raw(); err != nil {
		fmt.Print(err)
		return 1
	}
	fmt.Fprintf(term, "raw %s\r\n", how)
	keys := make(chan byte)
	go func() {
		var b [1]byte
		for {
			if _, err := term.Read(b[:]); err != nil {
				close(keys)
				return
			}
			keys <- b[0]
		}
	}()
	for {
		select {
		case s := <-term.Signals():
			switch s {
			case Continued:
				_ = term.Raw()
			case Terminated:
				fmt.Fprintf(term, "terminated\r\n")
				return 0
			}
			rows, cols, _ := term.Size()
			fmt.Fprintf(term, "%v %dx%d\r\n", s, rows, cols)
		case k, ok := <-keys:
			switch {
			case !ok || k == 'q':
				return 0
			case k == 'p':
				panic("something went wrong")
			case k == 'z':
				_ = term.Suspend()
			}
		}
	}
}

// client is a played client on a pty.
type client struct {
	t      *testing.T
	cmd    *exec.Cmd
	master *os.File
	slave  *os.File
	before unix.Termios
	out    *bufio.Reader
	stderr bytes.Buffer
}

func startClient(t *testing.T, how string) *client {
	t.Helper()
	c := &client{t: t}
	c.master, c.slave = openPair(t)
	c.before = oddModes(t, c.slave)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c.cmd = exec.Command(exe, "-play="+how)
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = c.slave, c.slave, &c.stderr
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c.out = bufio.NewReader(c.master)
	c.line("raw " + how)
	return c
}

// line expects a line of output.
func (c *client) line(want string) {
	c.t.Helper()
	got, err := c.out.ReadString('\n')
	if got = strings.TrimRight(got, "\r\n"); got != want || err != nil {
		c.t.Fatalf("shown %q, %v; want %q; stderr: %s", got, err, want, c.stderr.String())
	}
}

func (c *client) key(k string) {
	c.t.Helper()
	if _, err := c.master.Write([]byte(k)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) signal(s syscall.Signal) {
	c.t.Helper()
	if err := c.cmd.Process.Signal(s); err != nil {
		c.t.Fatal(err)
	}
}

// restored checks the terminal's modes against those before the client.
func (c *client) restored(when string) {
	c.t.Helper()
	if after := modes(c.t, c.slave); after != c.before {
		c.t.Errorf("%s: before %+v\nafter  %+v", when, c.before, after)
	}
}

// TestTerminalIsGivenBack on every way out that leaves the program a say.
func TestTerminalIsGivenBack(t *testing.T) {
	for name, end := range map[string]func(*client){
		"quit":  func(c *client) { c.key("q") },
		"panic": func(c *client) { c.key("p") },
		"TERM":  func(c *client) { c.signal(syscall.SIGTERM); c.line("terminated") },
		"INT":   func(c *client) { c.signal(syscall.SIGINT); c.line("terminated") },
		"HUP":   func(c *client) { c.signal(syscall.SIGHUP); c.line("terminated") },
		"PIPE":  func(c *client) { c.signal(syscall.SIGPIPE); c.line("terminated") },
	} {
		t.Run(name, func(t *testing.T) {
			c := startClient(t, name)
			end(c)
			err := c.cmd.Wait()
			if name == "panic" {
				if err == nil || !strings.Contains(c.stderr.String(), "something went wrong") {
					t.Errorf("%v; stderr %s", err, c.stderr.String())
				}
			} else if err != nil {
				t.Errorf("%v; stderr %s", err, c.stderr.String())
			}
			c.restored(name)
		})
	}
}

func TestResized(t *testing.T) {
	c := startClient(t, "resize")
	if err := pty.Setsize(c.master, &pty.Winsize{Rows: 33, Cols: 99}); err != nil {
		t.Fatal(err)
	}
	c.line("resized 33x99")
	c.key("q")
	if err := c.cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// TestSuspend: stopped, the terminal is the shell's; continued, it is raw again.
func TestSuspend(t *testing.T) {
	c := startClient(t, "suspend")
	for range 2 {
		c.key("z")
		var ws syscall.WaitStatus
		if _, err := syscall.Wait4(c.cmd.Process.Pid, &ws, syscall.WUNTRACED, nil); err != nil || !ws.Stopped() {
			t.Fatalf("status %v, %v", ws, err)
		}
		c.restored("suspended")
		c.signal(syscall.SIGCONT)
		c.line("continued 24x80")
		if modes(t, c.slave).Lflag&unix.ICANON != 0 {
			t.Error("not raw after it was continued")
		}
	}
	c.key("q")
	if err := c.cmd.Wait(); err != nil {
		t.Error(err)
	}
	c.restored("ended")
}

// TestBackground: ended while in the background, the client must neither be stopped by SIGTTOU nor change the modes
// that the shell has set for itself.
func TestBackground(t *testing.T) {
	_, slave := openPair(t)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// A shell with job control leads the session; its background job is the client, and it waits for its end.
	cmd := exec.Command("/bin/bash", "-c", `set -m; "$0" -play=background & wait $!; echo "status $?"`, exe)
	cmd.Stdin = slave
	var out bytes.Buffer
	cmd.Stdout = &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	before := modes(t, slave)
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); got != "restored: <nil>\nstatus 0\n" {
		t.Errorf("output %q", got)
	}
	if modes(t, slave) != before {
		t.Error("the modes were changed from the background")
	}
}
