//go:build !linux

package udp

import (
	"net/netip"
)

// receiver reads a datagram at a time through package net, nothing allocated.
type receiver struct {
	s       *Socket
	buf     [MaxDatagram + 1]byte // one more, to see that a datagram is too long
	control [128]byte
}

func newReceiver(s *Socket) *receiver { return &receiver{s: s} }

// read waits for a datagram and puts it into b.
func (r *receiver) read(b *Batch) {
	n, oobn, _, from, err := r.s.conn.ReadMsgUDPAddrPort(r.buf[:], r.control[:])
	switch {
	case err != nil && isTooLong(err), err == nil && n > MaxDatagram:
		b.Dropped++
	case err != nil:
		b.Err = err
	default:
		d := Datagram{From: netip.AddrPortFrom(from.Addr().Unmap(), from.Port()), B: r.buf[:n]}
		d.CE = congested(r.control[:oobn])
		b.Datagrams = append(b.Datagrams, d)
	}
}
