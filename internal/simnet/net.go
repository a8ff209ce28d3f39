package simnet

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"time"
)

// Datagram is one on its way.
type Datagram struct {
	From, To netip.AddrPort
	B        []byte
}

// Node is a core on the net. The net does its driver's duty: after any call it
// takes AppendDatagrams, and it calls Advance at NextTimeout.
type Node interface {
	HandleDatagram(now time.Time, d Datagram, ce bool)
	Advance(now time.Time)
	AppendDatagrams(now time.Time, dst []Datagram) []Datagram
	NextTimeout() time.Time
}

// Start is when every simulation begins.
var Start = time.UnixMilli(1_700_000_000_000)

// Net is a network with a clock.
type Net struct {
	Now  time.Time
	rand *rand.Rand

	nodes    []Node
	owner    map[netip.AddrPort]Node
	links    map[[2]netip.Addr]*Link
	fallback *Link
	outside  map[netip.AddrPort]netip.AddrPort // translation of sources
	inside   map[netip.AddrPort]netip.AddrPort // and back

	events events
	serial int
	out    []Datagram

	watches []func(*Net, Datagram) error
	checks  []func(*Net) error
	failure error
	steps   int
}

// New returns an empty network whose chances come from the seed. Pairs of
// addresses without a link of their own use fallback.
func New(seed uint64, fallback *Link) *Net {
	return &Net{
		Now: Start, rand: rand.New(rand.NewPCG(seed, 0x6d6f7368)), fallback: fallback,
		owner: map[netip.AddrPort]Node{}, links: map[[2]netip.Addr]*Link{},
		outside: map[netip.AddrPort]netip.AddrPort{}, inside: map[netip.AddrPort]netip.AddrPort{},
	}
}

// Rand is the net's source of chance, for tests that need more of it.
func (n *Net) Rand() *rand.Rand { return n.rand }

// Add puts a node on the net, reachable at these addresses.
func (n *Net) Add(node Node, addrs ...netip.AddrPort) {
	n.nodes = append(n.nodes, node)
	for _, a := range addrs {
		n.owner[a] = node
	}
}

// Bind makes an address reach a node; nil takes it away.
func (n *Net) Bind(a netip.AddrPort, node Node) {
	if node == nil {
		delete(n.owner, a)
		return
	}
	n.owner[a] = node
}

// Connect sets the link from one address to another, one way.
func (n *Net) Connect(from, to netip.Addr, l *Link) { n.links[[2]netip.Addr{from, to}] = l }

// Translate makes datagrams from in appear to come from out, and those to out
// arrive at in. An earlier translation of in is forgotten: what is still sent there is lost.
func (n *Net) Translate(in, out netip.AddrPort) {
	delete(n.inside, n.outside[in])
	n.outside[in], n.inside[out] = out, in
}

// At runs f when the clock shows Start plus d.
func (n *Net) At(d time.Duration, f func()) { n.push(Start.Add(d), f) }

// Elapsed is the time since Start.
func (n *Net) Elapsed() time.Duration { return n.Now.Sub(Start) }

// Watch calls f with every datagram before it enters the network. An error ends the run.
func (n *Net) Watch(f func(*Net, Datagram) error) { n.watches = append(n.watches, f) }

// Check calls f after every step. An error ends the run.
func (n *Net) Check(f func(*Net) error) { n.checks = append(n.checks, f) }

// Run lets time pass until the clock shows Start plus d.
func (n *Net) Run(d time.Duration) error {
	return n.RunUntil(d, func() bool { return false })
}

// RunUntil lets time pass until done or until the clock shows Start plus d.
// The first broken check or watch is returned.
func (n *Net) RunUntil(d time.Duration, done func() bool) error {
	end := Start.Add(d)
	n.pump()
	for n.failure == nil && !done() {
		next, ok := n.next()
		if !ok || next.After(end) {
			n.Now = end
			break
		}
		n.step(next)
	}
	return n.failure
}

// next is the earliest event or deadline; one that is overdue is now.
func (n *Net) next() (time.Time, bool) {
	var t time.Time
	if len(n.events) > 0 {
		t = n.events[0].at
	}
	for _, x := range n.nodes {
		if due := x.NextTimeout(); !due.IsZero() && (t.IsZero() || due.Before(t)) {
			t = due
		}
	}
	if t.Before(n.Now) && !t.IsZero() {
		t = n.Now
	}
	return t, !t.IsZero()
}

// spinLimit is how many steps may happen without the clock moving; above it a node does not clear its deadline.
const spinLimit = 10000

func (n *Net) step(at time.Time) {
	if at.After(n.Now) {
		n.steps = 0
	}
	if n.steps++; n.steps > spinLimit {
		n.fail(fmt.Errorf("%d steps without the clock moving: a deadline stays in the past", spinLimit))
		return
	}
	n.Now = at
	for len(n.events) > 0 && !n.events[0].at.After(n.Now) {
		heap.Pop(&n.events).(event).do()
		n.pump()
	}
	for _, x := range n.nodes {
		if due := x.NextTimeout(); !due.IsZero() && !due.After(n.Now) {
			x.Advance(n.Now)
		}
	}
	n.pump()
	for _, c := range n.checks {
		n.fail(c(n))
	}
}

// fail keeps the first error, with the moment it happened.
func (n *Net) fail(err error) {
	if err != nil && n.failure == nil {
		n.failure = fmt.Errorf("at %v: %w", n.Elapsed(), err)
	}
}

// pump takes what the nodes send.
func (n *Net) pump() {
	for _, x := range n.nodes {
		n.out = x.AppendDatagrams(n.Now, n.out[:0])
		for _, d := range n.out {
			d.B = append([]byte(nil), d.B...)
			for _, w := range n.watches {
				n.fail(w(n, d))
			}
			n.Inject(d)
		}
	}
}

// Inject puts a datagram on the net as if it were sent now.
func (n *Net) Inject(d Datagram) {
	l := n.links[[2]netip.Addr{d.From.Addr(), d.To.Addr()}]
	if l == nil {
		l = n.fallback
	}
	if out, ok := n.outside[d.From]; ok {
		d.From = out
	}
	for _, v := range l.pass(n.Now, n.rand, len(d.B)) {
		n.push(v.at, func() { n.arrive(d, v.marked) })
	}
}

func (n *Net) arrive(d Datagram, marked bool) {
	to := d.To
	if in, ok := n.inside[to]; ok {
		to = in
	} else if _, translated := n.outside[to]; translated {
		return // only the outside of a translation can be reached
	}
	d.To = to
	if node := n.owner[to]; node != nil {
		node.HandleDatagram(n.Now, d, marked)
	}
}

type event struct {
	at     time.Time
	serial int // first in, first out at the same time
	do     func()
}

type events []event

func (n *Net) push(at time.Time, do func()) {
	n.serial++
	heap.Push(&n.events, event{at, n.serial, do})
}

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	return e[i].at.Before(e[j].at) || e[i].at.Equal(e[j].at) && e[i].serial < e[j].serial
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any)   { *e = append(*e, x.(event)) }
func (e *events) Pop() any {
	old := *e
	x := old[len(old)-1]
	old[len(old)-1] = event{}
	*e = old[:len(old)-1]
	return x
}
