package e2e

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// processes of a session: the shell says its own id, the server is its parent.
func (s *Screen) processes(t *testing.T) (shell, server string) {
	t.Helper()
	s.Line("echo shell-is-$$-")
	Until(t, "the shell says its process id", func() bool { return shellPid(s.Text()) != 0 }, s.Text)
	shell = strconv.Itoa(shellPid(s.Text()))
	return shell, strings.TrimSpace(run(t, "ps", "-o", "ppid=", "-p", shell))
}

// TestHardTimes runs a session of our own programs through what a machine does to a process: it is stopped and goes on,
// has no descriptor left, may write no file. What is typed meanwhile reaches the shell, and the session ends well.
func TestHardTimes(t *testing.T) {
	h := StartHost(t, "")
	pair := pairs(t)[0]
	for _, c := range []struct {
		name       string
		before     func(t *testing.T, s *Screen, server string)
		afterTyped func(t *testing.T, s *Screen, server string)
	}{
		{"server stopped", func(t *testing.T, _ *Screen, server string) { run(t, "kill", "-STOP", server) },
			func(t *testing.T, _ *Screen, server string) {
				awaitState(t, server, "T")
				run(t, "kill", "-CONT", server)
			}},
		{"client stopped", func(t *testing.T, s *Screen, _ string) { run(t, "kill", "-STOP", s.Client()) },
			func(t *testing.T, s *Screen, _ string) { run(t, "kill", "-CONT", s.Client()) }},
		{"no descriptors left", func(t *testing.T, s *Screen, server string) {
			run(t, "prlimit", "--pid", server, "--nofile=3:3")
			run(t, "prlimit", "--pid", s.Client(), "--nofile=3:3")
		}, nil},
		{"no room on the disk", func(t *testing.T, s *Screen, server string) {
			run(t, "prlimit", "--pid", server, "--fsize=0:0")
			run(t, "prlimit", "--pid", s.Client(), "--fsize=0:0")
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := pair.Open(t, h, "v4")
			shell, server := s.processes(t)
			c.before(t, s, server)
			s.Line("echo 'typed in '$((40+2))' hard times'")
			if c.afterTyped != nil {
				c.afterTyped(t, s, server)
			}
			s.Await("typed in 42 hard times")
			s.Resize(90, 30)
			s.Line("stty size; exit 0")
			s.AwaitExit()
			s.CheckModes()
			Until(t, "server and shell end", func() bool { return !exists("/proc/"+shell) && !exists("/proc/"+server) },
				func() string { return fmt.Sprintf("shell %s, server %s", shell, server) })
		})
	}
}

// awaitState waits until a process is in a state of proc_pid_stat(5).
func awaitState(t *testing.T, pid, state string) {
	t.Helper()
	Until(t, "process "+pid+" is in state "+state, func() bool {
		b, _ := os.ReadFile("/proc/" + pid + "/stat")
		_, rest, _ := strings.Cut(string(b), ") ")
		return strings.HasPrefix(rest, state)
	}, func() string { return read(t, "/proc/"+pid+"/stat") })
}

// TestProgramsThatNeverStop has a program that never stops writing beside one that never reads: both are interrupted, and
// the server holds no more than a screen of either.
func TestProgramsThatNeverStop(t *testing.T) {
	h := StartHost(t, "")
	s := pairs(t)[0].Open(t, h, "v4")
	_, server := s.processes(t)
	s.Line("yes flooding")
	s.Await("flooding")
	first := resident(t, server)
	s.Press("C-c")
	s.AwaitPrompt()
	s.Line("clear; stty -echo; sleep 1000")
	s.AwaitGone("flooding")
	for range 20 { // more than a terminal holds
		s.Type(strings.Repeat("never read ", 90))
	}
	s.Press("C-c")
	s.Line("")
	s.Line("stty echo; clear")
	s.Line("echo still-$((40+2))")
	s.Await("still-42")
	if now := resident(t, server); now > first+64<<10 {
		t.Errorf("the server grew from %d to %d KiB", first, now)
	}
	s.Line("exit")
	s.AwaitExit()
}

// resident is the memory of a process, in KiB.
func resident(t *testing.T, pid string) int {
	for line := range strings.Lines(read(t, "/proc/"+pid+"/status")) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
			return n
		}
	}
	return 0
}
