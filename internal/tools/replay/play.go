package main

import (
	"container/heap"
	"math/rand/v2"
	"time"

	"mosh/internal/core/predict"
	"mosh/internal/core/vt"
)

// link is the way between client and server: half of rtt each way, datagrams lost independently.
type link struct {
	rtt  time.Duration
	loss float64
	seed uint64
}

// engine is a set of rules, and whether the server tells the tty's state.
type engine struct {
	name  string
	rules predict.Rules
	tty   bool
}

var engines = []engine{
	{"stock", predict.Stock, false},
	{"ours-stock-server", predict.Own, false},
	{"ours", predict.Own, true},
}

// session is a client and a server on a link, modelled after spec/protocol.md section 7: frames and keys are sent at
// most once per send interval, everything sent covers what was sent before, and is sent again after an RTO.
type session struct {
	link     link
	rng      *rand.Rand
	engine   *predict.Engine
	tty      bool
	trace    *trace
	interval time.Duration
	rto      time.Duration
	now      time.Duration
	events   events
	order    int

	// client
	sent      uint64 // highest state number sent
	typed     []int  // step of each state, from state 1
	pending   int    // newest step typed
	keySent   time.Duration
	keyTimer  bool
	view      state // newest state received
	screen    *vt.Frame
	onDisplay func(step int, now time.Duration)

	// server
	term      *vt.Terminal
	got       uint64 // newest client state
	gotSteps  int
	arrivals  []arrival
	echoAck   uint64
	hostTime  time.Duration // no answer comes before one that was caused earlier
	host      state
	frameSent time.Duration
	frameNum  uint64
	ackedNum  uint64 // newest frame that the client acked
	frameWait bool
	dirty     bool
	ttyNow    answer
	ttyRead   answer
	step      int // newest step that the host began to answer
}

// state is what a frame datagram carries.
type state struct {
	num     uint64
	frame   *vt.Frame
	ack     uint64
	echoAck uint64
	step    int
	tty     answer
}

type arrival struct {
	num uint64
	at  time.Duration
}

type event struct {
	at    time.Duration
	order int
	do    func()
}

type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	return e[i].at < e[j].at || e[i].at == e[j].at && e[i].order < e[j].order
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any)   { *e = append(*e, x.(event)) }
func (e *events) Pop() any {
	old := *e
	x := old[len(old)-1]
	*e = old[:len(old)-1]
	return x
}

const (
	frameCollect = 8 * time.Millisecond
	keyCollect   = time.Millisecond
	echoDelay    = 50 * time.Millisecond
)

// zero is the time at which a replay starts.
var zero = time.Unix(1_000_000, 0)

func newSession(t *trace, e engine, l link) *session {
	s := &session{link: l, rng: rand.New(rand.NewPCG(l.seed, fnv64(t.name))), tty: e.tty, trace: t,
		engine: predict.New(predict.Adaptive, false, e.rules), term: vt.New(t.width, t.height, vt.Options{}),
		interval: min(max((l.rtt+time.Millisecond)/2, 20*time.Millisecond), 250*time.Millisecond),
		rto:      min(max(l.rtt+l.rtt/4+10*time.Millisecond, 50*time.Millisecond), time.Second)}
	s.ttyNow = answer{echo: true, canonical: true}
	s.ttyRead = s.ttyNow
	s.keySent, s.frameSent = -time.Second, -time.Second
	s.screen = vt.New(t.width, t.height, vt.Options{}).Snapshot(zero)
	return s
}

func (s *session) at(t time.Duration, do func()) {
	s.order++
	heap.Push(&s.events, event{max(t, s.now), s.order, do})
}

func (s *session) lost() bool { return s.rng.Float64() < s.link.loss }

// start is how long before the first key the session starts.
const start = 5 * time.Second

// run plays the trace to its end.
func (s *session) run() {
	s.answer(0)
	for i := 1; i < len(s.trace.steps); i++ {
		s.at(start+s.trace.steps[i].at, func() { s.key(i) })
	}
	for len(s.events) > 0 {
		ev := heap.Pop(&s.events).(event)
		s.now = ev.at
		ev.do()
		s.wake()
	}
}

// wake does what the client does by its timer.
func (s *session) wake() {
	if t := s.engine.NextTimeout(); !t.IsZero() {
		at := t.Sub(zero)
		if len(s.events) > 0 && at < s.events[0].at {
			s.at(at, s.pass)
		}
	}
}

func (s *session) pass() {
	s.engine.Frame(zero.Add(s.now), s.screen, s.view.echoAck, s.view.ack, s.interval)
	s.onDisplay(s.pending, s.now)
}

// key types step i.
func (s *session) key(i int) {
	s.engine.Keys(zero.Add(s.now), s.trace.steps[i].keys, s.sent, s.screen)
	s.pending = i
	s.onDisplay(i, s.now)
	s.sendKeysAt(max(s.now+keyCollect, s.keySent+s.interval))
}

func (s *session) sendKeysAt(t time.Duration) {
	if s.keyTimer {
		return
	}
	s.keyTimer = true
	s.at(t, func() {
		s.keyTimer = false
		s.sendKeys()
	})
}

func (s *session) sendKeys() {
	for len(s.typed) == 0 && s.pending > 0 || len(s.typed) > 0 && s.typed[len(s.typed)-1] < s.pending {
		s.typed = append(s.typed, s.pending)
		s.sent++
	}
	s.keySent = s.now
	num, steps := s.sent, s.pending
	if !s.lost() {
		s.at(s.now+s.link.rtt/2, func() { s.receiveKeys(num, steps) })
	}
	s.at(s.now+s.rto, func() {
		if s.view.ack < num && s.keySent <= s.now-s.rto {
			s.sendKeysAt(s.now)
		}
	})
}

func (s *session) receiveKeys(num uint64, steps int) {
	if num <= s.got {
		s.sendFrameAt(s.now + frameCollect) // it was sent again: the ack was lost
		return
	}
	s.got = num
	s.arrivals = append(s.arrivals, arrival{num, s.now})
	for i := s.gotSteps + 1; i <= steps; i++ {
		s.answer(i)
	}
	s.gotSteps = steps
	s.at(s.now+echoDelay, s.echo)
	s.at(s.now+100*time.Millisecond, func() { // the delayed ack
		if s.host.ack < num {
			s.sendFrame()
		}
	})
}

// echo moves the echo ack on.
func (s *session) echo() {
	for len(s.arrivals) > 0 && s.arrivals[0].at <= s.now-echoDelay {
		s.echoAck = s.arrivals[0].num
		s.arrivals = s.arrivals[1:]
	}
	s.changed()
}

// answer lets the host answer step i.
func (s *session) answer(i int) {
	s.ttyRead = s.ttyNow
	for _, a := range s.trace.steps[i].host {
		at := max(s.now+a.after, s.hostTime)
		s.hostTime = at
		s.at(at, func() {
			s.step = max(s.step, i)
			if a.output == nil {
				s.ttyNow = a
				return
			}
			s.ttyRead = s.ttyNow
			s.term.Write(zero.Add(s.now), a.output)
			s.term.AppendReplies(nil)
			s.changed()
		})
	}
	s.at(max(s.now, s.hostTime), func() { s.step = max(s.step, i) })
}

func (s *session) changed() {
	s.dirty = true
	s.sendFrameAt(max(s.now+frameCollect, s.frameSent+s.interval))
}

func (s *session) sendFrameAt(t time.Duration) {
	if s.frameWait {
		return
	}
	s.frameWait = true
	s.at(t, func() {
		s.frameWait = false
		s.sendFrame()
	})
}

func (s *session) sendFrame() {
	s.dirty = false
	s.frameSent = s.now
	s.frameNum++
	s.host = state{num: s.frameNum, frame: s.term.Snapshot(zero.Add(s.now)), ack: s.got, echoAck: s.echoAck, step: s.step, tty: s.ttyRead}
	st := s.host
	if !s.lost() {
		s.at(s.now+s.link.rtt/2, func() { s.receiveFrame(st) })
	}
	s.at(s.now+s.rto, func() {
		if s.ackedNum < st.num && s.frameNum == st.num {
			s.sendFrame()
		}
	})
}

func (s *session) receiveFrame(st state) {
	if st.num <= s.view.num {
		return
	}
	s.view, s.screen = st, st.frame
	if !s.lost() {
		s.at(s.now+s.link.rtt/2, func() { s.ackedNum = max(s.ackedNum, st.num) })
	}
	if s.tty {
		s.engine.SetTTY(true, st.tty.echo, st.tty.canonical)
	}
	s.pass()
}
