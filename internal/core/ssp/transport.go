package ssp

import (
	"math/rand/v2"
	"net/netip"
	"time"

	"mosh/internal/core/datagram"
	"mosh/internal/core/wire"
)

// UDP payload limits in octets (spec/protocol.md, section 2.3).
const (
	PayloadIPv4 = 1252 // packets of 1280
	PayloadIPv6 = 1216 // the same, with room for extension headers
	// PayloadSmall is what stays after a datagram was too large for a local interface.
	PayloadSmall = 500
	minPayload   = 100
)

// Config is what the two roles do differently.
type Config struct {
	Policy Policy
	// CollectDelay is how long a change waits for others under the policy Stock: 8 ms on a server, 1 ms on a client.
	CollectDelay time.Duration
	// Rand makes the chaff that hides lengths; it should be a ChaCha8 with a
	// seed from the system. Nil: no chaff.
	Rand *rand.Rand
}

// Datagram is a sealed datagram on its way out.
type Datagram struct {
	To netip.AddrPort // invalid on the client: its driver knows the path
	B  []byte
	// Whole says that it must not be cut on its way: a probe. Where that cannot be had it is not to be sent.
	Whole bool
}

// Transport is one end: L is the object of this end, R the mirror of the other one's.
type Transport[L Local[L], R Remote[R]] struct {
	cfg Config
	ep  *datagram.Endpoint
	out sender[L]
	in  receiver[R]

	assembler assembler
	inflater  inflater
	packer    packer
	diff, alt []byte // scratch

	own       bool // the peer follows the own policy
	windows   bool // it can read what is compressed against windows
	search    search
	probed    uint64 // number of the newest probe of the peer
	probedAt  time.Time
	probing   int // size of the probe that is being made; 0: none
	roundTrip time.Time
	stats     Stats
	err       error
}

// New returns an end at the start of a session. local is called when the
// newest snapshot of the local object is needed, which is only when something
// may be sent; initialLocal and initialRemote are the two states number 0,
// which both ends know without a word.
func New[L Local[L], R Remote[R]](now time.Time, cfg Config, ep *datagram.Endpoint, local func() L, initialLocal L, initialRemote R) *Transport[L, R] {
	t := &Transport[L, R]{cfg: cfg, ep: ep}
	t.out = sender[L]{
		local:  local,
		cur:    initialLocal,
		sent:   []sentState[L]{{at: now, first: now, state: initialLocal, plausible: true}},
		ackDue: now, sendDue: now,
	}
	t.in.queue = []receivedState[R]{{at: now, state: initialRemote}}
	t.packer.limit = PayloadIPv4
	t.packer.deflater.quick = cfg.Policy == Own
	return t
}

// Changed says that the local object may differ from what it was.
func (t *Transport[L, R]) Changed(now time.Time) {
	if t.out.closing {
		return
	}
	s := &t.out
	s.dirty, s.eager, s.lastChange = true, true, now
	t.schedule(now)
}

// ChangedLazily says that the local object differs in something that may wait until by for other news.
func (t *Transport[L, R]) ChangedLazily(now, by time.Time) {
	s := &t.out
	if t.cfg.Policy == Stock {
		t.Changed(now)
		return
	}
	if s.closing {
		return
	}
	s.dirty, s.lazyUntil = true, earlier(s.lazyUntil, by)
	t.schedule(now)
}

// Answer says that the user did something, so that the changes that come next are waited for. The first of
// them leaves when the object was quiet for wait.
func (t *Transport[L, R]) Answer(now time.Time, wait time.Duration) {
	s := &t.out
	s.answerFrom, s.answerWait, s.answered = now, wait, false
}

// SetPeer tells, once or again, what the peer's hello says that both can do; the peer follows the own policy too.
func (t *Transport[L, R]) SetPeer(now time.Time, both wire.Features) {
	t.own = true
	t.packer.terse = both.Has(wire.FeatureTerse)
	t.out.lazyAcks = t.ep.Direction() == datagram.ToServer
	// Only what the server says: the lengths of what is typed shall not tell what was typed before.
	if t.ep.Direction() == datagram.ToClient && t.out.last().num == 0 {
		t.windows = both.Has(wire.FeatureWindow)
	}
	if both.Has(wire.FeatureQuiet) {
		t.out.quiet = quietClient
		if t.ep.Direction() == datagram.ToClient {
			t.out.quiet = quietServer
		}
	}
	if !t.search.on && both.Has(wire.FeatureSize) && t.cfg.Rand != nil && !t.packer.small {
		t.search.start(t.packer.limit)
	}
	t.schedule(now)
}

// UnackedSince is when the oldest change was sent that the peer has not acknowledged; zero if there is none.
func (t *Transport[L, R]) UnackedSince() time.Time {
	s := &t.out
	if s.cur.Equal(s.sent[0].state) {
		return time.Time{}
	}
	for i := range s.sent[1:] {
		if e := &s.sent[i+1]; !e.empty {
			return e.first
		}
	}
	return time.Time{}
}

// Quiet reports whether the peer keeps longer silences than stock's when nothing happens.
func (t *Transport[L, R]) Quiet() bool { return t.out.quiet > 0 }

// HandleDatagram takes a datagram from the network: its source, whether it had
// a congestion mark, and its octets, only read during the call. An error is
// for counters and notices; a datagram with one changes no state.
func (t *Transport[L, R]) HandleDatagram(now time.Time, from netip.AddrPort, ce bool, b []byte) error {
	before, remote := t.ep.LastHeard(), t.ep.Remote()
	payload, err := t.ep.Open(now, from, ce, b)
	if err != nil {
		return err
	}
	if err = t.handlePayload(now, payload); err != nil {
		if r, ok := err.(Refusal); ok {
			t.stats.Refused[r]++
		}
	}
	if remote.IsValid() && t.ep.Remote() != remote {
		t.PathChanged()
	}
	t.wakened(now, before)
	t.schedule(now)
	return err
}

// PathChanged says that datagrams take another way than before: what is known of its largest datagram is forgotten.
func (t *Transport[L, R]) PathChanged() {
	if t.search.on {
		t.search.moved()
		t.packer.setFound(t.search.low)
	}
}

// wakened sees the end of a silence, and with something not acknowledged does not wait for its turn.
func (t *Transport[L, R]) wakened(now, before time.Time) {
	s := &t.out
	if now.Sub(before) > time.Second && !before.IsZero() && now.Sub(s.lastData().at) > t.ep.RTT().SRTT() {
		s.prompt = true
	}
}

func (t *Transport[L, R]) handlePayload(now time.Time, payload []byte) error {
	f, err := parseFragment(payload)
	if err != nil {
		return err
	}
	whole, complete, err := t.assembler.add(f)
	if err != nil || !complete {
		return err
	}
	var base uint64
	var w window
	name, windowed := presetName(whole)
	if windowed && t.cfg.Policy == Own {
		if base, w, windowed = t.in.window(name); !windowed {
			t.out.askedAgain(now, t.ep.RTT())
			return nil
		}
	}
	text := whole
	if isCompressed(whole) || t.cfg.Policy == Stock {
		if text, err = t.inflater.inflate(whole, w.octets()); err != nil {
			return err
		}
	}
	ins, err := wire.ParseTransportInstruction(text)
	if err != nil || windowed && ins.Old != base {
		return BadInstruction
	}
	return t.handleInstruction(now, &ins)
}

// handleInstruction is section 7.6.
func (t *Transport[L, R]) handleInstruction(now time.Time, ins *wire.TransportInstruction) error {
	if ins.Version != wire.Version {
		return WrongVersion
	}
	t.stats.InstructionsReceived++
	t.out.acknowledge(now, ins.Ack, t.ep.RTT())
	if ins.Probed != 0 && t.search.answered(now, ins.Probed) {
		t.packer.setFound(t.search.low)
	}
	if t.own && len(ins.Chaff) >= probeChaff {
		t.probed, t.probedAt = ins.New, now
		t.out.wantAck, t.out.ackSoon = true, true
	}
	t.roundTrip = t.out.sent[0].at
	what, err := t.in.accept(now, ins, t.cfg.Policy)
	if what != appended {
		if t.cfg.Policy == Own && len(ins.Diff) > 0 {
			t.out.askedAgain(now, t.ep.RTT())
		}
		return err
	}
	t.out.ackNum = ins.New
	t.out.progress = now
	if len(ins.Diff) > 0 {
		t.out.wantAck = true
		// Its sender may wait for the ack before it sends another frame, if there is a queue: then we see a round trip too.
		t.out.ackSoon = t.out.ackSoon || t.cfg.Policy == Own && len(ins.Diff) >= largeFrame && t.ep.RTT().SRTT() >= queueFrom
	} else if t.out.beatOwed(now, t.ep.RTT()) {
		t.out.wantAck, t.out.answerBeat = true, true
	}
	return nil
}

// Advance says that time has come to now.
func (t *Transport[L, R]) Advance(now time.Time) { t.schedule(now) }

func (t *Transport[L, R]) schedule(now time.Time) {
	if t.cfg.Policy == Stock {
		t.out.scheduleStock(now, t.cfg.CollectDelay, t.ep.RTT())
	} else {
		t.out.scheduleOwn(now, t.link())
	}
	t.out.noteGiveUp(now)
}

func (t *Transport[L, R]) link() *link {
	return &link{rtt: t.ep.RTT(), loss: t.ep.Loss(), run: t.ep.LossRun(), heard: t.ep.LastHeard(), own: t.own}
}

// NextTimeout is when Advance must be called at the latest; zero: when something happens.
func (t *Transport[L, R]) NextTimeout() time.Time {
	var end time.Time
	if t.out.closing && !t.out.gaveUp && !t.ShutdownAcked() {
		end = t.out.closeStart.Add(shutdownTime)
	}
	if !t.mayTransmit() {
		return end
	}
	return earlier(earlier(t.out.next(), t.search.due), end)
}

func (t *Transport[L, R]) mayTransmit() bool {
	return t.err == nil && t.ep.HasPeer() && !t.out.gaveUp && !t.ShutdownAcked()
}

// Err is not nil when the session must end because nothing can be sent any more: datagram.ErrKeyUsedUp.
func (t *Transport[L, R]) Err() error { return t.err }

// Remote is the newest state of the peer's object.
func (t *Transport[L, R]) Remote() R { return t.in.newest().state }

// RemoteNum is its number; Shutdown if it is the last.
func (t *Transport[L, R]) RemoteNum() uint64 { return t.in.newest().num }

// RemoteTime is when it arrived; the start of the session for number 0.
func (t *Transport[L, R]) RemoteTime() time.Time { return t.in.newest().at }

// SentNum is the number of the last state sent.
func (t *Transport[L, R]) SentNum() uint64 { return t.out.last().num }

// AckedNum is the number of the newest state that the peer is known to hold.
func (t *Transport[L, R]) AckedNum() uint64 { return t.out.sent[0].num }

// Acked is that state. Nothing older is compared any more, so logs may be trimmed to it.
func (t *Transport[L, R]) Acked() L { return t.out.sent[0].state }

// AckedTime is when that state was last sent; the start of the session for number 0.
func (t *Transport[L, R]) AckedTime() time.Time { return t.out.sent[0].at }

// RoundTripTime is AckedTime as of the last instruction received; zero before the first.
func (t *Transport[L, R]) RoundTripTime() time.Time { return t.roundTrip }

// LastHeard is the arrival of the newest datagram; zero before the first.
func (t *Transport[L, R]) LastHeard() time.Time { return t.ep.LastHeard() }

// HasPeer reports whether there is an address to send to.
func (t *Transport[L, R]) HasPeer() bool { return t.ep.HasPeer() }

// SRTT is the smoothed round trip.
func (t *Transport[L, R]) SRTT() time.Duration { return t.ep.RTT().SRTT() }

// SendInterval is the shortest time between two frames.
func (t *Transport[L, R]) SendInterval() time.Duration { return t.ep.RTT().SendInterval() }

// SetPayloadLimit sets the largest UDP payload, in octets, from the next instruction on.
func (t *Transport[L, R]) SetPayloadLimit(n int) {
	t.packer.setLimit(n)
	if t.search.on {
		t.search.start(t.packer.limit)
	}
}

// ReportEMSGSIZE says that a datagram was too large for a local interface:
// from the next instruction on they are at most 500 octets, for the rest of the session.
func (t *Transport[L, R]) ReportEMSGSIZE(now time.Time) {
	if t.search.size > 0 {
		t.search.failed(now)
		return
	}
	t.search = search{}
	t.packer.shrink()
}

// Stats returns the counters.
func (t *Transport[L, R]) Stats() Stats {
	s := t.stats
	s.Stats = t.ep.Stats()
	s.Loss = t.ep.Loss()
	s.PayloadLimit = t.packer.limit
	s.KeptSent, s.KeptReceived = len(t.out.sent), len(t.in.queue)
	return s
}
