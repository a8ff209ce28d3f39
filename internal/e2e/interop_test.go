package e2e

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

var ours Programs // built once by TestMain, then only read

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	dir, err := os.MkdirTemp("", "mosh-e2e")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if ours, err = Build(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// pairs is the interop matrix: client and server, and the launcher that starts them.
func pairs(t testing.TB) []Pair {
	s := Stock(t)
	return []Pair{
		{Name: "ours-ours", Launcher: ours.Launcher, Client: ours.Client, Server: ours.Server},
		{Name: "ours-stock", Launcher: ours.Launcher, Client: ours.Client, Server: s.Server},
		{Name: "stock-ours", Launcher: ours.Launcher, Client: s.Client, Server: ours.Server},
		{Name: "stock-launcher", Launcher: s.Launcher, Client: ours.Client, Server: ours.Server},
		{Name: "stock-launcher-stock-client", Launcher: s.Launcher, Client: s.Client, Server: ours.Server},
	}
}

// TestInterop is the matrix of issue 2: each pair, both families.
func TestInterop(t *testing.T) {
	h := StartHost(t, "")
	for _, p := range pairs(t) {
		for _, host := range []string{"v4", "v6"} {
			t.Run(p.Name+"/"+host, func(t *testing.T) {
				t.Parallel()
				session(t, p, h, host)
			})
		}
	}
}

// session is what a person does in one sitting: type, edit a file, change the window, flood, leave.
func session(t *testing.T, p Pair, h *Host, host string) {
	s := p.Open(t, h, host)
	s.Line("echo typed-$((40+2))")
	s.Await("typed-42")

	s.Line("vim -u NONE -N /dev/null")
	s.Await("~")
	s.Type("ihello from vim")
	s.Await("hello from vim")
	s.Press("Escape")
	s.Line(":q!")
	s.AwaitPrompt() // vim throws away what is typed ahead
	s.Line("clear") // a stock server has no alternate screen
	s.AwaitGone("hello from vim")

	s.Resize(100, 30)
	s.Line("clear; echo size-$(stty size | tr ' ' x)")
	s.Await("size-30x100")

	s.Line("clear; head -c 5000000 /dev/zero | tr '\\0' x | fold -w 99; echo flood-$((1+1))-over")
	s.Await("flood-2-over")

	s.Line("exit")
	if status := s.AwaitExit(); status != "0" {
		t.Errorf("exit status %s after exit in the shell", status)
	}
	s.CheckModes()
}

// TestEscapeKey quits with Ctrl-^ and a full stop, in each pair.
func TestEscapeKey(t *testing.T) {
	h := StartHost(t, "")
	for _, p := range pairs(t) {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			s := p.Open(t, h, "v4")
			s.Press("C-^", ".")
			if status := s.AwaitExit(); status != "0" {
				t.Errorf("exit status %s after the escape key", status)
			}
			s.CheckModes()
		})
	}
}

// askShell has the shell in the session say its process id.
func askShell(t *testing.T, s *Screen) int {
	t.Helper()
	s.Line("echo shell-is-$$-")
	Until(t, "the shell says its process id", func() bool { return shellPid(s.Text()) != 0 }, s.Text)
	return shellPid(s.Text())
}

// TestClientDies ends the client by a signal that it cannot catch: the shell lives on and waits for a client.
func TestClientDies(t *testing.T) {
	h := StartHost(t, "")
	for _, p := range pairs(t) {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			s := p.Open(t, h, "v4")
			shell := askShell(t, s)
			run(t, "kill", "-KILL", s.Client())
			s.AwaitExit()
			if !exists(fmt.Sprintf("/proc/%d", shell)) {
				t.Error("the shell ended with the client")
			}
			run(t, "kill", "-HUP", strconv.Itoa(shell))
			Until(t, "the shell ends", func() bool { return !exists(fmt.Sprintf("/proc/%d", shell)) },
				func() string { return run(t, "ps", "-f", "-p", strconv.Itoa(shell)) })
		})
	}
}

// TestClientKilled ends the client by TERM, at which both ends end.
func TestClientKilled(t *testing.T) {
	h := StartHost(t, "")
	for _, p := range pairs(t) {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			s := p.Open(t, h, "v4")
			s.Line("echo shell-is-$$-")
			s.Await("shell-is-")
			Until(t, "the shell says its process id", func() bool { return shellPid(s.Text()) != 0 }, s.Text)
			shell := shellPid(s.Text())
			run(t, "kill", "-TERM", s.Client())
			s.AwaitExit()
			s.CheckModes()
			Until(t, "the shell ends with the session", func() bool { return !exists(fmt.Sprintf("/proc/%d", shell)) },
				func() string { return run(t, "ps", "-f", "-p", strconv.Itoa(shell)) })
		})
	}
}

func shellPid(screen string) int {
	for line := range strings.Lines(screen) {
		if rest, ok := strings.CutPrefix(line, "shell-is-"); ok {
			n, _ := strconv.Atoi(strings.TrimRight(rest, "-\n "))
			return n
		}
	}
	return 0
}

// TestEveryWayOut leaves the client in the ways that are left: each signal, and a server that died. The
// terminal's modes are the same as before each time.
func TestEveryWayOut(t *testing.T) {
	h := StartHost(t, "")
	pair := pairs(t)[0]
	for _, sig := range []string{"HUP", "INT", "PIPE"} {
		t.Run(sig, func(t *testing.T) {
			t.Parallel()
			s := pair.Open(t, h, "v4")
			run(t, "kill", "-"+sig, s.Client())
			s.AwaitExit()
			s.CheckModes()
		})
	}
	t.Run("server killed", func(t *testing.T) {
		t.Parallel()
		s := pair.Open(t, h, "v4")
		s.Line("echo parent-$PPID-")
		s.Await("parent-")
		Until(t, "the shell says who its parent is", func() bool { return parentPid(s.Text()) != "" }, s.Text)
		run(t, "kill", "-KILL", parentPid(s.Text()))
		s.Press("C-^", ".")
		if status := s.AwaitExit(); status != "1" {
			t.Errorf("exit status %s with a dead server", status)
		}
		s.Await("did not shut down cleanly")
		s.CheckModes()
	})
}

func parentPid(screen string) string {
	for line := range strings.Lines(screen) {
		if rest, ok := strings.CutPrefix(line, "parent-"); ok {
			return strings.TrimRight(rest, "-\n ")
		}
	}
	return ""
}
