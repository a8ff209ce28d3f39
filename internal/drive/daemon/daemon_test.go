//go:build linux

package daemon

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"mosh/internal/leak"

	"golang.org/x/sys/unix"
)

// The test program plays both processes. As the second one it does what the handover says.
func TestMain(m *testing.M) {
	switch {
	case IsDetached(os.Args):
		os.Exit(second())
	case len(os.Args) > 1 && os.Args[1] == "-first":
		os.Exit(first())
	case len(os.Args) > 1 && os.Args[1] == "-takeenv":
		os.Exit(takeEnv())
	}
	leak.Main(m)
}

// abandoned is the status of a second process that got nothing.
const abandoned = 42

const secret = "4NeCCgvZFe2RnPgrcU1PQw"

// first is a process that detaches another one, with descriptors 3 and 4 as its files, and ends.
func first() int {
	if len(os.Args) > 2 {
		if _, err := NoDump(); err != nil {
			fmt.Println(err)
			return 1
		}
	}
	files := []*os.File{os.NewFile(3, "in"), os.NewFile(4, "out")}
	pid, err := detach(Child{Args: []string{"new"}}, []byte("serve "+secret), files)
	fmt.Println(pid, err)
	return 0
}

// detach starts a second process and hands over to it.
func detach(c Child, octets []byte, files []*os.File) (pid int, err error) {
	s, err := Start(c)
	if err != nil {
		return 0, err
	}
	defer s.Abandon()
	return s.HandOver(octets, files...)
}

// second is the detached process.
func second() int {
	h, err := Resume(2)
	if errors.Is(err, ErrAbandoned) {
		return abandoned
	}
	if err != nil {
		return 1
	}
	switch what := string(h.Data); {
	case what == "fail":
		_ = h.Fail(errors.New("no terminal is free"))
		return 1
	case what == "die":
		return 1
	case strings.HasPrefix(what, "long"):
		fmt.Fprintln(h.Files[1], len(what))
		_ = h.Ready()
		return 0
	}
	if _, err := NoDump(); err != nil {
		return 1
	}
	if err := h.Ready(); err != nil {
		return 1
	}
	// Answer each line with what can be seen of this process, until the input ends.
	in := bufio.NewScanner(h.Files[0])
	for in.Scan() {
		sid, _ := unix.Getsid(0)
		var links []string
		for fd := range 3 {
			l, _ := os.Readlink(fmt.Sprint("/proc/self/fd/", fd))
			links = append(links, l)
		}
		dumpable, _ := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
		comm, _ := os.ReadFile("/proc/self/comm")
		fmt.Fprintf(h.Files[1], "%s sid=own:%v std=%s dumpable=%d comm=%s args=%s secret=%v\n", in.Text(), sid == os.Getpid(),
			strings.Join(links, ","), dumpable, bytes.TrimSpace(comm), strings.Join(os.Args, " "), bytes.Contains(h.Data, []byte(secret)))
	}
	fmt.Fprintln(h.Files[1], "bye")
	return 0
}

// pipes returns two pipes: what a process is to be given, and our ends of them.
func pipes(t *testing.T) (theirs []*os.File, to, from *os.File) {
	t.Helper()
	ir, iw, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	or, ow, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, f := range []*os.File{ir, iw, or, ow} {
			f.Close()
		}
	})
	if err := or.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return []*os.File{ir, ow}, iw, or
}

// TestDetach: the second process runs on when the first has ended, in a session of its own, with nothing of the first
// but what it was given, under a name that pkill finds. Once as we are, and once as a user without privileges.
func TestDetach(t *testing.T) {
	for _, user := range []string{"self", "nobody"} {
		t.Run(user, func(t *testing.T) {
			files, to, from := pipes(t)
			cmd := exec.Command(copyOfUs(t), "-first")
			cmd.ExtraFiles = append(files, openDir(t)) // the directory is a descriptor that must not get through
			if user == "nobody" {
				cmd.Args = append(cmd.Args, "nodump")
				if os.Getuid() == 0 {
					cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
				}
			}
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			id, rest, _ := strings.Cut(string(out), " ")
			pid, err := strconv.Atoi(id)
			if err != nil || rest != "<nil>\n" {
				t.Fatalf("the first process says %q", out)
			}
			for _, f := range files {
				f.Close()
			}
			if b := readProc(t, pid, "cmdline"); bytes.Contains(b, []byte(secret)) {
				t.Error("the secret is in the arguments")
			}
			if os.Getuid() == 0 {
				if b := readProc(t, pid, "environ"); bytes.Contains(b, []byte(secret)) {
					t.Error("the secret is in the environment")
				}
			}
			fmt.Fprintln(to, "ping")
			line, err := bufio.NewReader(from).ReadString('\n')
			want := "ping sid=own:true std=/dev/null,/dev/null,/dev/null dumpable=0 comm=mosh-server args=" +
				detachedName + " new secret=true\n"
			if line != want {
				t.Errorf("got  %q, %v\nwant %q", line, err, want)
			}
			if fds := descriptors(t, pid); os.Getuid() == 0 && strings.Contains(fds, "/etc") {
				t.Errorf("an inherited descriptor got through: %s", fds)
			}
			to.Close()
			if b, err := io.ReadAll(from); string(b) != "bye\n" || err != nil {
				t.Errorf("end: %q, %v", b, err)
			}
		})
	}
}

// copyOfUs is the test program where any user may run it.
func copyOfUs(t *testing.T) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "detach")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	name := filepath.Join(dir, "server")
	if err := errors.Join(os.Chmod(dir, 0o755), os.WriteFile(name, b, 0o755)); err != nil {
		t.Fatal(err)
	}
	return name
}

func openDir(t *testing.T) *os.File {
	t.Helper()
	f, err := os.Open("/etc")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func readProc(t *testing.T, pid int, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func descriptors(t *testing.T, pid int) string {
	t.Helper()
	fds, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	if err != nil {
		t.Fatal(err)
	}
	var s []string
	for _, fd := range fds {
		l, _ := os.Readlink(fd)
		s = append(s, l)
	}
	return strings.Join(s, " ")
}

// What keeps the second process from serving must reach the person who waits.
func TestSecondProcessFails(t *testing.T) {
	for what, want := range map[string]string{
		"fail": "the detached server did not start: no terminal is free",
		"die":  "the detached server did not start: it ended without saying why",
	} {
		files, _, _ := pipes(t)
		_, err := detach(Child{}, []byte(what), files)
		if err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", what, err, want)
		}
	}
}

// A second process of which the first has no need, or whose first one has gone, ends without a word.
func TestAbandon(t *testing.T) {
	s, err := Start(Child{KeepStdio: true})
	if err != nil {
		t.Fatal(err)
	}
	pid := s.pid
	s.Abandon()
	s.Abandon()
	if err := syscall.Kill(pid, 0); err != syscall.ESRCH {
		t.Errorf("the second process: %v", err)
	}
	if s, err = Start(Child{}); err != nil {
		t.Fatal(err)
	}
	s.pair.Close()
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(s.pid, &status, 0, nil); err != nil || status.ExitStatus() != abandoned {
		t.Errorf("status %v, %v", status, err)
	}
}

func TestLongHandover(t *testing.T) {
	files, _, from := pipes(t)
	data := append([]byte("long"), make([]byte, 1<<20)...)
	if _, err := detach(Child{}, data, files); err != nil {
		t.Fatal(err)
	}
	files[1].Close()
	if b, err := io.ReadAll(from); string(b) != fmt.Sprintln(len(data)) || err != nil {
		t.Errorf("got %q, %v", b, err)
	}
}

// takeEnv takes the key, says so, and waits to be looked at.
func takeEnv() int {
	v, ok := TakeEnv("MOSH_KEY")
	_, still := os.LookupEnv("MOSH_KEY")
	_, empty := TakeEnv("NOT_SET")
	fmt.Println(string(v), ok, still, empty, os.Getenv("AFTER"))
	_, _ = io.Copy(io.Discard, os.Stdin)
	return 0
}

// TestTakeEnv: nobody may find the key in /proc/PID/environ afterwards, and the rest is as it was.
func TestTakeEnv(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, env := range [][]string{
		{"BEFORE=1", "MOSH_KEY=" + secret, "AFTER=2"},
		{"MOSH_KEY=" + secret, "MOSH_KEY_NOT=3", "AFTER=2"},
		{"A=MOSH_KEY=", "AFTER=2", "MOSH_KEY=" + secret},
	} {
		cmd := exec.Command(exe, "-takeenv")
		cmd.Env = env
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		line, _ := bufio.NewReader(out).ReadString('\n')
		if want := secret + " true false false 2\n"; line != want {
			t.Errorf("got %q, want %q", line, want)
		}
		got := string(readProc(t, cmd.Process.Pid, "environ"))
		want := strings.Join(env, "\x00") + "\x00"
		want = strings.ReplaceAll(want, secret, strings.Repeat("\x00", len(secret)))
		if got != want {
			t.Errorf("environ %q, want %q", got, want)
		}
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
}

// A value that this process set itself is not in the kernel's block, and must not be written to.
func TestTakeEnvSetByUs(t *testing.T) {
	t.Setenv("MOSH_KEY", secret)
	if v, ok := TakeEnv("MOSH_KEY"); string(v) != secret || !ok {
		t.Errorf("%q, %v", v, ok)
	}
}
