//go:build !windows

package pty

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"mosh/internal/leak"

	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) {
	if IsStage(os.Args) {
		os.Exit(RunStage())
	}
	if len(os.Args) == 2 && os.Args[1] == deletedMode {
		os.Exit(runDeleted())
	}
	leak.Main(m)
}

// limit is how long a test waits for what must come.
const limit = 30 * time.Second

// env has what the shells of the tests need.
var env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "TERM=xterm"}

// start starts a command and sees to its end.
func start(t *testing.T, c Command) *Pty {
	t.Helper()
	if c.Env == nil {
		c.Env = env
	}
	if c.Rows == 0 {
		c.Rows, c.Cols = 24, 80
	}
	p, err := Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Close()
		_ = p.Signal(syscall.SIGKILL)
		wait(t, p)
	})
	return p
}

// run starts a shell command and releases it.
func run(t *testing.T, script string) *Pty {
	t.Helper()
	p := start(t, Command{Path: "/bin/sh", Args: []string{"sh", "-c", script}})
	if err := p.Release(); err != nil {
		t.Fatal(err)
	}
	return p
}

func wait(t *testing.T, p *Pty) Status {
	t.Helper()
	select {
	case <-p.Exited():
		return p.Status()
	case <-time.After(limit):
		t.Fatal("the program does not end")
		return Status{}
	}
}

// all returns what the program writes until its end, with line ends as the program wrote them.
func all(t *testing.T, p *Pty) string {
	t.Helper()
	if err := p.SetReadDeadline(time.Now().Add(limit)); err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(p)
	if err != nil {
		t.Fatalf("after %q: %v", b, err)
	}
	return strings.ReplaceAll(string(b), "\r\n", "\n")
}

// expect reads until the output has want.
func expect(t *testing.T, p *Pty, want string) {
	t.Helper()
	if err := p.SetReadDeadline(time.Now().Add(limit)); err != nil {
		t.Fatal(err)
	}
	var got []byte
	b := make([]byte, 1000)
	for !bytes.Contains(got, []byte(want)) {
		n, err := p.Read(b)
		got = append(got, b[:n]...)
		if err != nil {
			t.Fatalf("got %q, want %q: %v", got, want, err)
		}
	}
}

func TestConversation(t *testing.T) {
	p := run(t, `stty -echo; echo ready; read x; echo "got $x"; exit 7`)
	expect(t, p, "ready\r\n")
	if _, err := p.Write([]byte("words\r")); err != nil {
		t.Fatal(err)
	}
	if got := all(t, p); got != "got words\n" {
		t.Errorf("output %q", got)
	}
	if s := wait(t, p); s != (Status{Code: 7}) {
		t.Errorf("status %+v", s)
	}
}

func TestEndBySignal(t *testing.T) {
	p := run(t, `kill -USR1 $$`)
	all(t, p)
	if s := wait(t, p); s.Signal != syscall.SIGUSR1 || s.Code != -1 {
		t.Errorf("status %+v", s)
	}
}

// TestEnvironment: the program gets argv, environment and directory as given, and nothing else.
func TestEnvironment(t *testing.T) {
	dir := t.TempDir()
	p := start(t, Command{
		Path: "bash", Args: []string{"-bash", "--norc", "--noprofile", "-c", `echo "$0|$PWD|$(/bin/pwd)"; env | sort`},
		Env: append(env, "PWD=/elsewhere", "A=1 2"), Dir: dir,
	})
	_ = p.Release()
	want := fmt.Sprintf("-bash|%[1]s|%[1]s\nA=1 2\nPATH=%[2]s\nPWD=%[1]s\nSHLVL=1\nTERM=xterm\n_=/usr/bin/env\n",
		dir, strings.TrimPrefix(env[0], "PATH="))
	if got := all(t, p); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestDirectoryMissing(t *testing.T) {
	p := start(t, Command{Path: "/bin/echo", Args: []string{"echo", "runs anyway"}, Dir: "/no/such/directory"})
	_ = p.Release()
	want := "mosh-server: chdir: /no/such/directory: No such file or directory\nruns anyway\n"
	if got := all(t, p); got != want {
		t.Errorf("got %q", got)
	}
}

// TestRelease: the greeting comes at once, the program not before it is released.
func TestRelease(t *testing.T) {
	mark := filepath.Join(t.TempDir(), "ran")
	p := start(t, Command{Path: "touch", Args: []string{"touch", mark}, Greeting: []byte("Welcome\n")})
	expect(t, p, "Welcome\r\n")
	if _, err := os.Stat(mark); err == nil {
		t.Fatal("the program ran before it was released")
	}
	if err := p.Release(); err != nil {
		t.Fatal(err)
	}
	if err := p.Release(); err != nil {
		t.Errorf("second release: %v", err)
	}
	if s := wait(t, p); s.Code != 0 {
		t.Errorf("status %+v", s)
	}
	if _, err := os.Stat(mark); err != nil {
		t.Error("the program did not run")
	}
}

// A server that ends, or is killed, before a client came must leave nothing behind.
func TestNeverReleased(t *testing.T) {
	mark := filepath.Join(t.TempDir(), "ran")
	p := start(t, Command{Path: "touch", Args: []string{"touch", mark}, Greeting: []byte("Welcome\n")})
	expect(t, p, "Welcome\r\n")
	p.Close()
	wait(t, p)
	if _, err := os.Stat(mark); err == nil {
		t.Error("the program ran without a release")
	}
	if err := p.Release(); err != nil {
		t.Errorf("release after Close: %v", err)
	}
}

func TestLongGreeting(t *testing.T) {
	text := strings.Repeat("0123456789abcdef", 20000) // more than pipe and terminal hold
	p := start(t, Command{Path: "true", Args: []string{"true"}, Greeting: []byte(text)})
	_ = p.Release()
	if got := all(t, p); got != text {
		t.Errorf("%d octets of %d", len(got), len(text))
	}
}

// Text of spec/commands.md, B4. The test does not wait for the pause: Close ends it.
func TestExecFailure(t *testing.T) {
	for path, want := range map[string]string{
		"/no/such/shell":  "mosh-server: execvp: /no/such/shell: No such file or directory\r\n",
		"no-such-command": "mosh-server: execvp: no-such-command: No such file or directory\r\n",
		"/etc/passwd":     "mosh-server: execvp: /etc/passwd: Permission denied\r\n",
	} {
		p := start(t, Command{Path: path, Args: []string{path}})
		_ = p.Release()
		expect(t, p, want)
	}
}

// A file without a first line that names an interpreter is a shell script, and a directory of PATH without the file
// is passed over.
func TestScriptInPath(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "greet"), []byte("echo hello $1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	p := start(t, Command{Path: "greet", Args: []string{"greet", "you"}, Env: []string{"PATH=/nonexistent:/etc/passwd:" + dir}})
	_ = p.Release()
	if got := all(t, p); got != "hello you\n" {
		t.Errorf("got %q", got)
	}
}

func TestDeadline(t *testing.T) {
	p := run(t, `read x`)
	if err := p.SetReadDeadline(time.Now().Add(time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if n, err := p.Read(make([]byte, 10)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%d octets, error %v", n, err)
	}
}

// Close must end a Read and a Write that wait, whatever ioctls came before.
func TestCloseWakes(t *testing.T) {
	p := run(t, `stty raw -echo; echo ready; sleep 1000`)
	expect(t, p, "ready")
	if err := p.SetSize(30, 90); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Modes(); err != nil {
		t.Fatal(err)
	}
	_ = p.SetReadDeadline(time.Time{})
	done := make(chan error, 2)
	go func() {
		_, err := p.Read(make([]byte, 10))
		done <- err
	}()
	go func() {
		for {
			if _, err := p.Write(make([]byte, 1<<20)); err != nil {
				done <- err
				return
			}
		}
	}()
	p.Close()
	for range 2 {
		select {
		case err := <-done:
			if !errors.Is(err, os.ErrClosed) {
				t.Errorf("ended with %v", err)
			}
		case <-time.After(limit):
			t.Fatal("still waiting after Close")
		}
	}
}

func TestSize(t *testing.T) {
	p := run(t, `trap 'stty size; exit' WINCH; stty size; while :; do sleep 0.01; done`)
	expect(t, p, "24 80\r\n")
	if err := p.SetSize(132, 1000); err != nil {
		t.Fatal(err)
	}
	expect(t, p, "132 1000\r\n")
}

func TestModes(t *testing.T) {
	p := run(t, `stty -a; echo ready; read x; stty -echo -icanon; echo changed; read x`)
	b := make([]byte, 4000)
	var text string
	for !strings.Contains(text, "ready") {
		n, err := p.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		text += string(b[:n])
	}
	if !strings.Contains(text, " iutf8") || strings.Contains(text, "-iutf8") {
		t.Errorf("no IUTF8 among the modes: %s", text)
	}
	if m, err := p.Modes(); err != nil || m != (Modes{Echo: true, Canonical: true}) {
		t.Errorf("%+v, %v", m, err)
	}
	_, _ = p.Write([]byte("\n"))
	expect(t, p, "changed")
	if m, err := p.Modes(); err != nil || m != (Modes{}) {
		t.Errorf("after stty -echo -icanon: %+v, %v", m, err)
	}
}

// What the program wrote before its end must all be there.
func TestLastWords(t *testing.T) {
	for range 20 {
		p := run(t, `yes 0123456789 | head -n 250`)
		wait(t, p)
		if got := all(t, p); got != strings.Repeat("0123456789\n", 250) {
			t.Fatalf("%d octets of 2750", len(got))
		}
		p.Close()
	}
}

func TestHangUp(t *testing.T) {
	p := run(t, `echo ready; exec cat`)
	expect(t, p, "ready")
	p.Close()
	if s := wait(t, p); s.Signal != syscall.SIGHUP {
		t.Errorf("status %+v, want an end by SIGHUP", s)
	}
}

// TestNothingLeaks: descriptors, ignored signals and limits of the server do not reach the program.
func TestNothingLeaks(t *testing.T) {
	var pipe [2]int
	if err := unix.Pipe(pipe[:]); err != nil { // without close-on-exec, as a careless parent leaves them
		t.Fatal(err)
	}
	defer unix.Close(pipe[0])
	defer unix.Close(pipe[1])
	signal.Ignore(syscall.SIGHUP, syscall.SIGPIPE)
	defer signal.Reset(syscall.SIGHUP, syscall.SIGPIPE)
	var core unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &core); err != nil {
		t.Fatal(err)
	}
	off := core
	off.Cur = 0
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &off); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Setrlimit(unix.RLIMIT_CORE, &core) }()

	const script = `ls /proc/$$/fd | tr '\n' ' '; grep -E 'Sig(Blk|Ign)' /proc/$$/status; ulimit -n; ulimit -c; cat /proc/$$/fdinfo/0 | grep flags`
	old := uint64(core.Max)
	p := start(t, Command{Path: "/bin/sh", Args: []string{"sh", "-c", script}, CoreLimit: &old})
	_ = p.Release()
	plain, err := exec.Command("/bin/sh", "-c", "ulimit -n; ulimit -H -c").Output()
	if err != nil {
		t.Fatal(err)
	}
	want := "0 1 2 SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n" + string(plain) + "flags:\t02\n"
	got := strings.Replace(all(t, p), "flags:\t0100002", "flags:\t02", 1)
	// Signals 32 and 33 are the C library's own: neither the runtime nor a shell can change what we inherited.
	got = strings.Replace(got, "SigIgn:\t0000000080000000", "SigIgn:\t0000000000000000", 1)
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

const deletedMode = "-start-when-deleted"

// TestProgramDeleted: an upgrade may remove our file while the server runs; the login must start all the same.
func TestProgramDeleted(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	tmp := filepath.Join(t.TempDir(), "server")
	if err := os.WriteFile(tmp, b, 0o755); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tmp, deletedMode).CombinedOutput()
	if err != nil || string(out) != "alive\r\n" {
		t.Errorf("%q, %v", out, err)
	}
}

func runDeleted() int {
	if err := os.Remove(os.Args[0]); err != nil {
		fmt.Println(err)
		return 1
	}
	p, err := Start(Command{Path: "/bin/echo", Args: []string{"echo", "alive"}, Rows: 24, Cols: 80})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	_ = p.Release()
	_, _ = io.Copy(os.Stdout, p)
	return 0
}

func TestStartFailure(t *testing.T) {
	if p, err := Start(Command{Path: "/bin/true", Env: []string{"A\x00B"}}); err == nil {
		p.Close()
		t.Error("an environment with a NUL was accepted")
	}
}

func plans() []Command {
	n := uint64(1 << 40)
	return []Command{
		{Path: "/bin/sh", Args: []string{"-sh"}, Env: []string{"A=1", "B="}, Dir: "/", Greeting: []byte("x"), CoreLimit: &n},
		{Path: "x", Greeting: []byte{}},
	}
}

func TestPlanRoundTrip(t *testing.T) {
	for _, c := range plans() {
		b := appendPlan(nil, c)
		got, err := readPlan(bytes.NewReader(b))
		if err != nil || !reflect.DeepEqual(got, c) {
			t.Errorf("got %+v, %v\nwant %+v", got, err, c)
		}
		for i := range b {
			if _, err := readPlan(bytes.NewReader(b[:i])); err == nil {
				t.Errorf("a plan cut at %d of %d octets was accepted", i, len(b))
			}
		}
	}
}

func FuzzPlan(f *testing.F) {
	for _, c := range plans() {
		f.Add(appendPlan(nil, c)[4:])
	}
	f.Add([]byte{0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f})
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := parsePlan(b)
		if err != nil {
			return
		}
		if again, err := readPlan(bytes.NewReader(appendPlan(nil, c))); err != nil || !reflect.DeepEqual(again, c) {
			t.Errorf("%+v became %+v, %v", c, again, err)
		}
	})
}
