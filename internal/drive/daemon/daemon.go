//go:build !windows

// Package daemon lets mosh-server leave the ssh session that started it, and keeps secrets out of what others can
// read of a process (spec/commands.md, B2; docs/design.md, section 6).
//
// Go cannot fork: the first process starts this same program again in a session of its own, as early as it can, since the
// start of a program in Go is most of what the person waits for, and binds the socket meanwhile. The socket is handed
// over as a descriptor and the key as octets, both through a pair of sockets: never in an argument, never in the environment.
// The first process learns whether the second one stands, and ends.
//
//	first process                          second process
//	s, err := Start(Child{Args, ...})      if IsDetached(os.Args) { h, err := Resume(1) ... }
//	binds the socket                         waits
//	s.HandOver(octets, socket)             open the pty, ...; h.Ready() or h.Fail(err)
//	prints "detached, pid", exits          serves
package daemon

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

const (
	// detachedName is the argv[0] of the second process, as ps shows it.
	detachedName = "mosh-server: detached"
	// commandName is what top, pgrep and pkill go by; without it it would be "exe".
	commandName = "mosh-server"

	handoverFd = 3 // the second process's end of the pair

	// maxHandover bounds what the second process reads.
	maxHandover = 16 << 20
	ready       = "\x00ready"
)

// ErrAbandoned is why a second process gets nothing: the first one has found a reason not to serve, and told it.
var ErrAbandoned = errors.New("nothing was handed over")

// Child says what the second process gets.
type Child struct {
	Args []string // arguments after the name; for people who look at ps
	Env  []string // nil: as ours
	// KeepStdio leaves standard input, output and error as they are instead of /dev/null.
	KeepStdio bool
}

// Second is a second process that waits for what it is to serve.
type Second struct {
	pid  int
	pair *os.File
}

// Start starts the second process.
func Start(c Child) (*Second, error) {
	pair, err := socketPair()
	if err != nil {
		return nil, fmt.Errorf("cannot open a pair of sockets: %w", err)
	}
	theirs := pair[1]
	defer theirs.Close()
	closeOnExec(handoverFd) // what our own parent left open ends with us
	pid, err := c.fork([]*os.File{theirs})
	if err != nil {
		pair[0].Close()
		return nil, fmt.Errorf("cannot start the detached server: %w", err)
	}
	return &Second{pid, pair[0]}, nil
}

func socketPair() (pair [2]*os.File, err error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		return pair, os.NewSyscallError("socketpair", err)
	}
	for i, fd := range fds {
		unix.CloseOnExec(fd)
		pair[i] = os.NewFile(uintptr(fd), "handover")
	}
	return pair, nil
}

// Abandon ends the second process if nothing was handed over to it. After HandOver it does nothing.
func (s *Second) Abandon() {
	if s.pair != nil {
		s.end()
	}
}

func (s *Second) end() {
	s.pair.Close()
	s.pair = nil
	_ = syscall.Kill(s.pid, syscall.SIGKILL)
	_, _ = syscall.Wait4(s.pid, nil, 0, nil)
}

// HandOver gives octets in secret, which the caller may zero afterwards, and files. It returns the process id of the second
// process when it is ready, or the error it met.
func (s *Second) HandOver(octets []byte, files ...*os.File) (pid int, err error) {
	var fds []int
	for _, f := range files {
		fds = append(fds, int(f.Fd()))
	}
	head := binary.BigEndian.AppendUint32(nil, uint32(len(octets)))
	err = unix.Sendmsg(int(s.pair.Fd()), head, unix.UnixRights(fds...), nil, 0)
	if err == nil {
		_, err = s.pair.Write(octets)
	}
	// The answer first: it tells more than the broken connection to a process that failed.
	answer, readErr := io.ReadAll(io.LimitReader(s.pair, 1<<16))
	switch {
	case string(answer) == ready && err == nil:
		s.pair.Close()
		s.pair = nil
		return s.pid, nil
	case len(answer) > 0 && string(answer) != ready:
		err = errors.New(string(answer))
	case err == nil && readErr != nil:
		err = readErr
	case err == nil:
		err = errors.New("it ended without saying why")
	}
	s.end()
	return 0, fmt.Errorf("the detached server did not start: %w", err)
}

// fork starts the second process with these files behind its standard ones. Not through package os: that asks the
// kernel first, with a child of its own, for what is of no use here, and the user waits for the prompt.
func (c *Child) fork(files []*os.File) (pid int, err error) {
	path, err := self()
	if err != nil {
		return 0, fmt.Errorf("cannot find this program to start it again: %w", err)
	}
	standard := []*os.File{os.Stdin, os.Stdout, os.Stderr}
	if !c.KeepStdio {
		null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
		if err != nil {
			return 0, err
		}
		defer null.Close()
		standard = []*os.File{null, null, null}
	}
	attr := syscall.ProcAttr{Env: c.Env, Sys: &syscall.SysProcAttr{Setsid: true}}
	if attr.Env == nil {
		attr.Env = os.Environ()
	}
	for _, f := range append(standard, files...) {
		attr.Files = append(attr.Files, f.Fd())
	}
	return syscall.ForkExec(path, append([]string{detachedName}, c.Args...), &attr)
}

// IsDetached reports whether this process, with these arguments, was started by Start.
func IsDetached(args []string) bool { return len(args) > 0 && args[0] == detachedName }

// Handover is what the second process got from the first.
type Handover struct {
	Files []*os.File
	Data  []byte
	pair  *os.File
}

// Resume takes over what the first process hands on, files being the number of files among it.
func Resume(files int) (*Handover, error) {
	setTitle()
	syscall.CloseOnExec(handoverFd)
	h := &Handover{pair: os.NewFile(handoverFd, "handover")}
	head, rights := make([]byte, 4), make([]byte, unix.CmsgSpace(4*files))
	n, rn, err := receive(handoverFd, head, rights)
	if err != nil || n == 0 {
		return nil, errors.Join(ErrAbandoned, err)
	}
	if err := h.takeFiles(rights[:rn]); err != nil {
		return nil, err
	}
	if len(h.Files) != files {
		return nil, fmt.Errorf("%d files were handed over, not %d", len(h.Files), files)
	}
	if _, err := io.ReadFull(h.pair, head[n:]); err != nil {
		return nil, fmt.Errorf("not all was handed over: %w", err)
	}
	size := binary.BigEndian.Uint32(head)
	if size > maxHandover {
		return nil, fmt.Errorf("%d octets are too many to be handed over", size)
	}
	h.Data = make([]byte, size)
	if _, err := io.ReadFull(h.pair, h.Data); err != nil {
		return nil, fmt.Errorf("not all was handed over: %w", err)
	}
	return h, nil
}

// receive reads octets and the descriptors that came with them.
func receive(fd int, octets, rights []byte) (n, rn int, err error) {
	for {
		n, rn, _, _, err = unix.Recvmsg(fd, octets, rights, 0)
		if err != unix.EINTR {
			return n, rn, os.NewSyscallError("recvmsg", err)
		}
	}
}

func (h *Handover) takeFiles(rights []byte) error {
	messages, err := unix.ParseSocketControlMessage(rights)
	if err != nil {
		return os.NewSyscallError("recvmsg", err)
	}
	for i := range messages {
		fds, err := unix.ParseUnixRights(&messages[i])
		if err != nil {
			return os.NewSyscallError("recvmsg", err)
		}
		for _, fd := range fds {
			unix.CloseOnExec(fd)
			h.Files = append(h.Files, os.NewFile(uintptr(fd), "handed over"))
		}
	}
	return nil
}

// Ready tells the first process that it may go.
func (h *Handover) Ready() error { return h.tell(ready) }

// Fail tells the first process, and so the person who waits, why this one does not serve.
func (h *Handover) Fail(why error) error { return h.tell(strings.TrimPrefix(why.Error(), "\x00")) }

func (h *Handover) tell(s string) error {
	if h.pair == nil {
		return nil
	}
	_, err := io.WriteString(h.pair, s)
	err = errors.Join(err, h.pair.Close())
	h.pair = nil
	if err != nil {
		return fmt.Errorf("the process that started this one is gone: %w", err)
	}
	return nil
}
