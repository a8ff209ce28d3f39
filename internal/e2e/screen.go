package e2e

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// patience is how long a condition may take to come true before the test fails. It is generous: the tests
// share two cores with whatever else runs.
const patience = 60 * time.Second

// Until polls cond until it is true and fails the test with what describe says if it never is.
func Until(t testing.TB, what string, cond func() bool, describe func() string) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !cond() {
		if time.Now().After(deadline) {
			t.Fatalf("never happened: %s\n%s", what, describe())
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Screen is a terminal to watch programs in: one window of a private tmux server.
type Screen struct {
	t      testing.TB
	socket string
	log    string
}

// NewScreen starts command (run by sh) in a terminal of the given size, with exactly the environment env.
func NewScreen(t testing.TB, width, height int, env []string, command string) *Screen {
	t.Helper()
	dir, err := os.MkdirTemp("", "screen") // not t.TempDir: the path of a socket is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s := &Screen{t: t, socket: filepath.Join(dir, "tmux"), log: filepath.Join(dir, "status")}
	conf := filepath.Join(dir, "conf")
	settings := "set -g status off\nset -g default-terminal tmux-256color\nset -g remain-on-exit on\n" +
		"set -sg escape-time 0\nset -g history-limit 5000\n"
	if err := os.WriteFile(conf, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(dir, "script")
	text := "stty -g > " + s.log + ".before\n" + command + "\necho $? > " + s.log + "\nstty -g > " + s.log + ".after\n"
	if err := os.WriteFile(script, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("tmux", "-S", s.socket, "-f", conf, "new-session", "-d", "-x", fmt.Sprint(width),
		"-y", fmt.Sprint(height), "sh "+script)
	cmd.Env = env
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("starting tmux: %v\n%s", err, out)
	}
	t.Cleanup(func() { _ = exec.Command("tmux", "-S", s.socket, "kill-server").Run() })
	return s
}

func (s *Screen) tmux(args ...string) string {
	s.t.Helper()
	var stderr bytes.Buffer
	cmd := exec.Command("tmux", append([]string{"-S", s.socket}, args...)...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		s.t.Fatalf("tmux %s: %v: %s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}

// Text is what the screen shows, without attributes.
func (s *Screen) Text() string { return s.tmux("capture-pane", "-p") }

// Attributed is what the screen shows, with attributes as escape sequences.
func (s *Screen) Attributed() string { return s.tmux("capture-pane", "-p", "-e") }

// Cursor is the position of the cursor, "column,row".
func (s *Screen) Cursor() string {
	return strings.TrimSpace(s.tmux("display-message", "-p", "#{cursor_x},#{cursor_y}"))
}

// Type sends text as if typed.
func (s *Screen) Type(text string) { s.tmux("send-keys", "-l", text) }

// Press sends keys by their tmux names, such as Enter, C-c or Escape.
func (s *Screen) Press(keys ...string) { s.tmux(append([]string{"send-keys"}, keys...)...) }

// Line types text and Enter.
func (s *Screen) Line(text string) {
	s.Type(text)
	s.Press("Enter")
}

// Resize changes the size of the window.
func (s *Screen) Resize(width, height int) {
	s.tmux("resize-window", "-x", fmt.Sprint(width), "-y", fmt.Sprint(height))
}

// Await waits until the screen contains text.
func (s *Screen) Await(text string) {
	s.t.Helper()
	Until(s.t, fmt.Sprintf("the screen shows %q", text), func() bool { return strings.Contains(s.Text(), text) }, s.Text)
}

// AwaitGone waits until the screen no longer contains text.
func (s *Screen) AwaitGone(text string) {
	s.t.Helper()
	Until(s.t, fmt.Sprintf("the screen no longer shows %q", text),
		func() bool { return !strings.Contains(s.Text(), text) }, s.Text)
}

// Pid is the process id of the shell that runs the command.
func (s *Screen) Pid() string {
	return strings.TrimSpace(s.tmux("display-message", "-p", "#{pane_pid}"))
}

// AwaitExit waits for the end of the command and returns its exit status.
func (s *Screen) AwaitExit() string {
	s.t.Helper()
	Until(s.t, "the command ends", func() bool { return exists(s.log+".after") && nonEmpty(s.log+".after") }, s.Text)
	return strings.TrimSpace(read(s.t, s.log))
}

// CheckModes fails if the terminal's modes differ from those before the command. Call it after AwaitExit.
func (s *Screen) CheckModes() {
	s.t.Helper()
	before, after := read(s.t, s.log+".before"), read(s.t, s.log+".after")
	if before != after {
		s.t.Errorf("terminal modes before %q, after %q", before, after)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func nonEmpty(path string) bool {
	i, err := os.Stat(path)
	return err == nil && i.Size() > 0
}

func read(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Client is the process id of the mosh-client that runs under the screen's shell.
func (s *Screen) Client() string {
	s.t.Helper()
	pid := s.Pid()
	for {
		out, err := exec.Command("ps", "-o", "pid=", "--ppid", pid).Output()
		if err != nil || len(strings.Fields(string(out))) == 0 {
			return pid // no children: the innermost
		}
		pid = strings.Fields(string(out))[0]
	}
}

// AwaitPrompt waits until the last line with anything on it is the prompt of the shell that Open starts.
func (s *Screen) AwaitPrompt() {
	s.t.Helper()
	Until(s.t, "the shell prompts", func() bool {
		text := strings.TrimRight(s.Text(), "\n ")
		return text == "$" || strings.HasSuffix(text, "\n$")
	}, s.Text)
}

// folder returns a new folder that is removed at the end, once the programs that end with their terminals have
// written their last into it.
func folder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "e2e")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		var last error
		Until(t, "the folder can be removed", func() bool { last = os.RemoveAll(dir); return last == nil },
			func() string { return last.Error() })
	})
	return dir
}
