//go:build !windows

// Package pty runs a program on a pseudo-terminal (spec/commands.md, B4): opens the pty, starts the login shell on it
// but holds it until released, sets its size, reads its modes, hangs it up, and says how it ended.
//
// Go cannot fork, so between server and a shell that is held there is a stage: this same program started again on the new terminal,
// which prints the greeting, waits for the release on a pipe, puts signals and limits back to what a login has, and
// becomes the shell by exec. A program that uses Start must therefore begin its main with
//
//	if pty.IsStage(os.Args) {
//		os.Exit(pty.RunStage())
//	}
package pty

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"

	creack "github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// Command is the program to run.
type Command struct {
	Path string   // with a slash as it is, else searched in PATH as execvp(3) does
	Args []string // argv, Args[0] included ("-bash" for a login shell)
	Env  []string // the whole environment, PATH included
	// Dir is where it starts; PWD is set to it. If it cannot be entered the terminal shows why, and the program runs.
	Dir        string
	Rows, Cols int
	Greeting   []byte // shown on the terminal before the program runs: message of the day and the like
	// CoreLimit is the soft RLIMIT_CORE the program gets, as far as the hard limit allows; nil leaves it.
	CoreLimit *uint64
	// Now runs the program at once: Release has nothing to do.
	Now bool
}

// Pty is the master side of a pseudo-terminal with a program on its other side.
// Read and Write may be called by one goroutine each while another calls the rest.
type Pty struct {
	master
	name    string
	proc    *os.Process
	release *os.File
	exited  chan struct{}
	status  Status
}

// Status tells how the program ended.
type Status struct {
	Code   int            // exit status, -1 if a signal ended it
	Signal syscall.Signal // the signal, 0 if none
}

// Start opens a pty and puts the program on it, held until Release.
func Start(c Command) (*Pty, error) {
	m, slave, err := openPair()
	if err != nil {
		return nil, fmt.Errorf("cannot open a pseudo-terminal: %w", err)
	}
	defer slave.Close()
	p := &Pty{name: slave.Name(), exited: make(chan struct{})}
	if p.master, err = newMaster(m); err != nil {
		return nil, fmt.Errorf("cannot set up the pseudo-terminal: %w", err)
	}
	if err = errors.Join(p.SetSize(c.Rows, c.Cols), setUTF8(slave)); err == nil {
		if !c.Now || !p.startAtOnce(&c, slave) {
			err = p.startStage(c, slave)
		}
	}
	if err != nil {
		p.master.Close()
		return nil, err
	}
	return p, nil
}

// openPair returns the descriptor of a master, not inherited by children and non-blocking, and the slave.
//
// creack/pty calls Fd in every ioctl, which makes the descriptor blocking for good in the eyes of package os: read
// deadlines never fire and Close does not wake a reader. A copy of it that is non-blocking from the start has neither
// fault (docs/design.md, section 6).
func openPair() (fd int, slave *os.File, err error) {
	m, slave, err := creack.Open()
	if err != nil {
		return -1, nil, err
	}
	defer m.Close()
	fd, err = unix.FcntlInt(m.Fd(), unix.F_DUPFD_CLOEXEC, 3)
	if err == nil {
		if err = unix.SetNonblock(fd, true); err != nil {
			unix.Close(fd)
		}
	}
	if err != nil {
		slave.Close()
		return -1, nil, os.NewSyscallError("fcntl", err)
	}
	return fd, slave, nil
}

// setUTF8 tells the line discipline that erasing a character may mean several octets.
func setUTF8(slave *os.File) error {
	if iutf8 == 0 {
		return nil
	}
	fd := int(slave.Fd()) // the shell's side is to be blocking anyway
	t, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return os.NewSyscallError("tcgetattr", err)
	}
	t.Iflag |= iutf8
	return os.NewSyscallError("tcsetattr", unix.IoctlSetTermios(fd, setTermios, t))
}

// startStage starts the stage on the slave and gives it the plan.
func (p *Pty) startStage(c Command, slave *os.File) error {
	exe, err := self()
	if err != nil {
		return fmt.Errorf("cannot find this program to start it again: %w", err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("cannot open a pipe: %w", err)
	}
	cmd := &exec.Cmd{
		Path: exe, Args: []string{stageName}, Env: c.Env,
		Stdin: slave, Stdout: slave, Stderr: slave, ExtraFiles: []*os.File{r},
		SysProcAttr: &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0},
	}
	if cmd.Env == nil {
		cmd.Env = []string{}
	}
	err = cmd.Start()
	r.Close()
	if err != nil {
		w.Close()
		return fmt.Errorf("cannot start the login process: %w", err)
	}
	p.proc, p.release = cmd.Process, w
	go func() { p.ended(p.proc.Wait()) }()
	if _, err := w.Write(appendPlan(nil, c)); err != nil {
		w.Close()
		return fmt.Errorf("the login process did not start: %w", err)
	}
	if c.Now {
		return p.Release()
	}
	return nil
}

// ended notes how the program ended.
func (p *Pty) ended(state *os.ProcessState, err error) {
	p.status.Code = -1
	if err == nil {
		ws := state.Sys().(syscall.WaitStatus)
		p.status.Code = ws.ExitStatus()
		if ws.Signaled() {
			p.status.Signal = ws.Signal()
		}
	}
	close(p.exited)
}

// Release lets the program run. Further calls do nothing.
func (p *Pty) Release() error {
	if p.release == nil {
		return nil
	}
	_, err := p.release.Write([]byte{released})
	p.release.Close()
	p.release = nil
	if err != nil {
		return fmt.Errorf("the login process is gone: %w", err)
	}
	return nil
}

// Read reads what the program wrote. The end is io.EOF on every system, also where the kernel says EIO.
func (p *Pty) Read(b []byte) (int, error) {
	n, err := p.master.Read(b)
	if errors.Is(err, syscall.EIO) {
		err = io.EOF
	}
	return n, err
}

// Write gives the program input.
func (p *Pty) Write(b []byte) (int, error) { return p.master.Write(b) }

// SetReadDeadline ends a Read that waits, with os.ErrDeadlineExceeded.
func (p *Pty) SetReadDeadline(t time.Time) error { return p.master.SetReadDeadline(t) }

// SetSize sets the size of the terminal; the program is sent SIGWINCH if it changed.
func (p *Pty) SetSize(rows, cols int) error {
	ws := &unix.Winsize{Row: clamp(rows), Col: clamp(cols)}
	var ioErr error
	err := p.control(func(fd int) { ioErr = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, ws) })
	if err = errors.Join(err, ioErr); err != nil {
		return fmt.Errorf("cannot set the size of the pseudo-terminal: %w", err)
	}
	return nil
}

func clamp(n int) uint16 { return uint16(max(0, min(n, 0xffff))) }

// Modes are the line modes that decide whether a typed key will be echoed.
type Modes struct {
	Echo      bool // ECHO
	Canonical bool // ICANON: input is collected in lines
}

// Modes reads the modes the program has set: one system call.
func (p *Pty) Modes() (Modes, error) {
	var t unix.Termios
	var ioErr error
	err := p.control(func(fd int) { ioErr = readTermios(fd, &t) })
	if err = errors.Join(err, ioErr); err != nil {
		return Modes{}, fmt.Errorf("cannot read the modes of the pseudo-terminal: %w", err)
	}
	return Modes{Echo: t.Lflag&unix.ECHO != 0, Canonical: t.Lflag&unix.ICANON != 0}, nil
}

// SyscallConn gives the descriptor of the master side, for what the other packages need it for.
func (p *Pty) SyscallConn() (syscall.RawConn, error) { return p.master.SyscallConn() }

// Name is the path of the terminal as the program sees it, such as /dev/pts/3.
func (p *Pty) Name() string { return p.name }

// Pid is the process id of the program, which is that of its session and first process group too.
func (p *Pty) Pid() int { return p.proc.Pid }

// Exited is closed when the program has ended. What it wrote may still be waiting to be read.
func (p *Pty) Exited() <-chan struct{} { return p.exited }

// Status tells how the program ended. It may be called once Exited is closed.
func (p *Pty) Status() Status { return p.status }

// Signal sends a signal to the program.
func (p *Pty) Signal(sig os.Signal) error { return p.proc.Signal(sig) }

// Close hangs up: a Read that waits ends, the kernel sends SIGHUP to the program and the foreground process group,
// and a program that was not released never runs.
func (p *Pty) Close() error {
	if p.release != nil {
		p.release.Close()
		p.release = nil
	}
	return p.master.Close()
}
