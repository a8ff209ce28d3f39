//go:build !linux

package udp

import "net/netip"

// SendWhole would send b uncut. Without a way to ask for that it says that b is too large, which ends the search for
// larger datagrams (docs/network.md).
func (s *Socket) SendWhole([]byte, netip.AddrPort, netip.Addr) error { return ErrTooBig }
