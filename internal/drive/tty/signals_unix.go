//go:build !windows

package tty

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// signals turns signals into events.
type signals struct {
	events chan Signal
	c      chan os.Signal
	stop   chan struct{}
	wg     sync.WaitGroup
}

func watchSignals() *signals {
	// Room enough that one signal does not push out another of a different kind.
	s := &signals{events: make(chan Signal), c: make(chan os.Signal, 16), stop: make(chan struct{})}
	signal.Notify(s.c, syscall.SIGWINCH, syscall.SIGCONT, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGPIPE)
	s.wg.Go(s.run)
	return s
}

func (s *signals) run() {
	for {
		select {
		case sig := <-s.c:
			select {
			case s.events <- meaning(sig):
			case <-s.stop:
				return
			}
		case <-s.stop:
			return
		}
	}
}

func meaning(sig os.Signal) Signal {
	switch sig {
	case syscall.SIGWINCH:
		return Resized
	case syscall.SIGCONT:
		return Continued
	}
	return Terminated
}

func (s *signals) close() {
	signal.Stop(s.c)
	close(s.stop)
	s.wg.Wait()
}
