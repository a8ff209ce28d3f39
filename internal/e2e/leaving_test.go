package e2e

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
)

// TestSuspend leaves the session for the shell that started it, and comes back, with each client
// (spec/commands.md, C4).
func TestSuspend(t *testing.T) {
	h := StartHost(t, "")
	for _, p := range pairs(t)[:3] {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			dir := folder(t)
			s := NewScreen(t, 80, 24, append(Environment(dir), "PS1=outer: "), "bash --noprofile --norc -i")
			s.Await("outer:")
			s.Line(p.Command(h, "v4") + ` -- sh -c 'echo in-session-$((1+1)); exec cat'`)
			s.Await("in-session-2")
			s.Press("C-^", "C-z")
			s.Await("[mosh is suspended.]")
			s.Line("echo back-$((1+1))")
			s.Await("back-2")
			s.Line("fg")
			s.Await("in-session-2")
			s.AwaitGone("back-2") // on its own screen again
			s.Line("typed later")
			s.Await("typed later\ntyped later") // echoed by the terminal there and by cat
			s.Press("C-d")
			s.Await("[mosh is exiting.]")
			s.Await("back-2") // what the terminal showed before is shown again
		})
	}
}

// TestTerminalGone closes the window of the session: the other end ends too.
func TestTerminalGone(t *testing.T) {
	h := StartHost(t, "")
	for _, p := range pairs(t) {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			s := p.Open(t, h, "v4")
			shell := askShell(t, s)
			run(t, "tmux", "-S", s.socket, "kill-server")
			Until(t, "the shell ends with the window", func() bool { return !exists(fmt.Sprintf("/proc/%d", shell)) },
				func() string { out, _ := exec.Command("ps", "-ef").CombinedOutput(); return string(out) })
		})
	}
}

// TestScreenBehind: what the terminal showed before the session comes back, unless the terminal is not to be initialised;
// then the session stays. The last line is the client's in each case.
func TestScreenBehind(t *testing.T) {
	h := StartHost(t, "")
	for _, p := range pairs(t)[:3] {
		for _, init := range []string{"--init", "--no-init"} {
			t.Run(p.Name+init, func(t *testing.T) {
				t.Parallel()
				dir := folder(t)
				s := NewScreen(t, 80, 24, Environment(dir), "echo shown before; "+p.Command(h, "v4", init)+` -- sh -c "echo in session; read x"; echo "status $?"; exec sleep 600`)
				s.Await("in session")
				s.Press("Enter")
				s.Await("status 0")
				text := s.tmux("capture-pane", "-p", "-S", "-")
				before, session := strings.Contains(text, "shown before"), strings.Contains(text, "in session")
				if !strings.Contains(text, "[mosh is exiting.]") || session == (init == "--init") || init == "--init" && !before {
					t.Errorf("left behind:\n%s", text)
				}
				if modes := s.tmux("display-message", "-p", "#{alternate_on} #{keypad_cursor_flag} #{cursor_flag} #{mouse_any_flag}"); strings.TrimSpace(modes) != "0 0 1 0" {
					t.Errorf("alternate screen, application cursor keys, cursor, mouse: %s", modes)
				}
			})
		}
	}
}

// TestServerSignals: TERM ends the session, HUP and PIPE do nothing, USR1 ends it unless the client is there and
// MOSH_SERVER_SIGNAL_TMOUT protects it (spec/commands.md, B5).
func TestServerSignals(t *testing.T) {
	h := StartHost(t, "")
	for _, server := range []Programs{ours, Stock(t)} {
		for _, c := range []struct{ limit, ignored, ends string }{
			{"", "HUP PIPE", "TERM"}, {"", "HUP", "INT"}, {"", "", "USR1"}, {"3600", "USR1 HUP", "TERM"},
		} {
			t.Run(fmt.Sprint(server.Name, c), func(t *testing.T) {
				t.Parallel()
				p := Pair{Launcher: ours.Launcher, Client: ours.Client, Server: fmt.Sprintf("'env MOSH_SERVER_SIGNAL_TMOUT=%s %s'", c.limit, server.Server)}
				s := p.Open(t, h, "v4")
				s.Line("echo parent-$PPID-")
				Until(t, "the shell says who its parent is", func() bool { return parentPid(s.Text()) != "" }, s.Text)
				pid := parentPid(s.Text())
				for i, sig := range strings.Fields(c.ignored) {
					run(t, "kill", "-"+sig, pid)
					s.Line(fmt.Sprintf("echo still-%d-here", i))
					s.Await(fmt.Sprintf("\nstill-%d-here", i))
				}
				run(t, "kill", "-"+c.ends, pid)
				if status := s.AwaitExit(); status != "0" {
					t.Errorf("exit status %s", status)
				}
				s.CheckModes()
				Until(t, "the server ends", func() bool { return !exists("/proc/" + pid) }, s.Text)
			})
		}
	}
}
