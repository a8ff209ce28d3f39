package udp

import (
	"fmt"
	"net"
	"net/netip"
)

// LocalAddr is an address of this machine that datagrams to other machines may be sent from.
type LocalAddr struct {
	Addr   netip.Addr
	Device string // its interface
}

// LocalAddrs lists the addresses of the interfaces that are up, without loopback and link-local ones: the ways out
// that may be probed by binding to them (From).
func LocalAddrs() ([]LocalAddr, error) {
	ifs, err := net.Interfaces()
	if err != nil {
		return nil, fmt.Errorf("cannot list the network interfaces: %w", err)
	}
	var out []LocalAddr
	for _, i := range ifs {
		if i.Flags&net.FlagUp == 0 || i.Flags&net.FlagLoopback != 0 {
			continue
		}
		addrs, err := i.Addrs()
		if err != nil {
			continue // gone since
		}
		for _, a := range addrs {
			n, ok := a.(*net.IPNet)
			if !ok {
				continue
			}
			if ip, ok := netip.AddrFromSlice(n.IP); ok && ip.Unmap().IsGlobalUnicast() {
				out = append(out, LocalAddr{ip.Unmap(), i.Name})
			}
		}
	}
	return out, nil
}

// SourceFor returns the address from which the kernel would send to remote now; an error if there is no route.
// Nothing is sent. A change of it means that the path of an unbound socket has changed.
func SourceFor(remote netip.AddrPort) (netip.Addr, error) {
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(remote))
	if err != nil {
		return netip.Addr{}, fmt.Errorf("no way to %v: %w", remote.Addr(), err)
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap(), nil
}
