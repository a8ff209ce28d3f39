package udp

import (
	"fmt"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// receiveQueue is asked for, in octets; the kernel gives what net.core.rmem_max allows. It costs nothing while it
// is empty and lets our peer's datagrams survive a flood of foreign ones.
const receiveQueue = 1 << 20

// setOptions sets the options of spec/protocol.md section 3.4. Only "do not set DF" must work.
func setOptions(fd int, o sockOptions) error {
	try := func(level, opt, value int) { _ = unix.SetsockoptInt(fd, level, opt, value) }
	// A socket of family AF_INET6 takes the IPv4 options too, for its IPv4 peers.
	if err := unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_MTU_DISCOVER, unix.IP_PMTUDISC_DONT); err != nil {
		return fmt.Errorf("IP_MTU_DISCOVER: %w", err)
	}
	try(unix.IPPROTO_IP, unix.IP_TOS, ect0)
	try(unix.IPPROTO_IP, unix.IP_RECVTOS, 1)
	try(unix.SOL_SOCKET, unix.SO_RCVBUF, receiveQueue)
	if o.inet6 {
		try(unix.IPPROTO_IPV6, unix.IPV6_TCLASS, ect0)
		try(unix.IPPROTO_IPV6, unix.IPV6_RECVTCLASS, 1)
	}
	if o.wildcard && !o.client {
		try(unix.IPPROTO_IP, unix.IP_PKTINFO, 1)
		if o.inet6 {
			try(unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO, 1)
		}
	}
	if o.client {
		try(unix.IPPROTO_IP, unix.IP_RECVERR, 1)
		if o.inet6 {
			try(unix.IPPROTO_IPV6, unix.IPV6_RECVERR, 1)
		}
	}
	if o.device != "" {
		if err := unix.BindToDevice(fd, o.device); err != nil {
			return fmt.Errorf("binding to interface %s: %w", o.device, err)
		}
	}
	return nil
}

// appendSource appends the control message that sets the source address of a datagram.
func appendSource(dst []byte, from netip.Addr) []byte {
	from = from.Unmap()
	level, typ, size := int32(unix.IPPROTO_IP), int32(unix.IP_PKTINFO), unix.SizeofInet4Pktinfo
	if from.Is6() {
		level, typ, size = unix.IPPROTO_IPV6, unix.IPV6_PKTINFO, unix.SizeofInet6Pktinfo
	}
	dst = dst[:unix.CmsgSpace(size)]
	clear(dst)
	h := (*unix.Cmsghdr)(unsafe.Pointer(&dst[0]))
	h.Level, h.Type = level, typ
	h.SetLen(unix.CmsgLen(size))
	data := dst[unix.CmsgLen(0):]
	if from.Is6() {
		a := from.As16()
		copy(data, a[:])
	} else {
		a := from.As4()
		copy(data[4:], a[:]) // ipi_spec_dst
	}
	return dst
}

// drainErrors empties the queue of ICMP errors, which would fill the receive buffer.
func (s *Socket) drainErrors() {
	_ = s.raw.Control(func(fd uintptr) {
		var b, oob [64]byte
		for {
			if _, _, _, _, err := unix.Recvmsg(int(fd), b[:], oob[:], unix.MSG_ERRQUEUE|unix.MSG_DONTWAIT); err != nil {
				return
			}
		}
	})
}
