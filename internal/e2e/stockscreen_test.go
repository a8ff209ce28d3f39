package e2e

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"

	"mosh/internal/core/datagram"
	"mosh/internal/core/server"
	"mosh/internal/core/ssp"
	"mosh/internal/core/vt"
	"mosh/internal/core/width"
	"mosh/internal/corpus"
)

// stockView is a stock client on a pty, whose output is shown by an emulator of ours, connected to a session
// of our server core. The emulator reads as a receiver does, for stock's display has the fault of
// spec/terminal.md, 5.9, on the user's side too.
type stockView struct {
	t       *testing.T
	conn    *net.UDPConn
	session *server.Session

	mu       sync.Mutex
	terminal *vt.Terminal
}

func openStockView(t *testing.T, columns, rows int) *stockView {
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
	v := &stockView{t: t, conn: conn, terminal: vt.New(columns, rows, vt.Options{Receiver: true, Widths: &widths})}
	v.session = server.New(time.Now(), server.Config{Width: columns, Height: rows, Program: "test",
		Rand: rand.New(rand.NewPCG(1, 1)), Terminal: vt.Options{Widths: &widths}})
	v.session.AddPeer(time.Now(), key)
	port := conn.LocalAddr().(*net.UDPAddr).Port
	cmd := exec.Command(Stock(t).Client, "127.0.0.1", fmt.Sprint(port))
	cmd.Env = append(Environment(t.TempDir()), "MOSH_KEY="+key.Text(), "MOSH_PREDICTION_DISPLAY=never")
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: uint16(rows), Cols: uint16(columns)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = tty.Close()
	})
	go func() {
		b := make([]byte, 1<<16)
		for {
			n, err := tty.Read(b)
			if err != nil {
				return
			}
			v.mu.Lock()
			v.terminal.Write(time.Now(), b[:n])
			v.mu.Unlock()
		}
	}()
	return v
}

// serve takes and sends what is there, and waits a moment for more.
func (v *stockView) serve() {
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

// differs says in which row the stock client's terminal shows something else than want; -1 if in none.
func (v *stockView) differs(want *vt.Frame) (row int, got *vt.Frame) {
	v.mu.Lock()
	got = v.terminal.Snapshot(time.Now())
	v.mu.Unlock()
	for y, r := range want.Rows {
		for x, k := range r.Cells {
			g := got.Cell(y, x)
			if c, ok := k.Content.Rune(); ok && (width.Stock.Rune(c) < 0 || x == want.Width-1 && width.Doubtful(c)) ||
				k.Content.IsTail() {
				// What this C library does not know, or may take for wide where there is no room, is shown as
				// U+FFFD; tails hold nothing.
				continue
			}
			if g.Content.Empty() {
				g.Content = ' '
			}
			if k.Content.Empty() {
				k.Content = ' '
			}
			if k.Rendition.Stock() != g.Rendition || string(want.Interns.AppendContent(nil, k.Content)) != string(got.Interns.AppendContent(nil, g.Content)) {
				return y, got
			}
		}
	}
	if got.Cursor.Row != want.Cursor.Row || got.Cursor.Col != want.Cursor.Col ||
		got.Modes.CursorVisible != want.Modes.CursorVisible || got.Modes.Mouse != want.Modes.Mouse ||
		got.Modes.BracketedPaste != want.Modes.BracketedPaste || got.Modes.ReverseVideo != want.Modes.ReverseVideo {
		return want.Height, got
	}
	return -1, got
}

// TestStockClientShowsOurDiffs runs random programs on our server core and demands that a stock client's
// terminal shows the same screen after each step: text, renditions, cursor and modes.
func TestStockClientShowsOurDiffs(t *testing.T) {
	const columns, rows = 40, 10
	v := openStockView(t, columns, rows)
	r := rand.New(rand.NewPCG(7, 7))
	model := vt.New(columns, rows, vt.Options{Widths: new(width.Table)}) // the same as the session's own
	for step := range 60 {
		p := corpus.Steps(r, columns, rows, 1+r.IntN(10))
		v.session.HostOutput(time.Now(), p)
		model.Write(time.Now(), p)
		want := model.Snapshot(time.Now())
		deadline := time.Now().Add(patience)
		for {
			v.serve()
			row, got := v.differs(want)
			if row < 0 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("step %d: part %d differs; program %q\n got %s %+v %+v\nwant %s %+v %+v", step, row, p,
					line(got, row), got.Cursor, got.Modes, line(want, row), want.Cursor, want.Modes)
			}
		}
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
