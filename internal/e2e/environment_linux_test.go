package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestProgramEnvironment starts the same program, or login shell, with our server and with stock's, and compares what
// it finds: environment, directory, umask, limits, terminal modes, signals (spec/commands.md, B2.3, B3, B4).
func TestProgramEnvironment(t *testing.T) {
	stock := Stock(t).Server
	// What is told: all that a program could see and that does not say which server it was.
	const look = `{ echo "name $0, $# arguments"; env | sort; pwd; umask; ulimit -Sc; ulimit -Sn; stty -a; grep -E "Sig(Blk|Ign)" /proc/self/status; } >out.new; mv out.new out; exit`
	plain := []string{"LANG=C.UTF-8"}
	cases := []struct {
		name  string
		args  []string
		env   []string
		want  string // in both
		shell bool   // no command: look is in the start file of a login shell
	}{
		{"256 colours", []string{"-c", "256"}, plain, "TERM=xterm-256color\n", false},
		{"8 colours", []string{"-c", "8"}, plain, "TERM=xterm\n", false},
		{"own locale", []string{"-l", "LC_ALL=C"}, []string{"LANG=C.utf8", "LC_TIME=POSIX"}, "LANG=C.utf8\nLC_TIME=POSIX\n", false},
		{"locale of the client", []string{"-l", "LC_TIME=POSIX", "-l", "LC_ALL=C.UTF-8"}, []string{"LANG=C", "LC_MONETARY=C"},
			"LC_ALL=C.UTF-8\nLC_TIME=POSIX\n", false},
		{"login shell", nil, append(slices.Clone(plain), "SHELL=/bin/sh"), "name -sh, 0 arguments\n", true},
		{"login shell in PATH", nil, append(slices.Clone(plain), "SHELL=dash"), "name -dash, 0 arguments\n", true},
		{"login shell of the system", nil, plain, "name -", true},
		{"empty login shell", nil, append(slices.Clone(plain), "SHELL="), "name -sh, 0 arguments\n", true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"new", "-p", "60400:60499", "-i", "127.0.0.1"}, c.args...)
			if !c.shell {
				args = append(args, "--", "sh", "-c", look, "program", "one", "a  b", "")
			}
			ours, theirs := programSees(t, ours.Server, args, c.env, look), programSees(t, stock, args, c.env, look)
			if ours != theirs || !strings.Contains(ours, c.want) {
				t.Errorf("with our server:\n%s\nwith stock:\n%s\nwanted in both: %q", ours, theirs, c.want)
			}
		})
	}
}

// programSees starts a server as sshd would, connects, and returns what its program writes to the file out.
func programSees(t *testing.T, server string, args, env []string, profile string) string {
	t.Helper()
	home := folder(t)
	write(t, filepath.Join(home, ".profile"), profile+"\n")
	write(t, filepath.Join(home, ".hushlogin"), "")
	cmd := exec.Command("sh", append([]string{"-c", `umask 027; cd /; ulimit -Sc 512; exec "$@"`, "sh", server}, args...)...)
	cmd.Env = append([]string{"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + home, "STY=1.screen", "SSH_TTY=/dev/pts/0",
		"SSH_CONNECTION=192.0.2.1 4000 127.0.0.1 22", "SSH_AUTH_SOCK=/nowhere", "PWD=/"}, env...)
	out, err := cmd.CombinedOutput()
	m := regexp.MustCompile(`MOSH CONNECT (\d+) (\S{22})`).FindStringSubmatch(string(out))
	if err != nil || m == nil {
		t.Fatalf("starting %s: %v\n%s", server, err, out)
	}
	s := NewScreen(t, 80, 24, append(Environment(home), "MOSH_KEY="+m[2]), ours.Client+" 127.0.0.1 "+m[1])
	file := filepath.Join(home, "out")
	Until(t, "the program writes what it sees", func() bool { return exists(file) }, s.Text)
	b, err := os.ReadFile(file)
	must(t, err)
	s.AwaitExit()
	return strings.ReplaceAll(string(b), home, "HOME")
}
