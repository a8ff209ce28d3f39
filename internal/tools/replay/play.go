//go:build linux

package main

import (
	"math/rand/v2"
	"net/netip"
	"time"

	"mosh/internal/core/client"
	"mosh/internal/core/datagram"
	"mosh/internal/core/predict"
	"mosh/internal/core/server"
	"mosh/internal/core/ssp"
	"mosh/internal/core/vt"
	"mosh/internal/simnet"
)

// link is the way between client and server: half of rtt each way, datagrams lost independently.
type link struct {
	rtt  time.Duration
	loss float64
	seed uint64
}

// engine is a set of rules with the transport they are used on: stock's timing at both ends, or at the server's only, or
// ours, with a server that tells the tty's state.
type engine struct {
	name           string
	rules          predict.Rules
	client, server ssp.Policy
	tty            bool
}

var engines = []engine{
	{"stock", predict.Stock, ssp.Stock, ssp.Stock, false},
	{"ours-stock-server", predict.Own, ssp.Own, ssp.Stock, false},
	{"ours", predict.Own, ssp.Own, ssp.Own, true},
}

// session is the whole client and the whole server on a simulated network, with a trace for a host and a person.
type session struct {
	net    *simnet.Net
	link   link
	tty    bool
	trace  *trace
	client *client.Session
	server *server.Session

	onDisplay func(step int, now time.Duration)
	typed     int       // newest step typed
	touched   bool      // the client may show something else
	screen    *vt.Frame // newest server frame at the client
	viewStep  int       // newest step whose answer is in it

	octets   int           // of keys that reached the host
	reached  int           // newest step that did
	hostTime time.Duration // no answer comes before one that was caused earlier
	ttyNow   answer
	steps    []began
}

// began is when the host began to answer a step.
type began struct {
	at   time.Duration
	step int
}

var (
	serverAddr = netip.MustParseAddrPort("192.0.2.1:60001")
	clientAddr = netip.MustParseAddrPort("192.0.2.2:4000")
)

// start is how long before the first key the session starts.
const start = 5 * time.Second

func newSession(t *trace, e engine, l link) *session {
	seed := l.seed ^ fnv64(t.name)
	s := &session{net: simnet.New(seed, &simnet.Link{Delay: l.rtt / 2, Loss: l.loss}), link: l, tty: e.tty, trace: t,
		ttyNow: answer{echo: true, canonical: true}, steps: []began{{}}}
	key := datagram.NewKey([16]byte{1, 2, 3})
	rng := rand.New(rand.NewPCG(seed, 1))
	s.server = server.New(simnet.Start, server.Config{Width: t.width, Height: t.height, Program: "replay", Policy: e.server, Rand: rng})
	s.server.AddPeer(simnet.Start, key)
	s.client = client.New(simnet.Start, client.Config{Key: key, Servers: []netip.AddrPort{serverAddr},
		Width: t.width, Height: t.height, Predict: predict.Adaptive, Rules: e.rules, Policy: e.client, Rand: rng})
	s.screen = s.client.Final()
	s.net.Add(clientNode{s}, clientAddr)
	s.net.Add(serverNode{s}, serverAddr)
	return s
}

// run plays the trace to its end.
func (s *session) run() error {
	s.net.At(time.Second, func() { s.answer(0) })
	last := s.trace.steps[len(s.trace.steps)-1].at
	for i := 1; i < len(s.trace.steps); i++ {
		s.net.At(start+s.trace.steps[i].at, func() { s.key(i) })
	}
	s.net.Check(func(*simnet.Net) error {
		if s.touched {
			s.touched = false
			s.onDisplay(s.typed, s.net.Elapsed())
		}
		return nil
	})
	return s.net.Run(start + last + 10*time.Second)
}

// key types step i.
func (s *session) key(i int) {
	s.client.Keys(s.net.Now, s.trace.steps[i].keys)
	s.typed = i
	s.touched = false
	s.onDisplay(i, s.net.Elapsed())
}

// answer lets the host answer step i.
func (s *session) answer(i int) {
	s.tellTTY()
	now := s.net.Elapsed()
	for _, a := range s.trace.steps[i].host {
		s.hostTime = max(now+a.after, s.hostTime)
		s.net.At(s.hostTime, func() {
			s.began(i)
			if a.output == nil {
				s.ttyNow = a
				return
			}
			s.tellTTY()
			s.server.HostOutput(s.net.Now, a.output)
			s.server.HostWritten(s.net.Now, len(s.server.HostInput())) // answers to queries: the recorded program has had them
		})
	}
	s.net.At(max(now, s.hostTime), func() { s.began(i) })
}

// tellTTY is when our server looks at the tty: after output was read and after input was written, and twice more.
func (s *session) tellTTY() {
	if !s.tty {
		return
	}
	look := func() { s.server.SetTTY(s.net.Now, s.ttyNow.echo, s.ttyNow.canonical) }
	look()
	s.net.At(s.net.Elapsed()+20*time.Millisecond, look)
	s.net.At(s.net.Elapsed()+200*time.Millisecond, look)
}

func (s *session) began(i int) {
	if i > s.steps[len(s.steps)-1].step {
		s.steps = append(s.steps, began{s.net.Elapsed(), i})
	}
}

// stepAt returns the newest step that the host had begun to answer at t.
func (s *session) stepAt(t time.Duration) int {
	i := len(s.steps) - 1
	for i > 0 && s.steps[i].at > t {
		i--
	}
	return s.steps[i].step
}

// clientNode and serverNode are the two on the network.
type clientNode struct{ *session }

func (c clientNode) HandleDatagram(now time.Time, d simnet.Datagram, ce bool) {
	_ = c.client.HandleDatagram(now, 0, d.From, ce, d.B)
	if f := c.client.Final(); f != c.screen {
		c.screen, c.viewStep = f, c.stepAt(c.net.Elapsed()-c.link.rtt/2)
	}
	c.touched = true
}

func (c clientNode) Advance(now time.Time) {
	c.client.Advance(now)
	c.touched = true
}

func (c clientNode) AppendDatagrams(now time.Time, dst []simnet.Datagram) []simnet.Datagram {
	for _, d := range c.client.AppendDatagrams(now, nil) {
		dst = append(dst, simnet.Datagram{From: clientAddr, To: serverAddr, B: d.B})
	}
	return dst
}

func (c clientNode) NextTimeout() time.Time { return c.client.NextTimeout() }

type serverNode struct{ *session }

func (n serverNode) HandleDatagram(now time.Time, d simnet.Datagram, ce bool) {
	_ = n.server.HandleDatagram(now, d.From, ce, d.B)
	got := len(n.server.HostInput())
	if got == 0 {
		return
	}
	n.server.HostWritten(now, got)
	n.octets += got
	for n.reached+1 < len(n.trace.steps) && n.octets >= len(n.trace.steps[n.reached+1].keys) {
		n.reached++
		n.octets -= len(n.trace.steps[n.reached].keys)
		n.answer(n.reached)
	}
}

func (n serverNode) Advance(now time.Time) { n.server.Advance(now) }

func (n serverNode) AppendDatagrams(now time.Time, dst []simnet.Datagram) []simnet.Datagram {
	for _, d := range n.server.AppendDatagrams(now, []ssp.Datagram(nil)) {
		dst = append(dst, simnet.Datagram{From: serverAddr, To: clientAddr, B: d.B})
	}
	return dst
}

func (n serverNode) NextTimeout() time.Time { return n.server.NextTimeout() }
