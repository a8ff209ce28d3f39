package pty

import (
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// A program that is started at once finds the same world as one that the stage becomes.
func TestAtOnce(t *testing.T) {
	signal.Ignore(syscall.SIGUSR1, syscall.SIGPIPE)
	defer signal.Reset(syscall.SIGUSR1, syscall.SIGPIPE)
	var before, after unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &before); err != nil {
		t.Fatal(err)
	}
	core := uint64(4096)
	c := Command{
		Path: "/bin/bash", Args: []string{"-bash", "--norc", "--noprofile", "-c",
			`echo "$0|$PWD"; grep "^Sig[^Q]" /proc/self/status; ulimit -S -c; ls /proc/self/fd; stty -a; env | sort; tty | tr -d 0-9; ps -o tpgid= -p $$ | grep -cw $$`},
		Env: append(env, "PWD=/elsewhere", "A=1 2"), Dir: t.TempDir(), Greeting: []byte("welcome\n"), CoreLimit: &core,
	}
	staged := start(t, c)
	_ = staged.Release()
	c.Now = true
	direct := start(t, c)
	if direct.release != nil {
		t.Error("started through the stage")
	}
	want, got := all(t, staged), all(t, direct)
	if got != want || !strings.HasPrefix(got, "welcome\n-bash|") {
		t.Errorf("at once:\n%s\nthrough the stage:\n%s", got, want)
	}
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &after); err != nil || after != before {
		t.Errorf("limit %v, before %v (%v)", after, before, err)
	}
}

// What cannot be started is left to the stage, which tells the reason on the terminal.
func TestAtOnceFallsBack(t *testing.T) {
	for want, c := range map[string]Command{
		"mosh-server: execvp: /no/such/shell: No such file or directory":           {Path: "/no/such/shell", Args: []string{"-shell"}},
		"mosh-server: chdir: /no/such/dir: No such file or directory\nhello\nruns": {Path: "/bin/echo", Args: []string{"echo", "runs"}, Dir: "/no/such/dir", Greeting: []byte("hello\n")},
		"script": {Path: "echo", Args: []string{"echo", "script"}},
	} {
		c.Now = true
		p := start(t, c)
		if got := all(t, p); !strings.Contains(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
