package server

import (
	"math/rand/v2"
	"net/netip"
	"time"

	"mosh/internal/core/datagram"
	"mosh/internal/core/ssp"
	"mosh/internal/core/statesync"
	"mosh/internal/core/vt"
	"mosh/internal/core/width"
	"mosh/internal/core/wire"
)

// Timeouts and limits of spec/protocol.md, section 4.2.
const (
	// FirstClientTimeout is how long a session waits for its first client state.
	FirstClientTimeout = 60 * time.Second
	// maxHostInput bounds what waits for a program that does not read, in octets. When it is full,
	// further client states are refused and the client repeats them: nothing typed is lost.
	maxHostInput = 8 << 20
	// quietSilence is what a client may say nothing for that sends heartbeats every 9.6 s: one, and a repetition of it,
	// were lost. Less is no silence of such a client.
	quietSilence = 14 * time.Second
)

// Config is what a session is started with.
type Config struct {
	Width, Height int        // initial size of the screen, both at least 1
	Program       string     // name and version for the hello
	Policy        ssp.Policy // Stock, for comparisons: stock's timing, and no word of extensions
	// NetworkTimeout ends the session when no client state came for so long; zero is never.
	NetworkTimeout time.Duration
	Rand           *rand.Rand
	// Options of the terminal.
	Terminal vt.Options
}

// Reason tells why a session is over.
type Reason uint8

// The reasons.
const (
	Running        Reason = iota
	ShutdownAcked         // our shutdown was acknowledged
	ShutdownGaveUp        // our shutdown was not acknowledged within its limits
	PeerQuit              // the client ended the session
	NoClient              // no client came within FirstClientTimeout
	Broken                // a limit of the cipher was reached
)

// String says it for the log.
func (r Reason) String() string {
	return [...]string{
		Running:        "it is not over",
		ShutdownAcked:  "shut down, and the client said that it knows",
		ShutdownGaveUp: "shut down, without a word of the client",
		PeerQuit:       "the client ended it",
		NoClient:       "no client came: is UDP to this port let through?",
		Broken:         "a limit of the cipher was reached",
	}[r]
}

// Session is one terminal with its program and its peers.
type Session struct {
	cfg     Config
	term    *vt.Terminal
	frame   *vt.Frame // newest snapshot; nil when the terminal changed since
	peers   []*peer
	started time.Time
	now     time.Time // of the call in progress, for the snapshot that a transport may ask for

	split   splitOutput
	hostIn  []byte // octets for the program, not yet written
	hostEnd uint64 // octets ever queued for the program
	resize  *statesync.Size

	tty     wire.TTY
	ttyOK   bool
	exit    *wire.Exit
	closing bool
	done    Reason
}

// New starts a session without peers.
func New(now time.Time, cfg Config) *Session {
	if cfg.Terminal.Widths == nil {
		stock := width.Stock // until a peer says that it counts clusters
		cfg.Terminal.Widths = &stock
	}
	return &Session{cfg: cfg, term: vt.New(cfg.Width, cfg.Height, cfg.Terminal), started: now}
}

// AddPeer opens the session to whoever has key. The session owns key from then on.
func (s *Session) AddPeer(now time.Time, key datagram.Key) {
	s.peers = append(s.peers, newPeer(now, s, key))
}

// HandleDatagram takes one datagram; b is only read during the call. ce says that it carried the
// congestion-experienced mark.
func (s *Session) HandleDatagram(now time.Time, from netip.AddrPort, ce bool, b []byte) error {
	s.now = now
	var err error
	for _, p := range s.peers {
		if err = p.transport.HandleDatagram(now, from, ce, b); err == nil {
			p.takeInput(now)
			break
		}
	}
	s.Advance(now)
	return err
}

// HostOutput takes what the program wrote; b is only read during the call.
func (s *Session) HostOutput(now time.Time, b []byte) {
	s.split.output(now)
	s.term.Write(now, b)
	s.takeReplies()
	s.changed(now)
}

// takeReplies queues the terminal's answers to the program's queries.
func (s *Session) takeReplies() {
	before := len(s.hostIn)
	s.hostIn = s.term.AppendReplies(s.hostIn)
	s.hostEnd += uint64(len(s.hostIn) - before)
}

// HostInput returns the octets that wait to be written to the program, valid until the next call.
func (s *Session) HostInput() []byte { return s.hostIn }

// HostWritten says that the first n octets of HostInput were written to the program.
func (s *Session) HostWritten(now time.Time, n int) {
	s.hostIn = append(s.hostIn[:0], s.hostIn[n:]...)
	if len(s.hostIn) == 0 && cap(s.hostIn) > 1<<16 {
		s.hostIn = nil
	}
	s.inputReached(now)
}

func (s *Session) inputReached(now time.Time) {
	for _, p := range s.peers {
		p.echo.wrote(now, s.hostEnd-uint64(len(s.hostIn)))
	}
}

// TakeResize returns the size to give to the program's terminal, once.
func (s *Session) TakeResize() (width, height int, ok bool) {
	if s.resize == nil {
		return 0, 0, false
	}
	r := s.resize
	s.resize = nil
	return r.Width, r.Height, true
}

// SetTTY tells the state of the program's line discipline.
func (s *Session) SetTTY(now time.Time, echo, canonical bool) {
	t := wire.TTY{Echo: echo, Canonical: canonical}
	if s.ttyOK && s.tty == t {
		return
	}
	s.tty, s.ttyOK = t, true
	s.touch(now)
}

// SetExit tells how the program ended, before StartShutdown.
func (s *Session) SetExit(now time.Time, e wire.Exit) {
	s.exit = &e
	s.touch(now)
}

// StartShutdown ends the session: the screen no longer changes and the peers are told.
func (s *Session) StartShutdown(now time.Time) {
	if s.closing {
		return
	}
	s.now = now
	for _, p := range s.peers {
		p.transport.StartShutdown(now)
	}
	s.closing = true
}

// Advance lets all deadlines up to now come.
func (s *Session) Advance(now time.Time) {
	s.now = now
	if next := s.term.NextTimeout(); !next.IsZero() && !next.After(now) {
		s.term.Snapshot(now) // ends what mode 2026 holds back, whether or not a peer is there to be shown it
		s.changed(now)
	}
	for _, p := range s.peers {
		if p.echo.update(now) && !s.closing {
			p.transport.ChangedLazily(now, p.lazyEcho(now))
		}
		p.transport.Advance(now)
	}
	if s.cfg.NetworkTimeout > 0 && s.SilentFor(now) >= s.cfg.NetworkTimeout && !s.closing {
		s.Terminate(now)
	}
	s.judge(now)
}

// Terminate is the reaction to a request to end: shut down with a peer, end at once without, or if that is asked for
// once more (spec/commands.md, B5).
func (s *Session) Terminate(now time.Time) {
	for _, p := range s.peers {
		if p.transport.HasPeer() && !s.closing {
			s.StartShutdown(now)
			return
		}
	}
	if s.done == Running {
		s.done = ShutdownGaveUp
	}
}

// SilentFor is how long no new client state came that should have come.
func (s *Session) SilentFor(now time.Time) time.Duration {
	if d := now.Sub(s.lastInput()); d >= s.usualSilence() {
		return d
	}
	return 0
}

// usualSilence is for how long a client says nothing without being silent.
func (s *Session) usualSilence() time.Duration {
	for _, p := range s.peers {
		if p.transport.Quiet() {
			return quietSilence
		}
	}
	return 0
}

func (s *Session) lastInput() time.Time {
	last := s.started
	for _, p := range s.peers {
		if t := p.transport.RemoteTime(); t.After(last) {
			last = t
		}
	}
	return last
}

// ClientSeen says that a client state has arrived: the program may start.
func (s *Session) ClientSeen() bool {
	for _, p := range s.peers {
		if p.transport.RemoteNum() != 0 {
			return true
		}
	}
	return false
}

func (s *Session) judge(now time.Time) {
	if s.done != Running {
		return
	}
	if !s.ClientSeen() && now.Sub(s.started) >= FirstClientTimeout {
		s.done = NoClient
	}
	for _, p := range s.peers {
		switch t := p.transport; {
		case t.Err() != nil:
			s.done = Broken
		case t.ShutdownAcked():
			s.done = ShutdownAcked
		case t.PeerShutdown():
			s.done = PeerQuit
		case t.ShutdownGaveUp():
			s.done = ShutdownGaveUp
		}
	}
}

// Done tells whether the session is over and why.
func (s *Session) Done() (Reason, bool) { return s.done, s.done != Running }

// AppendDatagrams appends what may be sent at now.
func (s *Session) AppendDatagrams(now time.Time, dst []ssp.Datagram) []ssp.Datagram {
	s.now = now
	for _, p := range s.peers {
		dst = p.transport.AppendDatagrams(now, dst)
	}
	s.judge(now)
	return dst
}

// NextTimeout is when Advance must be called; zero if nothing is scheduled.
func (s *Session) NextTimeout() time.Time {
	next := s.term.NextTimeout()
	for _, p := range s.peers {
		next = earliest(next, p.transport.NextTimeout())
		if !s.closing {
			next = earliest(next, p.echo.deadline())
		}
	}
	if !s.ClientSeen() {
		next = earliest(next, s.started.Add(FirstClientTimeout))
	}
	if s.cfg.NetworkTimeout > 0 && !s.closing {
		next = earliest(next, s.lastInput().Add(max(s.cfg.NetworkTimeout, s.usualSilence())))
	}
	return next
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// changed says that the terminal was written to.
func (s *Session) changed(now time.Time) {
	if s.closing {
		return
	}
	s.frame = nil
	s.touch(now)
}

func (s *Session) touch(now time.Time) {
	if s.closing {
		return
	}
	for _, p := range s.peers {
		p.transport.Changed(now)
	}
}

// snapshot returns the screen as the peers shall see it now.
func (s *Session) snapshot() *vt.Frame {
	if s.frame == nil {
		s.frame = s.term.Snapshot(s.now)
	}
	return s.frame
}

// Stats returns the counters of the transport of the client heard last.
func (s *Session) Stats() ssp.Stats {
	if p := s.newest(); p != nil {
		return p.transport.Stats()
	}
	return ssp.Stats{}
}

// Screen is the screen as it is at now.
func (s *Session) Screen(now time.Time) *vt.Frame {
	s.now = now
	return s.snapshot()
}

// Peer is the address of the client heard last; ok is false while there is none.
func (s *Session) Peer() (to netip.AddrPort, ok bool) {
	p := s.newest()
	if p == nil || !p.transport.HasPeer() {
		return to, false
	}
	return p.endpoint.Remote(), true
}

// LastHeard is when a datagram of a client came last; zero if none did.
func (s *Session) LastHeard() time.Time {
	if p := s.newest(); p != nil {
		return p.transport.LastHeard()
	}
	return time.Time{}
}

func (s *Session) newest() *peer {
	var best *peer
	for _, p := range s.peers {
		if best == nil || p.transport.LastHeard().After(best.transport.LastHeard()) {
			best = p
		}
	}
	return best
}

// TooBig says that a datagram was refused for its size (spec/protocol.md, section 2.3).
func (s *Session) TooBig(now time.Time) {
	for _, p := range s.peers {
		p.transport.ReportEMSGSIZE(now)
	}
}

// SetPayloadLimit sets the largest UDP payload, in octets; it depends on the family of the socket.
func (s *Session) SetPayloadLimit(n int) {
	for _, p := range s.peers {
		p.transport.SetPayloadLimit(n)
	}
}
