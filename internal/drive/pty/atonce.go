//go:build !windows

package pty

import (
	"os"
	"os/exec"
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
	cmd := &exec.Cmd{
		Path: c.Path, Args: c.Args, Env: c.Env, Dir: c.Dir, Stdin: slave, Stdout: slave, Stderr: slave,
		SysProcAttr: &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0},
	}
	if cmd.Env == nil {
		cmd.Env = []string{}
	}
	if _, err := slave.Write(c.Greeting); err != nil {
		return false
	}
	c.Greeting = nil
	// What is handled here the program gets back as the default, as in the stage.
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, loginSignals...)
	defer signal.Stop(caught)
	defer lendCoreLimit(c.CoreLimit)()
	closeOnExec(planFd)
	if cmd.Start() != nil {
		return false
	}
	p.proc = cmd.Process
	go p.wait(cmd)
	return true
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
