package e2e

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/creack/pty"

	"mosh/internal/core/datagram"
	"mosh/internal/core/server"
	"mosh/internal/core/ssp"
	"mosh/internal/core/vt"
	"mosh/internal/core/width"
	"mosh/internal/corpus"
)

// view is a client on a pty, whose output is shown by an emulator of ours, connected to a session of our server
// core. What the emulator answers to queries goes back into the pty, slowly: a few octets each time that serve is
// called.
type view struct {
	t       *testing.T
	conn    *net.UDPConn
	session *server.Session
	model   *vt.Terminal // the screen as the session's own terminal has it
	tty     *os.File
	cmd     *exec.Cmd
	own     bool // the client keeps what stock does not

	mu       sync.Mutex
	terminal *vt.Terminal
	answers  []byte
	ended    bool
}

// openView starts a client.
func openView(t *testing.T, program string, own bool, columns, rows int, o vt.Options) *view {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	var secret [datagram.KeySize]byte
	for i := range secret {
		secret[i] = byte(i)
	}
	key := datagram.NewKey(secret)
	widths := width.Stock
	if own {
		widths = width.Unicode17
	}
	v := &view{t: t, conn: conn, own: own, terminal: vt.New(columns, rows, o)}
	v.terminal.SetDefaults(vt.Defaults{Program: "kitty(0)", KittyKeyboard: true})
	v.model = vt.New(columns, rows, vt.Options{Widths: &widths})
	v.session = server.New(time.Now(), server.Config{Width: columns, Height: rows, Program: "test",
		Rand: rand.New(rand.NewPCG(1, 1))})
	v.session.AddPeer(time.Now(), key)
	port := conn.LocalAddr().(*net.UDPAddr).Port
	v.cmd = exec.Command(program, "127.0.0.1", fmt.Sprint(port))
	v.cmd.Env = append(Environment(t.TempDir()), "MOSH_KEY="+key.Text(), "MOSH_PREDICTION_DISPLAY=never")
	v.tty, err = pty.StartWithSize(v.cmd, &pty.Winsize{Rows: uint16(rows), Cols: uint16(columns)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = v.cmd.Process.Kill()
		_ = v.cmd.Wait()
		_ = v.tty.Close()
	})
	go v.show()
	return v
}

// show gives the client's output to the terminal until the client has ended.
func (v *view) show() {
	b := make([]byte, 1<<16)
	for {
		n, err := v.tty.Read(b)
		v.mu.Lock()
		v.terminal.Write(time.Now(), b[:n])
		v.answers = v.terminal.AppendReplies(v.answers)
		v.ended = err != nil
		v.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// output lets the program on the server write p.
func (v *view) output(p []byte) *vt.Frame {
	v.session.HostOutput(time.Now(), p)
	v.model.Write(time.Now(), p)
	return v.model.Snapshot(time.Now())
}

// snapshot is what the client's terminal shows, and whether the client has ended.
func (v *view) snapshot() (f *vt.Frame, ended bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.terminal.Snapshot(time.Now()), v.ended
}

// until serves until cond is true.
func (v *view) until(cond func() bool, describe func() string) {
	v.t.Helper()
	Until(v.t, "the client's terminal is as it should be", func() bool { v.serve(); return cond() }, describe)
}

// untilShown serves until the client's terminal shows want.
func (v *view) untilShown(want *vt.Frame) {
	v.t.Helper()
	v.until(func() bool { row, _ := v.differs(want); return row < 0 }, func() string {
		row, got := v.differs(want)
		return fmt.Sprintf("part %d\n got %s %+v %+v\nwant %s %+v %+v", row,
			line(got, row), got.Cursor, got.Modes, line(want, row), want.Cursor, want.Modes)
	})
}

// serve takes and sends what is there, and waits a moment for more.
func (v *view) serve() {
	v.mu.Lock()
	if len(v.answers) > 0 {
		n := min(len(v.answers), 5)
		_, _ = v.tty.Write(v.answers[:n])
		v.answers = v.answers[n:]
	}
	v.mu.Unlock()
	b := make([]byte, 1<<16)
	_ = v.conn.SetReadDeadline(time.Now().Add(5 * time.Millisecond))
	if n, from, err := v.conn.ReadFromUDPAddrPort(b); err == nil {
		if err := v.session.HandleDatagram(time.Now(), from, false, b[:n]); err != nil {
			v.t.Logf("datagram: %v", err)
		}
	}
	v.session.TakeResize()
	v.session.Advance(time.Now())
	for _, d := range v.session.AppendDatagrams(time.Now(), []ssp.Datagram(nil)) {
		if d.To != (netip.AddrPort{}) {
			_, _ = v.conn.WriteToUDPAddrPort(d.B, d.To)
		}
	}
}

// differs says in which row the client's terminal shows something else than want, or the height if in the rest; -1
// if nowhere.
func (v *view) differs(want *vt.Frame) (row int, got *vt.Frame) {
	got, _ = v.snapshot()
	for y, r := range want.Rows {
		for x, k := range r.Cells {
			if !v.same(got, want, got.Cell(y, x), k, x) {
				return y, got
			}
		}
	}
	m, w := got.Modes, want.Modes
	if v.own {
		w.Alternate, w.AlternateScroll = m.Alternate, m.AlternateScroll // the client has its own use for them
	} else {
		m, w = m.Stock(), w.Stock()
		if w.Encoding == vt.EncodingPixel {
			w.Encoding = vt.EncodingSGR
		}
	}
	if got.Cursor.Row != want.Cursor.Row || got.Cursor.Col != want.Cursor.Col || m != w {
		return want.Height, got
	}
	return -1, got
}

// same compares one cell: a blank is a space.
func (v *view) same(got, want *vt.Frame, g, k vt.Cell, x int) bool {
	text := string(want.Interns.AppendContent(nil, k.Content))
	first, _ := utf8.DecodeRuneInString(text)
	if k.Content.IsTail() || !v.own && (width.Stock.Rune(first) < 0 || x == want.Width-1 && width.DoubtfulString(text)) {
		// Tails hold nothing. What the C library does not know, or may take for wide where there is no room, is
		// shown as U+FFFD.
		return true
	}
	if g.Content.Empty() {
		g.Content = ' '
	}
	if text == "" {
		text = " "
	}
	if text != string(got.Interns.AppendContent(nil, g.Content)) {
		return false
	}
	if !v.own {
		return k.Rendition.Stock() == g.Rendition
	}
	same := got.Interns.Extra(g.Extra) == want.Interns.Extra(k.Extra)
	g.Extra, k.Extra = 0, 0
	return same && g.Rendition == k.Rendition
}

// TestStockClientShowsOurDiffs runs random programs on our server core and demands that a stock client's
// terminal shows the same screen after each step: text, renditions, cursor and modes. The terminal reads as a
// receiver does, for stock's display has the fault of spec/terminal.md, 5.9, on the user's side too.
func TestStockClientShowsOurDiffs(t *testing.T) {
	const columns, rows = 40, 10
	widths := width.Stock
	v := openView(t, Stock(t).Client, false, columns, rows, vt.Options{Receiver: true, Widths: &widths})
	r := rand.New(rand.NewPCG(7, 7))
	for range 60 {
		v.untilShown(v.output(corpus.Steps(r, columns, rows, 1+r.IntN(10))))
	}
}

// TestOwnClientShowsAll is the same with our client, on a terminal that answers slowly and in pieces while the
// user types: everything is shown, the program reads what was typed and nothing else, and at the end the
// terminal is as it was.
func TestOwnClientShowsAll(t *testing.T) {
	const columns, rows = 40, 10
	v := openView(t, ours.Client, true, columns, rows, vt.Options{})
	before := vt.New(columns, rows, vt.Options{}).Snapshot(time.Now())
	if _, err := v.tty.WriteString("typed"); err != nil {
		t.Fatal(err)
	}
	v.until(func() bool { return string(v.session.HostInput()) == "typed" },
		func() string { return fmt.Sprintf("the program reads %q", v.session.HostInput()) })
	// The server tells a program of the keyboard protocol when it has heard of it from the client.
	v.until(func() bool {
		v.output([]byte("\x1b[?u"))
		return bytes.HasPrefix(v.session.HostInput(), []byte("typed\x1b[?0u"))
	}, func() string { return fmt.Sprintf("the program reads %q", v.session.HostInput()) })
	v.model.SetDefaults(vt.Defaults{KittyKeyboard: true})
	read := string(v.session.HostInput())
	r := rand.New(rand.NewPCG(7, 7))
	for range 60 {
		v.untilShown(v.output(corpus.Steps(r, columns, rows, 1+r.IntN(10))))
	}
	if got := string(v.session.HostInput()); got != read {
		t.Errorf("the program reads %q, want %q", got, read)
	}
	if _, err := v.tty.WriteString("\x1e."); err != nil {
		t.Fatal(err)
	}
	v.until(func() bool { _, ended := v.snapshot(); return ended }, func() string { return "the client does not end" })
	after, _ := v.snapshot()
	if after.Modes != before.Modes || after.Pen != before.Pen || after.Colors != nil && *after.Colors != (vt.Colors{}) {
		t.Errorf("left behind: modes %+v, pen %+v, colours %v", after.Modes, after.Pen, after.Colors)
	}
}

// TestSuspendGivesBack: while the client is stopped, the terminal is as it was before the client began, whatever the
// program has switched on; once continued, the client has it all again.
func TestSuspendGivesBack(t *testing.T) {
	v := openView(t, ours.Client, true, 40, 10, vt.Options{})
	before := vt.New(40, 10, vt.Options{}).Snapshot(time.Now())
	v.until(func() bool { // the server knows of the keyboard protocol
		v.output([]byte("\x1b[?u"))
		return len(v.session.HostInput()) > 0
	}, func() string { return "the program is not answered" })
	v.model.SetDefaults(vt.Defaults{KittyKeyboard: true})
	want := v.output([]byte("\x1b[?1h\x1b=\x1b[?25l\x1b[?5h\x1b[?1002h\x1b[?1016h\x1b[?1004h\x1b[?2004h\x1b[?2031h\x1b[=5u\x1b[>4;2m\x1b[5 q" +
		"\x1b]11;#102030\a\x1b]4;7;#102030\a\x1b]8;;http://x/\a\x1b[1;4:3;31mtext"))
	for range 2 {
		v.untilShown(want)
		if _, err := v.tty.WriteString("\x1e\x1a"); err != nil {
			t.Fatal(err)
		}
		v.until(func() bool {
			var ws syscall.WaitStatus
			pid, _ := syscall.Wait4(v.cmd.Process.Pid, &ws, syscall.WUNTRACED|syscall.WNOHANG, nil)
			return pid > 0 && ws.Stopped()
		}, func() string { return "the client does not stop" })
		v.until(func() bool {
			f, _ := v.snapshot()
			return f.Modes == before.Modes && f.Pen == before.Pen && (f.Colors == nil || *f.Colors == (vt.Colors{}))
		}, func() string {
			f, _ := v.snapshot()
			return fmt.Sprintf("left behind: modes %+v, pen %+v, colours %v", f.Modes, f.Pen, f.Colors)
		})
		if err := v.cmd.Process.Signal(syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
	}
	v.untilShown(want)
}

// TestQuitWaitsForAnswers: who leaves at once does not leave the terminal's answers to the shell.
func TestQuitWaitsForAnswers(t *testing.T) {
	v := openView(t, ours.Client, true, 40, 10, vt.Options{})
	unanswered := func() int {
		v.mu.Lock()
		defer v.mu.Unlock()
		return len(v.answers)
	}
	Until(t, "the terminal is asked", func() bool { return unanswered() > 0 }, func() string { return "" })
	if _, err := v.tty.WriteString("\x1e."); err != nil {
		t.Fatal(err)
	}
	v.until(func() bool { _, ended := v.snapshot(); return ended }, func() string { return "the client does not end" })
	if n := unanswered(); n > 0 {
		t.Errorf("%d octets of answers come after the end", n)
	}
}

func line(f *vt.Frame, row int) string {
	if row >= f.Height {
		return ""
	}
	var s strings.Builder
	for _, k := range f.Rows[row].Cells {
		fmt.Fprintf(&s, "[%s %x %x %x]", f.Interns.AppendContent(nil, k.Content), uint32(k.FG), uint32(k.BG), k.Attr)
	}
	return s.String()
}
