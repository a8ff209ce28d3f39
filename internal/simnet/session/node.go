package session

import (
	"net/netip"
	"time"

	"mosh/internal/core/client"
	"mosh/internal/core/ssp"
	"mosh/internal/simnet"
)

// clientNode is the client as a node, with an address for each of its paths.
type clientNode struct {
	s     *Session
	local netip.AddrPort // of path 0
	bound map[client.PathID]netip.AddrPort
	wakes int // how often it had something to do
	out   []client.Datagram
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
func (n *clientNode) NextTimeout() time.Time { return n.s.Client.NextTimeout() }

// serverNode is the server as a node. The program takes its input at once.
type serverNode struct {
	s     *Session
	out   []ssp.Datagram
	wakes int
}

func (n *serverNode) HandleDatagram(now time.Time, d simnet.Datagram, ce bool) {
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
	n.out = n.s.Server.AppendDatagrams(now, n.out[:0])
	for _, d := range n.out {
		dst = append(dst, simnet.Datagram{From: ServerAddr, To: d.To, B: d.B})
	}
	return dst
}

func (n *serverNode) NextTimeout() time.Time { return n.s.Server.NextTimeout() }
