package pty

import (
	"errors"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// master is the master side on poll(2): kqueue does not report the end of a pty on Darwin, and a non-blocking
// master on the runtime's poller spins. A pipe ends what waits.
type master struct{ *polled }

type polled struct {
	fd           int
	wakeR, wakeW *os.File
	mu           sync.RWMutex // held for reading while fd is in use
	once         sync.Once
}

func newMaster(fd int) (master, error) {
	r, w, err := os.Pipe()
	if err != nil {
		unix.Close(fd)
		return master{}, err
	}
	return master{&polled{fd: fd, wakeR: r, wakeW: w}}, nil
}

// wait returns when fd has one of the events, or with os.ErrClosed.
func (p *polled) wait(events int16) error {
	for {
		fds := []unix.PollFd{{Fd: int32(p.fd), Events: events}, {Fd: int32(p.wakeR.Fd()), Events: unix.POLLIN}}
		if _, err := unix.Poll(fds, -1); err != nil && !errors.Is(err, unix.EINTR) {
			return os.NewSyscallError("poll", err)
		}
		if fds[1].Revents != 0 {
			return os.ErrClosed
		}
		if fds[0].Revents != 0 {
			return nil
		}
	}
}

func (p *polled) Read(b []byte) (int, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	for {
		if err := p.wait(unix.POLLIN); err != nil {
			return 0, err
		}
		n, err := unix.Read(p.fd, b)
		switch {
		case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return 0, os.NewSyscallError("read", err)
		case n == 0 && len(b) > 0:
			return 0, unix.EIO // Read of Pty makes it io.EOF
		}
		return n, nil
	}
}

func (p *polled) Write(b []byte) (int, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	done := 0
	for done < len(b) {
		if err := p.wait(unix.POLLOUT); err != nil {
			return done, err
		}
		n, err := unix.Write(p.fd, b[done:])
		if err != nil && !errors.Is(err, unix.EAGAIN) && !errors.Is(err, unix.EINTR) {
			return done, os.NewSyscallError("write", err)
		}
		done += max(n, 0)
	}
	return done, nil
}

func (p *polled) SetReadDeadline(time.Time) error { return os.ErrNoDeadline }

func (p *polled) Close() error {
	err := os.ErrClosed
	p.once.Do(func() {
		p.wakeW.Close() // ends what waits
		p.mu.Lock()
		defer p.mu.Unlock()
		err = unix.Close(p.fd)
		p.fd = -1
		p.wakeR.Close()
	})
	return err
}

func (p *polled) SyscallConn() (syscall.RawConn, error) { return nil, errors.ErrUnsupported }

func (p *polled) control(f func(fd int)) error {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.fd < 0 {
		return os.ErrClosed
	}
	f(p.fd)
	return nil
}
