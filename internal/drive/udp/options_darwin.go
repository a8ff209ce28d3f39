package udp

import (
	"fmt"
	"net"

	"golang.org/x/sys/unix"
)

const ipRecvTOS = unix.IP_RECVTOS

// ipv6BoundIF is IPV6_BOUND_IF of <netinet6/in6.h>.
const ipv6BoundIF = 125

func bindDevice(fd int, o sockOptions) error {
	if o.device == "" {
		return nil
	}
	i, err := net.InterfaceByName(o.device)
	if err != nil {
		return err
	}
	level, opt := unix.IPPROTO_IP, unix.IP_BOUND_IF
	if o.inet6 {
		level, opt = unix.IPPROTO_IPV6, ipv6BoundIF
	}
	if err := unix.SetsockoptInt(fd, level, opt, i.Index); err != nil {
		return fmt.Errorf("binding to interface %s: %w", o.device, err)
	}
	return nil
}
