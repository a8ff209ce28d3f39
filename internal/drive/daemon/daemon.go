//go:build !windows

// Package daemon lets mosh-server leave the ssh session that started it, and keeps secrets out of what others can
// read of a process (spec/commands.md, B2; docs/design.md, section 6).
//
// Go cannot fork: the first process binds the socket and starts this same program again in a session of its own.
// The socket is inherited as a descriptor, the key comes through a pipe: never in an argument, never in the
// environment. The first process learns whether the second one stands, and ends.
//
//	first process                          second process
//	Start(Child{Files, Handover, ...})     if IsDetached(os.Args) { h, err := Resume(1) ... }
//	  waits                                open the pty, ...; h.Ready() or h.Fail(err)
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
)

const (
	// detachedName is the argv[0] of the second process, as ps shows it.
	detachedName = "mosh-server: detached"
	// commandName is what top, pgrep and pkill go by; without it it would be "exe".
	commandName = "mosh-server"

	handoverFd = 3 // read by the second process
	statusFd   = 4 // written by it
	firstFile  = 5

	// maxHandover bounds what the second process reads.
	maxHandover = 16 << 20
	ready       = "\x00ready"
)

// Child says what the second process gets.
type Child struct {
	Args     []string   // arguments after the name; for people who look at ps
	Env      []string   // nil: as ours
	Files    []*os.File // inherited, in this order
	Handover []byte     // given in secret; the caller may zero it after Start
	// KeepStdio leaves standard input, output and error as they are instead of /dev/null.
	KeepStdio bool
}

// Start starts the second process and returns its process id when it is ready, or the error it met.
func Start(c Child) (pid int, err error) {
	hr, hw, err := os.Pipe()
	if err != nil {
		return 0, fmt.Errorf("cannot open a pipe: %w", err)
	}
	defer hw.Close()
	sr, sw, err := os.Pipe()
	if err != nil {
		hr.Close()
		return 0, fmt.Errorf("cannot open a pipe: %w", err)
	}
	defer sr.Close()
	closeOnExec(handoverFd) // what our own parent left open ends with us
	pid, err = c.fork(append([]*os.File{hr, sw}, c.Files...))
	hr.Close()
	sw.Close()
	if err != nil {
		return 0, fmt.Errorf("cannot start the detached server: %w", err)
	}
	head := binary.BigEndian.AppendUint32(nil, uint32(len(c.Handover)))
	_, err = hw.Write(head)
	if err == nil {
		_, err = hw.Write(c.Handover)
	}
	// The answer first: it tells more than the broken pipe of a process that failed.
	answer, readErr := io.ReadAll(io.LimitReader(sr, 1<<16))
	switch {
	case string(answer) == ready && err == nil:
		return pid, nil
	case len(answer) > 0 && string(answer) != ready:
		err = errors.New(string(answer))
	case err == nil && readErr != nil:
		err = readErr
	case err == nil:
		err = errors.New("it ended without saying why")
	}
	_ = syscall.Kill(pid, syscall.SIGKILL)
	_, _ = syscall.Wait4(pid, nil, 0, nil)
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
	Files  []*os.File
	Data   []byte
	status *os.File
}

// Resume takes over what Start handed on, files being the number of inherited files.
func Resume(files int) (*Handover, error) {
	setTitle()
	pipe := os.NewFile(handoverFd, "handover")
	h := &Handover{status: os.NewFile(statusFd, "status")}
	syscall.CloseOnExec(statusFd)
	for i := range files {
		syscall.CloseOnExec(firstFile + i)
		h.Files = append(h.Files, os.NewFile(uintptr(firstFile+i), fmt.Sprintf("inherited %d", i)))
	}
	defer pipe.Close()
	var head [4]byte
	if _, err := io.ReadFull(pipe, head[:]); err != nil {
		return nil, fmt.Errorf("nothing was handed over: %w", err)
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > maxHandover {
		return nil, fmt.Errorf("%d octets are too many to be handed over", n)
	}
	h.Data = make([]byte, n)
	if _, err := io.ReadFull(pipe, h.Data); err != nil {
		return nil, fmt.Errorf("not all was handed over: %w", err)
	}
	return h, nil
}

// Ready tells the first process that it may go.
func (h *Handover) Ready() error { return h.tell(ready) }

// Fail tells the first process, and so the person who waits, why this one does not serve.
func (h *Handover) Fail(why error) error { return h.tell(strings.TrimPrefix(why.Error(), "\x00")) }

func (h *Handover) tell(s string) error {
	if h.status == nil {
		return nil
	}
	_, err := io.WriteString(h.status, s)
	err = errors.Join(err, h.status.Close())
	h.status = nil
	if err != nil {
		return fmt.Errorf("the process that started this one is gone: %w", err)
	}
	return nil
}
