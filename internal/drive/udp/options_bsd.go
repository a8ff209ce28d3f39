//go:build darwin || freebsd || netbsd || openbsd || solaris

package udp

import (
	"net/netip"

	"golang.org/x/sys/unix"
)

// setOptions sets the options of spec/protocol.md section 3.4 as far as the system has them: 0 stands for an
// option it does not have. None of these systems sets DF on UDP unless asked to.
func setOptions(fd int, o sockOptions) error {
	try := func(level, opt, value int) {
		if opt != 0 {
			_ = unix.SetsockoptInt(fd, level, opt, value)
		}
	}
	if o.inet6 {
		try(unix.IPPROTO_IPV6, unix.IPV6_TCLASS, ect0)
		try(unix.IPPROTO_IPV6, unix.IPV6_RECVTCLASS, 1)
	} else {
		try(unix.IPPROTO_IP, unix.IP_TOS, ect0)
		try(unix.IPPROTO_IP, ipRecvTOS, 1)
	}
	return bindDevice(fd, o)
}

// appendSource: the kernel chooses the source address.
func appendSource([]byte, netip.Addr) []byte { return nil }

// drainErrors: there is no error queue.
func (s *Socket) drainErrors() {}
