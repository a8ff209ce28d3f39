package simnet

import (
	"net/netip"
	"time"

	"mosh/internal/core/ssp"
)

// Transport is what ssp.Transport has for its driver.
type Transport interface {
	HandleDatagram(now time.Time, from netip.AddrPort, ce bool, b []byte) error
	Advance(now time.Time)
	AppendDatagrams(now time.Time, dst []ssp.Datagram) []ssp.Datagram
	NextTimeout() time.Time
}

// End is a transport as a node.
type End struct {
	Transport
	Local  netip.AddrPort // source of what is sent
	Server netip.AddrPort // where a client sends to; invalid on a server
	out    []ssp.Datagram
}

// HandleDatagram passes one on; what the transport refuses is its own business.
func (e *End) HandleDatagram(now time.Time, d Datagram, ce bool) {
	_ = e.Transport.HandleDatagram(now, d.From, ce, d.B)
}

// AppendDatagrams adds the addresses.
func (e *End) AppendDatagrams(now time.Time, dst []Datagram) []Datagram {
	e.out = e.Transport.AppendDatagrams(now, e.out[:0])
	for _, d := range e.out {
		to := d.To
		if e.Server.IsValid() {
			to = e.Server
		}
		dst = append(dst, Datagram{e.Local, to, d.B})
	}
	return dst
}
