//go:build !windows

package pty

import (
	"os"
	"os/signal"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// shortGreeting surely fits into the terminal's queue, in octets: nobody reads it yet.
const shortGreeting = 1 << 10

// startAtOnce starts the program itself on the slave, which saves the start of the stage. It reports false where
// only the stage can do or tell what is still to be done or told.
func (p *Pty) startAtOnce(c *Command, slave *os.File) bool {
	if !strings.Contains(c.Path, "/") || len(c.Greeting) > shortGreeting || unix.Access(c.Path, unix.X_OK) != nil {
		return false
	}
	if c.Dir != "" && unix.Access(c.Dir, unix.X_OK) != nil {
		return false
	}
	if _, err := slave.Write(c.Greeting); err != nil {
		return false
	}
	c.Greeting = nil
	defer defaultSignals()()
	defer lendCoreLimit(c.CoreLimit)()
	closeOnExec(planFd)
	// Not through package os, which asks the kernel first, with a child of its own, for what is of use only later: the
	// person waits for the prompt.
	side := slave.Fd()
	pid, err := syscall.ForkExec(c.Path, c.Args, &syscall.ProcAttr{Dir: c.Dir, Env: c.Env,
		Files: []uintptr{side, side, side}, Sys: &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}})
	if err != nil {
		return false
	}
	p.proc, _ = os.FindProcess(pid) // it is our child and not waited for: nothing can fail
	go func() { p.ended(p.proc.Wait()) }()
	return true
}

// defaultSignals lets a program that is started get the default action of each signal in loginSignals, until undone: what
// is handled here is the default there, as in the stage, and what was ignored when we were started would stay so.
func defaultSignals() (undo func()) {
	if !anyIgnored(loginSignals) {
		return func() {}
	}
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, loginSignals...)
	return func() { signal.Stop(caught) }
}

// lendCoreLimit gives this process the program's limit until the program has inherited it.
func lendCoreLimit(soft *uint64) (takeBack func()) {
	var own unix.Rlimit
	if soft == nil || unix.Getrlimit(unix.RLIMIT_CORE, &own) != nil {
		return func() {}
	}
	restoreCoreLimit(soft)
	return func() { _ = unix.Setrlimit(unix.RLIMIT_CORE, &own) }
}
