package udp

import (
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

// SendWhole sends b as Send does, but nobody may cut it on its way, whatever the kernel believes to know of the path: what
// arrives has shown that the path takes it. ErrTooBig means that the interface does not.
func (s *Socket) SendWhole(b []byte, to netip.AddrPort, from netip.Addr) error {
	var setErr error
	set := func(v4, v6 int) error {
		err := s.raw.Control(func(fd uintptr) {
			setErr = unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_MTU_DISCOVER, v4)
			if setErr == nil && s.inet6 {
				setErr = unix.SetsockoptInt(int(fd), unix.IPPROTO_IPV6, unix.IPV6_MTU_DISCOVER, v6)
			}
		})
		if err == nil {
			err = os.NewSyscallError("setsockopt", setErr)
		}
		return err
	}
	if err := set(unix.IP_PMTUDISC_PROBE, unix.IPV6_PMTUDISC_PROBE); err != nil {
		return err
	}
	err := s.Send(b, to, from)
	if back := set(unix.IP_PMTUDISC_DONT, unix.IPV6_PMTUDISC_DONT); err == nil {
		err = back
	}
	return err
}
