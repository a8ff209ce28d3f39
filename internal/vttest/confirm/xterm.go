// Package confirm runs the screen scripts of vttest in the terminals that they describe: xterm under Xvfb, tmux, and
// a stock mosh-server. A case that gives something else there must say why (vttest, "unlike"), and must do so.
package confirm

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"

	"mosh/internal/core/vt"
)

// never is a time for terminals that need none.
var never time.Time

// limit is how long an answer of a reference terminal may take before the test gives up.
const limit = 10 * time.Second

// startX starts an X server without a screen and returns its display name.
func startX(t *testing.T) string {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "2000x1500x24", "-nolisten", "tcp")
	c.ExtraFiles = []*os.File{w}
	start(t, c)
	w.Close()
	var n int
	if _, err := fmt.Fscan(r, &n); err != nil {
		t.Fatalf("Xvfb gave no display number: %v", err)
	}
	return fmt.Sprintf(":%d", n)
}

// start starts c and ends it with the test.
func start(t *testing.T, c *exec.Cmd) {
	if err := c.Start(); err != nil {
		t.Fatalf("starting %s (see .ci/deps): %v", c.Path, err)
	}
	t.Cleanup(func() {
		c.Process.Signal(syscall.SIGTERM)
		c.Wait()
	})
}

// fresh makes xterm as it was at its start: RIS leaves the alternate screen and its saved cursor as they are.
const fresh = "\x1b[?1047h\x1b[!p\x1b[?69l\x1b[r\x1b[m\x1b[H\x1b7\x1b[2J\x1b[?1047l\x1bc"

// xterm is a running xterm whose pty we hold both ends of.
type xterm struct {
	t    *testing.T
	tty  *os.File
	fifo string
	got  chan []byte
}

// startXterm starts an xterm of the given size on the display.
func startXterm(t *testing.T, display string, width, height int, more ...string) *xterm {
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := term.MakeRaw(int(tty.Fd())); err != nil {
		t.Fatal(err)
	}
	x := &xterm{t: t, tty: tty, fifo: filepath.Join(t.TempDir(), "page"), got: make(chan []byte, 64)}
	if err := syscall.Mkfifo(x.fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"-u8", "-geometry", fmt.Sprintf("%dx%d", width, height), "-fn", "5x7"}
	for _, r := range append([]string{"printerCommand: cat > " + x.fifo, "printerAutoClose: true", "printAttributes: 2", "boldColors: false",
		"allowWindowOps: true", "decTerminalID: 420", "utf8: 2"}, more...) {
		args = append(args, "-xrm", "*"+r)
	}
	c := exec.Command("xterm", append(args, fmt.Sprintf("-S%s/3", tty.Name()))...)
	c.Env = append(os.Environ(), "DISPLAY="+display, "LC_ALL=C.UTF-8")
	c.ExtraFiles = []*os.File{master}
	start(t, c)
	master.Close()
	go func() {
		for {
			b := make([]byte, 4096)
			n, err := tty.Read(b)
			if err != nil {
				close(x.got)
				return
			}
			x.got <- b[:n]
		}
	}()
	x.until("\n") // the window's number
	return x
}

// until reads up to and including end and returns what came before it.
func (x *xterm) until(end string) string {
	var b []byte
	late := time.After(limit)
	for !bytes.HasSuffix(b, []byte(end)) {
		select {
		case p, ok := <-x.got:
			if !ok {
				x.t.Fatal("xterm is gone")
			}
			b = append(b, p...)
		case <-late:
			x.t.Fatalf("xterm does not answer; so far %q", b)
		}
	}
	return string(b[:len(b)-len(end)])
}

// write writes b, waits until xterm has dealt with it and returns its answers.
func (x *xterm) write(b []byte) string {
	x.send(append(b[:len(b):len(b)], "\x1b[?9997$p"...))
	return x.until("\x1b[?9997;0$y") // DECRQM of a mode that nobody has
}

// send forgets earlier answers and writes b, without waiting for anything.
func (x *xterm) send(b []byte) {
	for len(x.got) > 0 {
		<-x.got
	}
	if _, err := x.tty.Write(b); err != nil {
		x.t.Fatal(err)
	}
}

// resize sets the size and waits until xterm has it.
func (x *xterm) resize(width, height int) {
	x.write(fmt.Appendf(nil, "\x1b[8;%d;%dt", height, width))
	want := fmt.Sprintf("\x1b[8;%d;%dt", height, width)
	end := time.Now().Add(limit)
	for x.write([]byte("\x1b[18t")) != want {
		if time.Now().After(end) {
			x.t.Fatalf("xterm does not become %dx%d", width, height)
		}
	}
}

// page returns the screen by xterm's print function: text with SGR, lines ended by CR LF.
func (x *xterm) page() []byte {
	page := make(chan []byte)
	go func() {
		f, err := os.Open(x.fifo)
		if err != nil {
			close(page)
			return
		}
		defer f.Close()
		b, _ := io.ReadAll(f)
		page <- b
	}()
	x.send([]byte("\x1b[?19h\x1b[i"))
	select {
	case b := <-page:
		return tails.ReplaceAll(b, nil)
	case <-time.After(limit):
		x.t.Fatal("xterm does not print")
		return nil
	}
}

// tails is what stands for the second half of a wide character.
var tails = regexp.MustCompile("(\x1b\\[[0-9;:]*m)?\uffff")

// cursor is not known with DECOM, which makes the report relative to margins that we do not know.
func (x *xterm) cursor() (row, col int, ok bool) {
	_, err := fmt.Sscanf(x.write([]byte("\x1b[6n")), "\x1b[%d;%dR", &row, &col)
	origin := x.write([]byte("\x1b[?6$p")) == "\x1b[?6;1$y"
	return row - 1, col - 1, err == nil && !origin
}

var escapes = regexp.MustCompile("\x1b(#[0-9]|\\[[0-9;:]*m)")

// rows returns the text of the screen, blanks at the ends trimmed.
func (x *xterm) rows() []string { return pageRows(x.page()) }

func pageRows(page []byte) []string {
	return trim(strings.Split(string(escapes.ReplaceAll(page, nil)), "\n"))
}

var printed = regexp.MustCompile("\x1b(#[0-9]|\\[[0-9;:]*m)|[^\x1b\r\n]")

// frame returns the screen with renditions.
func (x *xterm) frame(width, height int) *vt.Frame { return pageFrame(x.page(), width, height) }

// pageFrame returns what is on a page. xterm prints the rendition before each cell that has one, and nothing
// where it ends.
func pageFrame(page []byte, width, height int) *vt.Frame {
	page = printed.ReplaceAllFunc(page, func(b []byte) []byte {
		if b[0] != 0x1b {
			b = append(b[:len(b):len(b)], "\x1b[0m"...)
		}
		return b
	})
	term := vt.New(width, height+1, vt.Options{})
	term.Write(time.Time{}, page)
	return term.Snapshot(time.Time{})
}

// trim removes blanks at the ends of rows, and blank rows at the end.
func trim(rows []string) []string {
	used := 0
	for i, r := range rows {
		rows[i] = strings.TrimRight(r, " \r\f")
		if rows[i] != "" {
			used = i + 1
		}
	}
	return rows[:used]
}

// plain returns the rows of a script without bars and marks.
func plain(rows []string) []string {
	var out []string
	for _, r := range rows {
		r = strings.TrimSuffix(strings.TrimPrefix(r, "|"), "+")
		out = append(out, strings.ReplaceAll(strings.TrimSuffix(r, "|"), "␣", " "))
	}
	return trim(out)
}
