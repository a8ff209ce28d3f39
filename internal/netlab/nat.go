package netlab

import "net/netip"

// socket is one transport endpoint.
type socket struct {
	proto uint8
	addr  netip.Addr
	port  uint16
}

// nat maps the ports of client sockets to outside ports. Addresses are left alone.
type nat struct {
	out, in map[socket]uint16
	last    uint16 // outside port given last
}

func newNAT() *nat { return &nat{out: map[socket]uint16{}, in: map[socket]uint16{}, last: 20000} }

// outside returns the port by which the server knows s, a new one if there is none.
func (n *nat) outside(s socket) uint16 {
	p, ok := n.out[s]
	if !ok {
		n.last++
		if n.last < 20000 {
			n.last = 20000
		}
		p = n.last
		n.out[s] = p
		n.in[socket{s.proto, s.addr, p}] = s.port
	}
	return p
}

// inside returns the client's port behind the outside port of s.
func (n *nat) inside(s socket) (port uint16, ok bool) {
	port, ok = n.in[s]
	return
}

// forget drops all mappings; the next packet of each socket gets a port not used before.
func (n *nat) forget() {
	clear(n.out)
	clear(n.in)
}
