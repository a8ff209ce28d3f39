package udp

import "net/netip"

// sender sends through package net. A UDP send on Windows waits only while the adapter's queue is full.
type sender struct{ s *Socket }

func (t *sender) bind(s *Socket) { t.s = s }

func (t *sender) send(b []byte, to netip.AddrPort, _ netip.Addr) error {
	_, err := t.s.conn.WriteToUDPAddrPort(b, to)
	return err
}
