//go:build !windows

package pty

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// stageName is the argv[0] that says "you are the stage"; it is also what ps shows until the shell runs.
	stageName = "mosh-server: login"

	released = 'R' // the octet after the plan that lets the program run
	planFd   = 3   // the pipe with the plan and the release

	// failurePause keeps the terminal open after a failed exec, so that the reason can be read (B4).
	failurePause = 3 * time.Second
)

// IsStage reports whether this process, with these arguments, was started by Start.
func IsStage(args []string) bool { return len(args) == 1 && args[0] == stageName }

// RunStage is the main of the stage. It returns only if the program could not be run, with the exit status.
func RunStage() int {
	setTitle()
	pipe := os.NewFile(planFd, "plan")
	c, err := readPlan(pipe)
	if err != nil {
		return 1 // the server is gone, or this is not its doing: nobody to tell
	}
	enter(&c)
	os.Stdout.Write(c.Greeting)
	var b [1]byte
	if _, err := io.ReadFull(pipe, b[:]); err != nil || b[0] != released {
		return 1
	}
	closeOnExec(planFd)
	restoreCoreLimit(c.CoreLimit)
	hup := resetSignals()
	unblock()
	if err := execvp(c.Path, c.Args, c.Env); err != nil {
		fmt.Fprintf(os.Stderr, "mosh-server: execvp: %s: %s\n", c.Path, describe(err))
		select {
		case <-hup:
		case <-time.After(failurePause):
		}
	}
	return 1
}

// enter goes to the program's directory. A failure is only reported (B4).
func enter(c *Command) {
	if c.Dir == "" {
		return
	}
	if err := os.Chdir(c.Dir); err != nil {
		fmt.Fprintf(os.Stderr, "mosh-server: chdir: %s: %s\n", c.Dir, describe(err))
		return
	}
	env := c.Env[:0:0]
	for _, kv := range c.Env {
		if !strings.HasPrefix(kv, "PWD=") {
			env = append(env, kv)
		}
	}
	c.Env = append(env, "PWD="+c.Dir)
}

// describe is the system's text for an error, written as strerror(3) does.
func describe(err error) string {
	var no syscall.Errno
	if !errors.As(err, &no) {
		return err.Error()
	}
	s := no.Error()
	return strings.ToUpper(s[:1]) + s[1:]
}

// loginSignals are those that a login begins with the default action of.
var loginSignals = []os.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGPIPE,
	syscall.SIGALRM, syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGCHLD, syscall.SIGTSTP,
	syscall.SIGTTIN, syscall.SIGTTOU, syscall.SIGWINCH}

// resetSignals gives the program the default action of every signal a login begins with. A handler installed here
// becomes the default action on exec, while a signal the server ignores would stay ignored. Should the exec fail,
// hup tells that the terminal is gone.
func resetSignals() (hup <-chan os.Signal) {
	c := make(chan os.Signal, 1)
	signal.Notify(make(chan os.Signal, 1), loginSignals...)
	signal.Notify(c, syscall.SIGHUP)
	return c
}

func restoreCoreLimit(soft *uint64) {
	var l unix.Rlimit
	if soft == nil || unix.Getrlimit(unix.RLIMIT_CORE, &l) != nil {
		return
	}
	setSoft(&l, *soft)
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &l)
}

// execvp becomes the program, found as execvp(3) finds it. It returns only on failure.
func execvp(path string, args, env []string) error {
	if strings.Contains(path, "/") {
		return execOne(path, args, env)
	}
	search := "/bin:/usr/bin"
	for _, kv := range env {
		if v, ok := strings.CutPrefix(kv, "PATH="); ok {
			search = v
		}
	}
	var last error = syscall.ENOENT
	for dir := range strings.SplitSeq(search, ":") {
		if dir == "" {
			dir = "."
		}
		err := execOne(dir+"/"+path, args, env)
		switch err {
		case syscall.ENOENT, syscall.ENOTDIR:
		case syscall.EACCES:
			last = err // a later directory may have one that can be run
		default:
			return err
		}
	}
	return last
}

// execOne runs a file that is no program of the kernel's as a shell script, as execvp(3) does.
func execOne(path string, args, env []string) error {
	err := syscall.Exec(path, args, env)
	if err == syscall.ENOEXEC {
		rest := args
		if len(rest) > 0 {
			rest = rest[1:]
		}
		err = syscall.Exec("/bin/sh", append([]string{"sh", path}, rest...), env)
	}
	return err
}

// closeOnExec keeps every descriptor from first on from the program: what sshd or a shell left open is none of its
// business (B4).
func closeOnExec(first int) {
	if closeRange(first) == nil {
		return
	}
	var l unix.Rlimit
	n := 1024
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &l) == nil {
		n = int(min(uint64(l.Cur), 65536))
	}
	for fd := first; fd < n; fd++ {
		unix.CloseOnExec(fd)
	}
}

// The plan is the command as the stage gets it on its pipe: a length, then strings and lists of strings, each with
// its length or count in front, all as uvarints.

// maxPlan bounds the plan: the kernel does not take more arguments and environment anyway.
const maxPlan = 16 << 20

func appendPlan(dst []byte, c Command) []byte {
	var b []byte
	str := func(s string) { b = append(binary.AppendUvarint(b, uint64(len(s))), s...) }
	list := func(l []string) {
		b = binary.AppendUvarint(b, uint64(len(l)))
		for _, s := range l {
			str(s)
		}
	}
	str(c.Path)
	list(c.Args)
	list(c.Env)
	str(c.Dir)
	str(string(c.Greeting))
	if c.CoreLimit != nil {
		b = binary.AppendUvarint(append(b, 1), *c.CoreLimit)
	} else {
		b = append(b, 0)
	}
	return append(binary.BigEndian.AppendUint32(dst, uint32(len(b))), b...)
}

var errPlan = errors.New("pty: malformed plan")

func readPlan(r io.Reader) (Command, error) {
	var c Command
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return c, err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > maxPlan {
		return c, errPlan
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return c, err
	}
	return parsePlan(b)
}

func parsePlan(b []byte) (c Command, err error) {
	bad := false
	num := func() uint64 {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			bad = true
			b = nil
			return 0
		}
		b = b[n:]
		return v
	}
	str := func() string {
		n := num()
		if n > uint64(len(b)) {
			bad = true
			return ""
		}
		s := string(b[:n])
		b = b[n:]
		return s
	}
	list := func() []string {
		n := num()
		var l []string
		for range n {
			if bad {
				break
			}
			l = append(l, str())
		}
		return l
	}
	c.Path = str()
	c.Args = list()
	c.Env = list()
	c.Dir = str()
	c.Greeting = []byte(str())
	if num() != 0 {
		v := num()
		c.CoreLimit = &v
	}
	if bad || len(b) != 0 {
		return Command{}, errPlan
	}
	return c, nil
}
