//go:build !windows

package tty

import (
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// streams returns what to read and write the terminal by. Best are descriptors of our own on the runtime's poller;
// for what cannot be opened anew the user's descriptors are used as they are.
func streams(in, out *os.File) (input, output, error) {
	if same(in, out) {
		if f := reopen(in, os.O_RDWR); f != nil {
			return f, shared{f}, nil
		}
	}
	var o output = direct{out}
	if f := reopen(out, os.O_WRONLY); f != nil {
		o = f
	}
	if f := reopen(in, os.O_RDONLY); f != nil {
		return f, o, nil
	}
	i, err := newPolled(in)
	if err != nil {
		o.Close()
		return nil, nil, err
	}
	return i, o, nil
}

// same reports whether both are one terminal.
func same(a, b *os.File) bool {
	ia, err1 := a.Stat()
	ib, err2 := b.Stat()
	return err1 == nil && err2 == nil && os.SameFile(ia, ib)
}

// reopen opens the terminal f once more, on the runtime's poller; nil if that cannot be done. f's own flags are shared
// with the shell and stay as they are.
func reopen(f *os.File, mode int) *os.File {
	fd := int(f.Fd())
	if _, err := unix.IoctlGetTermios(fd, getTermios); err != nil {
		return nil
	}
	for _, name := range names(fd) {
		n, err := os.OpenFile(name, mode|syscall.O_NOCTTY|syscall.O_NONBLOCK, 0)
		if err != nil {
			continue
		}
		if n.SetDeadline(time.Time{}) == nil {
			return n
		}
		n.Close() // not on the poller: Close would not end a Read
	}
	return nil
}

// isControlling reports whether fd is our controlling terminal, the one that /dev/tty leads to.
func isControlling(fd int) bool {
	_, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP)
	return err == nil
}

// shared is the output half of a file that the input half closes.
type shared struct{ *os.File }

func (shared) Close() error { return nil }

// direct writes to the user's descriptor. A Write that waits there cannot be ended.
type direct struct{ f *os.File }

func (d direct) Write(b []byte) (int, error)      { return d.f.Write(b) }
func (d direct) SetWriteDeadline(time.Time) error { return os.ErrNoDeadline }
func (d direct) Close() error                     { return nil }

// polled reads the user's descriptor as it is, with poll(2) and a pipe that ends the waiting.
type polled struct {
	f            *os.File
	wakeR, wakeW *os.File
	mu           sync.Mutex // held while wakeR is in use
	once         sync.Once
}

func newPolled(f *os.File) (*polled, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	return &polled{f: f, wakeR: r, wakeW: w}, nil
}

func (p *polled) Read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	wake, err := p.wakeR.SyscallConn()
	if err != nil {
		return 0, os.ErrClosed
	}
	n := 0
	if ctlErr := wake.Control(func(fd uintptr) { n, err = p.read(b, int(fd)) }); ctlErr != nil {
		return 0, os.ErrClosed
	}
	return n, err
}

func (p *polled) read(b []byte, wake int) (int, error) {
	fd := int(p.f.Fd())
	for {
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}, {Fd: int32(wake), Events: unix.POLLIN}}
		if _, err := unix.Poll(fds, -1); err != nil && err != unix.EINTR {
			return 0, os.NewSyscallError("poll", err)
		}
		if fds[1].Revents != 0 {
			return 0, os.ErrClosed
		}
		if fds[0].Revents == 0 {
			continue
		}
		n, err := unix.Read(fd, b)
		switch err {
		case nil:
			if n == 0 && len(b) > 0 {
				return 0, unix.EIO // the end, which Terminal.Read makes io.EOF
			}
			return n, nil
		case unix.EAGAIN, unix.EINTR:
		default:
			return 0, os.NewSyscallError("read", err)
		}
	}
}

func (p *polled) Close() error {
	p.once.Do(func() {
		p.wakeW.Close()
		p.mu.Lock()
		defer p.mu.Unlock()
		p.wakeR.Close()
	})
	return nil
}
