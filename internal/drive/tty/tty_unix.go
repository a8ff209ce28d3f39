//go:build !windows

package tty

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Terminal is the user's terminal. Read and Write may be called by one goroutine each; the rest may be called from any.
type Terminal struct {
	fd      int // the user's descriptor of it, for modes and size only
	in      input
	out     output
	signals *signals

	mu    sync.Mutex
	saved unix.Termios
	raw   bool
	open  bool
}

// input and output are what the terminal is read from and written to.
type (
	input interface {
		io.Reader
		Close() error
	}
	output interface {
		io.Writer
		SetWriteDeadline(time.Time) error
		Close() error
	}
)

// Open takes hold of the terminal: in must be one, out may be anything. Neither is closed or changed.
func Open(in, out *os.File) (*Terminal, error) {
	t := &Terminal{fd: int(in.Fd()), open: true}
	saved, err := unix.IoctlGetTermios(t.fd, getTermios)
	if err != nil {
		return nil, fmt.Errorf("standard input is not a terminal: %w", os.NewSyscallError("tcgetattr", err))
	}
	t.saved = *saved
	if t.in, t.out, err = streams(in, out); err != nil {
		return nil, fmt.Errorf("cannot read the terminal: %w", err)
	}
	t.signals = watchSignals()
	return t, nil
}

// Raw takes the terminal into raw mode: what it was when opened, plus IUTF8, as cfmakeraw(3) makes it. Ctrl-C is a key
// as any other then. Called again, after a stop, it sets the same modes again.
func (t *Terminal) Raw() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.open {
		return os.ErrClosed
	}
	r := t.saved
	r.Iflag |= iutf8
	r.Iflag &^= unix.IGNBRK | unix.BRKINT | unix.PARMRK | unix.ISTRIP | unix.INLCR | unix.IGNCR | unix.ICRNL | unix.IXON
	r.Oflag &^= unix.OPOST
	r.Lflag &^= unix.ECHO | unix.ECHONL | unix.ICANON | unix.ISIG | unix.IEXTEN
	r.Cflag &^= unix.CSIZE | unix.PARENB
	r.Cflag |= unix.CS8
	r.Cc[unix.VMIN], r.Cc[unix.VTIME] = 1, 0
	t.raw = true
	if err := t.set(&r); err != nil {
		return fmt.Errorf("cannot take the terminal into raw mode: %w", err)
	}
	return nil
}

// Restore gives the terminal its modes back, exactly. Further calls do nothing. In the background it does nothing
// either: the shell has set its own modes when it took the terminal from us.
func (t *Terminal) Restore() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.restore()
}

func (t *Terminal) restore() error {
	if !t.raw {
		return nil
	}
	t.raw = false
	if !t.foreground() {
		return nil
	}
	if err := t.set(&t.saved); err != nil {
		return fmt.Errorf("cannot restore the modes of the terminal (type \"stty sane\"): %w", err)
	}
	return nil
}

func (t *Terminal) set(m *unix.Termios) error {
	for {
		if err := unix.IoctlSetTermios(t.fd, setTermios, m); err != unix.EINTR {
			return os.NewSyscallError("tcsetattr", err)
		}
	}
}

// foreground reports whether we may change the terminal without being stopped by SIGTTOU.
func (t *Terminal) foreground() bool {
	front, err := unix.IoctlGetInt(t.fd, unix.TIOCGPGRP)
	if err != nil {
		return true // it is not our controlling terminal
	}
	ours, err := unix.Getpgid(0)
	return err != nil || front == ours
}

// Size returns the size of the terminal, 24x80 if it does not know.
func (t *Terminal) Size() (rows, cols int, err error) {
	ws, err := unix.IoctlGetWinsize(t.fd, unix.TIOCGWINSZ)
	if err != nil {
		return 0, 0, fmt.Errorf("cannot read the size of the terminal: %w", err)
	}
	if ws.Row == 0 || ws.Col == 0 {
		return defaultRows, defaultCols, nil
	}
	return int(ws.Row), int(ws.Col), nil
}

// Suspend gives the terminal back to the shell and stops the process group, as Ctrl-Z stops other programs. It returns
// when the group runs again; Signals then yields Continued.
func (t *Terminal) Suspend() error {
	if err := t.Restore(); err != nil {
		return err
	}
	return os.NewSyscallError("kill", unix.Kill(0, unix.SIGSTOP))
}

// Signals is where signals arrive as events, from Open to Close. It is never closed.
func (t *Terminal) Signals() <-chan Signal { return t.signals.events }

// Blocks reports whether Read or Write hold a thread while they wait, so that the program needs a second one.
func (t *Terminal) Blocks() bool {
	_, in := t.in.(*polled)
	_, out := t.out.(direct)
	return in || out
}

// Read reads what the user types. A terminal that is gone is io.EOF.
func (t *Terminal) Read(b []byte) (int, error) {
	n, err := t.in.Read(b)
	if errors.Is(err, syscall.EIO) {
		err = io.EOF
	}
	return n, err
}

// Write shows b.
func (t *Terminal) Write(b []byte) (int, error) { return t.out.Write(b) }

// ReadConn gives the descriptor that Read reads to who reads it directly, if it is non-blocking and on the poller;
// else nil. WriteConn does so for Write.
func (t *Terminal) ReadConn() syscall.RawConn { return polledConn(t.in) }

// WriteConn is the counterpart of ReadConn for Write.
func (t *Terminal) WriteConn() syscall.RawConn { return polledConn(t.out) }

// polledConn knows the streams that reopen has opened.
func polledConn(stream any) syscall.RawConn {
	var f *os.File
	switch s := stream.(type) {
	case *os.File:
		f = s
	case shared:
		f = s.File
	default:
		return nil
	}
	raw, err := f.SyscallConn()
	if err != nil {
		return nil
	}
	return raw
}

// SetWriteDeadline ends a Write to a terminal that takes nothing more (a stopped ssh or tmux around it), where it can
// be opened anew; elsewhere the error is os.ErrNoDeadline.
func (t *Terminal) SetWriteDeadline(d time.Time) error { return t.out.SetWriteDeadline(d) }

// Close restores the terminal and ends a Read and, where SetWriteDeadline works, a Write that wait.
func (t *Terminal) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.open {
		return nil
	}
	t.open = false
	err := t.restore()
	t.signals.close()
	return errors.Join(err, t.in.Close(), t.out.Close())
}
