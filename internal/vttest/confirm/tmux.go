package confirm

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"mosh/internal/core/vt"
)

// tmux is a pane of a tmux server of our own, in which a shell shows what we write into a fifo.
type tmux struct {
	t     *testing.T
	sock  string
	dir   string
	panes int      // how many there were: each has a fifo of its own, for the last may still read
	in    string   // what is shown
	done  *os.File // a line when it was
	state []string // what tmux said of the pane since the last change; nil: not asked yet
}

// show is what the pane runs. That a report was answered says that all before it was dealt with.
const show = `stty raw -echo; while cat %[1]s; do printf '\033[5n'; head -c 4 >/dev/null; echo >%[2]s; done`

func startTmux(t *testing.T) *tmux {
	dir := t.TempDir()
	x := &tmux{t: t, sock: filepath.Join(dir, "s"), dir: dir}
	var err error
	if x.done, err = os.OpenFile(x.mkfifo("done"), os.O_RDWR, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		x.t = t
		x.done.Close()
		x.run("kill-server")
	})
	x.run("-f", "/dev/null", "new-session", "-d", "-s", "keep", "exec sleep 100000")
	x.run("set", "-g", "status", "off", ";", "set", "-g", "default-shell", "/bin/sh")
	return x
}

func (x *tmux) mkfifo(name string) string {
	f := filepath.Join(x.dir, name)
	if err := syscall.Mkfifo(f, 0o600); err != nil {
		x.t.Fatal(err)
	}
	return f
}

func (x *tmux) run(args ...string) string {
	c := exec.Command("tmux", append([]string{"-u", "-S", x.sock}, args...)...)
	c.Env = append(os.Environ(), "TERM=xterm", "LC_ALL=C.UTF-8")
	out, err := c.CombinedOutput()
	if err != nil {
		x.t.Fatalf("tmux %q (see .ci/deps): %v\n%s", args, err, out)
	}
	return string(out)
}

// fresh makes a new pane of the given size.
func (x *tmux) fresh(width, height int) {
	var args []string
	if x.panes > 0 {
		args = []string{"kill-session", "-t", "case", ";"}
	}
	x.panes++
	x.in, x.state = x.mkfifo(fmt.Sprint("in", x.panes)), nil
	x.run(append(args, "new-session", "-d", "-s", "case", "-x", fmt.Sprint(width), "-y", fmt.Sprint(height),
		fmt.Sprintf(show, x.in, x.done.Name()))...)
}

func (x *tmux) write(b []byte) string {
	x.state = nil
	if err := os.WriteFile(x.in, b, 0); err != nil {
		x.t.Fatal(err)
	}
	_ = x.done.SetReadDeadline(time.Now().Add(limit))
	if _, err := x.done.Read(make([]byte, 1)); err != nil {
		x.t.Fatalf("tmux does not answer: %v", err)
	}
	return ""
}

func (x *tmux) resize(width, height int) {
	x.state = nil
	x.run("resize-window", "-t", "case", "-x", fmt.Sprint(width), "-y", fmt.Sprint(height))
}

// ask returns what tmux says of the pane: where the cursor is, the text, the text with renditions.
func (x *tmux) ask() (cursor, text, page string) {
	const end = "= end =\n"
	if x.state == nil {
		all := x.run("display", "-p", "-t", "case", "#{cursor_y} #{cursor_x} #{pane_width}", ";", "display", "-p", strings.TrimSpace(end), ";",
			"capture-pane", "-p", "-t", "case", ";", "display", "-p", strings.TrimSpace(end), ";",
			"capture-pane", "-p", "-e", "-t", "case")
		x.state = strings.SplitN(all, end, 3)
	}
	return x.state[0], x.state[1], x.state[2]
}

func (x *tmux) rows() []string {
	_, text, _ := x.ask()
	return trim(strings.Split(text, "\n"))
}

// cursor takes the column beyond the last, which is tmux's pending wrap, for the last.
func (x *tmux) cursor() (row, col int, ok bool) {
	var width int
	cursor, _, _ := x.ask()
	_, err := fmt.Sscan(cursor, &row, &col, &width)
	return row, min(col, width-1), err == nil
}

func (x *tmux) frame(width, height int) *vt.Frame {
	_, _, page := x.ask()
	term := vt.New(width, height+1, vt.Options{})
	term.Write(never, []byte(strings.ReplaceAll(page, "\n", "\r\n")))
	return term.Snapshot(never)
}
