//go:build !windows

// Package serverloop is the event loop of mosh-server: it gives a session (core/server) what comes from the
// network, from the program and from the system, and carries out what the session returns
// (docs/design.md, section 4). One goroutine owns the session; readers hand over one buffer at a time.
package serverloop

import (
	"errors"
	"log/slog"
	"net/netip"
	"os"
	"os/signal"
	"syscall"
	"time"

	"mosh/internal/core/server"
	"mosh/internal/core/ssp"
	"mosh/internal/core/wire"
	"mosh/internal/drive/clock"
	"mosh/internal/drive/login"
	"mosh/internal/drive/pty"
	"mosh/internal/drive/pump"
	"mosh/internal/drive/trim"
	"mosh/internal/drive/udp"
)

const (
	// readSize is how much of the program's output is read at once. Linux gives 4 KiB a read, whatever is asked for, of
	// which package pump gathers several.
	readSize = 16 << 10
	// writeSize is how much host input is handed to the program at once. A pty takes 4 KiB.
	writeSize = 4 << 10
	// lastWords is how long the end of the program and the end of its output wait for each other.
	lastWords = 500 * time.Millisecond
)

// Config is what the loop drives.
type Config struct {
	Session *server.Session
	Socket  *udp.Socket
	Pty     *pty.Pty
	Log     *slog.Logger
	// SignalTimeout is how long the client must have been silent for USR1 to end the session.
	SignalTimeout time.Duration
	Records       *login.Records
	Connection    *login.Connection // nil: none is kept
}

// Run runs the session until it is over and returns why. It closes records and pty; the socket is the caller's.
func Run(c Config) server.Reason {
	l := begin(c)
	reason := l.run()
	l.end()
	return reason
}

// begin starts all that the loop listens to.
func begin(c Config) *loop {
	l := &loop{Config: c, clock: clock.New(), alarm: clock.NewAlarm(), signals: make(chan os.Signal, 8)}
	signal.Notify(l.signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGUSR1)
	signal.Ignore(syscall.SIGHUP, syscall.SIGPIPE)
	// A record that cannot be written for a limit on the size of files is an error, not the end. Caught, not ignored:
	// that would be inherited.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGXFSZ)
	l.exited = c.Pty.Exited()
	if err := c.Socket.Only(udp.FromClient); err != nil {
		c.Log.Warn("garbage costs more than it must", "error", err)
	}
	l.batches = c.Socket.Start()
	l.output = pump.NewReader(c.Pty, readSize, readAhead)
	l.input = pump.NewWriter(c.Pty)
	l.chunks = l.output.C()
	return l
}

func (l *loop) end() {
	l.alarm.Stop()
	l.Records.End()
	l.Connection.Close()
	l.Pty.Close()
	l.output.Stop()
	l.input.Stop()
	signal.Stop(l.signals)
}

type loop struct {
	Config
	clock   *clock.Clock
	alarm   *clock.Alarm
	signals chan os.Signal
	batches <-chan *udp.Batch
	output  *pump.Reader
	input   *pump.Writer
	chunks  <-chan []byte   // nil once the output has ended
	exited  <-chan struct{} // nil once the program has ended

	out      []ssp.Datagram
	writing  []byte
	released bool
	endBy    time.Time // of the wait for last words; zero if the program runs
	local    netip.Addr
	peer     netip.Addr
	peerHere bool
	modes    modeWatch
	memory   trim.Trimmer
}

func (l *loop) run() server.Reason {
	for {
		now := l.clock.Now()
		l.deliver(now)
		if reason, done := l.Session.Done(); done {
			return reason
		}
		l.alarm.Set(now, l.wait(now))
		var free <-chan error
		if len(l.Session.HostInput()) > 0 {
			free = l.input.Free()
		}
		select {
		case b := <-l.batches:
			l.receive(b)
		case p, ok := <-l.chunks:
			l.hostOutput(p, ok)
			l.moreOutput()
		case err := <-free:
			l.hostInput(err)
		case <-l.exited:
			l.programEnded()
		case sig := <-l.signals:
			l.signal(sig)
		case <-l.alarm.C:
			l.alarm.Rang()
			l.tick()
		}
	}
}

// wait is how long nothing is due.
func (l *loop) wait(now time.Time) time.Duration {
	d := clock.MaxWait
	for _, t := range []time.Time{l.Session.NextTimeout(), l.endBy, l.modes.due, l.memory.NextTimeout()} {
		if !t.IsZero() {
			d = min(d, max(0, t.Sub(now)))
		}
	}
	return d
}

// deliver carries out what the session returns.
func (l *loop) deliver(now time.Time) {
	l.out = l.Session.AppendDatagrams(now, l.out[:0])
	for _, d := range l.out {
		send := l.Socket.Send
		if d.Whole {
			send = l.Socket.SendWhole
		}
		if err := send(d.B, d.To, l.local); err != nil {
			l.sendFailed(now, err)
		}
	}
	if width, height, ok := l.Session.TakeResize(); ok {
		if err := l.Pty.SetSize(height, width); err != nil {
			l.Log.Warn("window size", "error", err)
		}
	}
	if !l.released && l.Session.ClientSeen() {
		l.released = true
		if err := l.Pty.Release(); err != nil {
			l.Log.Warn("starting the program", "error", err)
		}
	}
	if !l.endBy.IsZero() && !now.Before(l.endBy) {
		l.endBy = time.Time{}
		l.Session.StartShutdown(now)
		l.deliver(now)
	}
}

func (l *loop) sendFailed(now time.Time, err error) {
	if errors.Is(err, udp.ErrTooBig) {
		l.Session.TooBig(now)
	}
	l.Log.Debug("send", "error", err)
}

func (l *loop) receive(b *udp.Batch) {
	now := l.clock.Now()
	for _, d := range b.Datagrams {
		if err := l.Session.HandleDatagram(now, d.From, d.CE, d.B); err != nil {
			l.Log.Debug("datagram refused", "from", d.From, "error", err)
			continue
		}
		if to, ok := l.Session.Peer(); ok && to == d.From {
			l.local = d.Local
		}
	}
	b.Release()
	l.notePeer(now)
}

// notePeer keeps the login records at the client's address (spec/commands.md, section B6).
func (l *loop) notePeer(now time.Time) {
	to, ok := l.Session.Peer()
	here := ok && now.Sub(l.Session.LastHeard()) < login.SilenceBefore
	if here {
		if err := l.Connection.Set(to, l.address()); err != nil {
			l.Log.Warn("where the client is", "error", err)
		}
	}
	if here == l.peerHere && (!here || to.Addr() == l.peer) {
		return
	}
	known := to.Addr() == l.peer
	l.peerHere, l.peer = here, to.Addr()
	if !here {
		l.Log.Info("client is silent")
		l.Records.Silent()
		return
	}
	l.Log.Info("client is at", "address", to)
	if known {
		l.Records.Back(to.Addr())
	} else {
		l.Records.Connected(to.Addr())
	}
}

// address is where the client reaches us.
func (l *loop) address() netip.AddrPort {
	bound := l.Socket.Local()
	if l.local.IsValid() {
		return netip.AddrPortFrom(l.local, bound.Port())
	}
	return bound
}

// moreOutput takes what else was read meanwhile, before anything is sent or waited for.
func (l *loop) moreOutput() {
	for range readAhead - 1 {
		select {
		case p, ok := <-l.chunks:
			l.hostOutput(p, ok)
		default:
			return
		}
	}
}

func (l *loop) hostOutput(p []byte, ok bool) {
	now := l.clock.Now()
	if !ok {
		l.chunks = nil
		l.programSilent(now)
		return
	}
	l.Session.HostOutput(now, p)
	l.memory.Worked(now, len(p))
	l.output.Done()
	l.modes.touch(now, l)
}

func (l *loop) hostInput(err error) {
	now := l.clock.Now()
	if err != nil {
		l.Log.Debug("writing to the program", "error", err)
	}
	in := l.Session.HostInput()
	l.writing = append(l.writing[:0], in[:min(len(in), writeSize)]...)
	l.input.Write(l.writing)
	l.Session.HostWritten(now, len(l.writing))
	l.modes.touch(now, l)
}

// programEnded notes how the program ended; its last output is still waited for.
func (l *loop) programEnded() {
	now := l.clock.Now()
	l.exited = nil
	st := l.Pty.Status()
	e := wire.Exit{Signal: uint32(st.Signal)}
	if st.Code >= 0 {
		e.Status = uint32(st.Code)
	}
	l.Session.SetExit(now, e)
	l.waitForEnd(now)
}

func (l *loop) programSilent(now time.Time) { l.waitForEnd(now) }

// waitForEnd starts the shutdown when both the program and its output have ended, or one of them lastWords ago.
func (l *loop) waitForEnd(now time.Time) {
	if l.exited == nil && l.chunks == nil {
		l.endBy = now
	} else if l.endBy.IsZero() {
		l.endBy = now.Add(lastWords)
	}
}

func (l *loop) signal(sig os.Signal) {
	now := l.clock.Now()
	if sig == syscall.SIGUSR1 && l.Session.SilentFor(now) < l.SignalTimeout {
		return
	}
	l.Log.Info("ending", "signal", sig.String())
	l.Session.Terminate(now)
}

func (l *loop) tick() {
	now := l.clock.Now()
	l.Session.Advance(now)
	l.modes.check(now, l)
	l.notePeer(now)
	l.memory.Tick(now)
}

// modeWatch reads the state of the line discipline when the program may have changed it: after output and
// input, and twice more shortly after them, since a program may change it without a word. Never while idle.
type modeWatch struct {
	last time.Time
	due  time.Time
	left int
}

const (
	modeInterval = 20 * time.Millisecond
	modeLater    = 200 * time.Millisecond
)

func (m *modeWatch) touch(now time.Time, l *loop) {
	m.left = 2
	if next := m.last.Add(modeInterval); now.Before(next) {
		m.due = next
		return
	}
	m.read(now, l)
}

func (m *modeWatch) check(now time.Time, l *loop) {
	if !m.due.IsZero() && !now.Before(m.due) {
		m.read(now, l)
	}
}

func (m *modeWatch) read(now time.Time, l *loop) {
	m.last, m.due = now, time.Time{}
	if modes, err := l.Pty.Modes(); err == nil {
		l.Session.SetTTY(now, modes.Echo, modes.Canonical)
	}
	if m.left > 0 {
		m.due = now.Add(modeInterval)
		if m.left == 1 {
			m.due = now.Add(modeLater)
		}
		m.left--
	}
}
