package udp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

// Ports is a range of port numbers, both ends included. The zero value leaves the choice to the kernel.
type Ports struct{ Low, High uint16 }

// DefaultPorts is where a server looks for a free port, ascending (spec/protocol.md, 4.3).
var DefaultPorts = Ports{60001, 60999}

func (p Ports) String() string {
	switch {
	case p == Ports{}:
		return "any UDP port"
	case p.Low == p.High:
		return fmt.Sprintf("UDP port %d", p.Low)
	}
	return fmt.Sprintf("a UDP port from %d to %d", p.Low, p.High)
}

// Listen binds a socket to the first free port of the range at the address given. The address :: serves both
// protocols where the system can do that.
func Listen(addr netip.Addr, ports Ports) (*Socket, error) {
	if ports.Low > ports.High || ports.Low == 0 && ports.High != 0 {
		return nil, fmt.Errorf("udp: bad port range %d:%d", ports.Low, ports.High)
	}
	network := "udp6"
	switch {
	case addr.Unmap().Is4():
		addr, network = addr.Unmap(), "udp4"
	case addr.IsUnspecified():
		network = "udp" // package net turns IPV6_V6ONLY off
	}
	var last error
	for port := int(ports.Low); port <= int(ports.High); port++ {
		s, err := bind(network, netip.AddrPortFrom(addr, uint16(port)), 0, make(chan *Batch), sockOptions{})
		if err == nil {
			return s, nil
		}
		last = err
		if !errors.Is(err, syscall.EADDRINUSE) && !errors.Is(err, syscall.EACCES) {
			break // the address is to blame, not the port
		}
	}
	var no syscall.Errno
	if errors.As(last, &no) { // without what package net says of it: its part of it is above
		last = no
	}
	return nil, fmt.Errorf("cannot bind %v at %v: %w", ports, addr, last)
}

// ListenFirst tries the whole range at each address in turn. failed has the reasons of the addresses before the one
// that is bound; err is that of the last when none is.
func ListenFirst(ports Ports, addrs ...netip.Addr) (s *Socket, failed []error, err error) {
	for _, a := range addrs {
		if s, err = Listen(a, ports); err == nil {
			return s, failed, nil
		}
		failed = append(failed, err)
	}
	if err == nil {
		err = errors.New("udp: no address to bind to")
	}
	return nil, failed, err
}

// bind opens a socket bound to local.
func bind(network string, local netip.AddrPort, path PathID, events chan *Batch, o sockOptions) (*Socket, error) {
	var lc net.ListenConfig
	c, err := lc.ListenPacket(context.Background(), network, local.String())
	if err != nil {
		return nil, err
	}
	return newSocket(c.(*net.UDPConn), path, events, o)
}
