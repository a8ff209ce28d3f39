package confirm

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"mosh/internal/core/vt"
)

// tmux is a pane of a tmux server of our own, in which a shell shows what we write into a fifo.
type tmux struct {
	t    *testing.T
	sock string
	fifo string
}

// show is what the pane runs. That a report was answered says that all before it was dealt with.
const show = `stty raw -echo; while cat %[1]s; do printf '\033[5n'; head -c 4 >/dev/null; tmux -S %[2]s wait-for -S done; done`

func startTmux(t *testing.T) *tmux {
	dir := t.TempDir()
	x := &tmux{t: t, sock: filepath.Join(dir, "s"), fifo: filepath.Join(dir, "f")}
	if err := syscall.Mkfifo(x.fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		x.t = t
		x.run("kill-server")
	})
	x.run("-f", "/dev/null", "new-session", "-d", "-s", "keep", "exec sleep 100000")
	x.run("set", "-g", "status", "off", ";", "set", "-g", "default-shell", "/bin/sh")
	return x
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
	if strings.Contains(x.run("ls"), "case:") {
		x.run("kill-session", "-t", "case")
	}
	x.run("new-session", "-d", "-s", "case", "-x", fmt.Sprint(width), "-y", fmt.Sprint(height), fmt.Sprintf(show, x.fifo, x.sock))
}

func (x *tmux) write(b []byte) string {
	if err := os.WriteFile(x.fifo, b, 0); err != nil {
		x.t.Fatal(err)
	}
	x.run("wait-for", "done")
	return ""
}

func (x *tmux) resize(width, height int) {
	x.run("resize-window", "-t", "case", "-x", fmt.Sprint(width), "-y", fmt.Sprint(height))
}

func (x *tmux) rows() []string {
	return trim(strings.Split(x.run("capture-pane", "-p", "-t", "case"), "\n"))
}

// cursor takes the column beyond the last, which is tmux's pending wrap, for the last.
func (x *tmux) cursor() (row, col int, ok bool) {
	var width int
	_, err := fmt.Sscan(x.run("display", "-p", "-t", "case", "#{cursor_y} #{cursor_x} #{pane_width}"), &row, &col, &width)
	return row, min(col, width-1), err == nil
}

func (x *tmux) frame(width, height int) *vt.Frame {
	term := vt.New(width, height+1, vt.Options{})
	term.Write(never, []byte(strings.ReplaceAll(x.run("capture-pane", "-p", "-e", "-t", "case"), "\n", "\r\n")))
	return term.Snapshot(never)
}
