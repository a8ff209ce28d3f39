package session

import (
	"net/netip"
	"time"

	"mosh/internal/core/client"
	"mosh/internal/core/ssp"
	"mosh/internal/simnet"
)

// stopped is a process that does not run for a while; the kernel keeps what comes, up to a limit.
type stopped struct {
	held   bool
	waits  []waiting
	handle func(now time.Time, d simnet.Datagram, ce bool)
}

type waiting struct {
	d  simnet.Datagram
	ce bool
}

// kernelQueue is how many datagrams a socket holds, about.
const kernelQueue = 256

func (p *stopped) keep(d simnet.Datagram, ce bool) bool {
	if p.held && len(p.waits) < kernelQueue {
		p.waits = append(p.waits, waiting{d, ce})
	}
	return p.held
}

func (p *stopped) resume(now time.Time) {
	p.held = false
	for _, w := range p.waits {
		p.handle(now, w.d, w.ce)
	}
	p.waits = nil
}

// clientNode is the client as a node, with an address for each of its paths.
type clientNode struct {
	s     *Session
	local netip.AddrPort // of path 0
	bound map[client.PathID]netip.AddrPort
	wakes int // how often it had something to do
	out   []client.Datagram
	stopped
}

// hold stops the process, or lets it go on.
func (n *clientNode) hold(stop bool) {
	n.handle, n.held = n.HandleDatagram, stop
	if !stop {
		n.resume(n.s.Now)
	}
}

func (n *clientNode) address(id client.PathID) netip.AddrPort {
	if id == 0 {
		return n.local
	}
	a, ok := n.bound[id]
	if !ok {
		if n.bound == nil {
			n.bound = map[client.PathID]netip.AddrPort{}
		}
		a = netip.AddrPortFrom(n.local.Addr(), n.local.Port()+uint16(id))
		n.bound[id] = a
		n.s.Bind(a, n)
	}
	return a
}

func (n *clientNode) HandleDatagram(now time.Time, d simnet.Datagram, ce bool) {
	if n.keep(d, ce) {
		return
	}
	n.wakes++
	id := client.PathID(0)
	for i, a := range n.bound {
		if a == d.To {
			id = i
		}
	}
	_ = n.s.Client.HandleDatagram(now, id, d.From, ce, d.B)
}

func (n *clientNode) Advance(now time.Time) {
	n.wakes++
	n.s.Client.Advance(now)
}

func (n *clientNode) AppendDatagrams(now time.Time, dst []simnet.Datagram) []simnet.Datagram {
	if n.held {
		return dst
	}
	n.out = n.s.Client.AppendDatagrams(now, n.out[:0])
	for _, d := range n.out {
		dst = append(dst, simnet.Datagram{From: n.address(d.Path.ID), To: d.Path.Remote, B: d.B})
	}
	for _, id := range n.s.Client.AppendRetired(nil) {
		if a, ok := n.bound[id]; ok {
			n.s.Bind(a, nil)
			delete(n.bound, id)
		}
	}
	return dst
}

// NextTimeout leaves out what only the painter of the user's terminal needs.
func (n *clientNode) NextTimeout() time.Time {
	if n.held {
		return time.Time{}
	}
	return n.s.Client.NextTimeout()
}

// serverNode is the server as a node. The program takes its input at once.
type serverNode struct {
	s     *Session
	out   []ssp.Datagram
	wakes int
	stopped
}

// hold stops the process, or lets it go on.
func (n *serverNode) hold(stop bool) {
	n.handle, n.held = n.HandleDatagram, stop
	if !stop {
		n.resume(n.s.Now)
	}
}

func (n *serverNode) HandleDatagram(now time.Time, d simnet.Datagram, ce bool) {
	if n.keep(d, ce) {
		return
	}
	n.wakes++
	_ = n.s.Server.HandleDatagram(now, d.From, ce, d.B)
	n.feed(now)
}

func (n *serverNode) Advance(now time.Time) {
	n.wakes++
	n.s.Server.Advance(now)
	n.feed(now)
}

func (n *serverNode) feed(now time.Time) {
	s := n.s
	if in := s.Server.HostInput(); len(in) > 0 {
		b := append([]byte(nil), in...)
		s.read = append(s.read, b...)
		s.Server.HostWritten(now, len(b))
		s.cfg.Program.Input(s, b)
	}
	s.Server.TakeResize()
}

func (n *serverNode) AppendDatagrams(now time.Time, dst []simnet.Datagram) []simnet.Datagram {
	if n.held {
		return dst
	}
	n.out = n.s.Server.AppendDatagrams(now, n.out[:0])
	for _, d := range n.out {
		dst = append(dst, simnet.Datagram{From: ServerAddr, To: d.To, B: d.B})
	}
	return dst
}

func (n *serverNode) NextTimeout() time.Time {
	if n.held {
		return time.Time{}
	}
	return n.s.Server.NextTimeout()
}
