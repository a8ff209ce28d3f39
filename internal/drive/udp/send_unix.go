//go:build !windows

package udp

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// sender sends with sendmsg(2) on the socket, which is non-blocking: package net would wait for room.
type sender struct {
	s    *Socket
	sa4  unix.SockaddrInet4
	sa6  unix.SockaddrInet6
	b    []byte
	oob  []byte
	info [64]byte // room for the packet-info message
	msg  message
	err  error
	call func(fd uintptr) bool
}

func (t *sender) bind(s *Socket) {
	t.s = s
	t.call = t.sendmsg
}

func (t *sender) sendmsg(fd uintptr) bool {
	for {
		t.err = t.attempt(int(fd))
		if t.err != unix.EINTR {
			return true
		}
	}
}

func (t *sender) send(b []byte, to netip.AddrPort, from netip.Addr) error {
	if err := t.address(to); err != nil {
		return err
	}
	t.b, t.oob = b, nil
	if from.IsValid() {
		t.oob = appendSource(t.info[:0], from)
	}
	err := t.once()
	if err != nil && isICMP(err) && !errors.Is(err, ErrTooBig) {
		// The error was of an earlier datagram, or our source address is gone: this one was not sent yet.
		t.s.drainErrors()
		err = t.once()
	}
	if err != nil && t.oob != nil && isNoSource(err) {
		t.oob = nil
		err = t.once()
	}
	t.b = nil
	return err
}

func (t *sender) once() error {
	if err := t.s.raw.Write(t.call); err != nil {
		return err
	}
	if t.err != nil {
		return os.NewSyscallError("sendmsg", t.err)
	}
	return nil
}

// isNoSource reports whether err may mean that the source address asked for is not ours any more.
func isNoSource(err error) bool {
	return errors.Is(err, unix.EINVAL) || errors.Is(err, unix.EADDRNOTAVAIL) || errors.Is(err, unix.ENETUNREACH) ||
		errors.Is(err, unix.EHOSTUNREACH)
}

// address fills the socket address of the family of the socket.
func (t *sender) address(to netip.AddrPort) error {
	a := to.Addr()
	switch {
	case !a.IsValid():
		return &net.AddrError{Err: "no address to send to"}
	case t.s.inet6:
		t.sa6 = unix.SockaddrInet6{Port: int(to.Port()), Addr: a.As16(), ZoneId: zoneID(a.Zone())}
	case a.Unmap().Is4():
		t.sa4 = unix.SockaddrInet4{Port: int(to.Port()), Addr: a.Unmap().As4()}
	default:
		return &net.AddrError{Err: "an IPv4 socket cannot send to IPv6", Addr: a.String()}
	}
	return nil
}

// zoneID is the interface index of a zone, which is a number or an interface's name.
func zoneID(zone string) uint32 {
	if zone == "" {
		return 0
	}
	if n, err := strconv.ParseUint(zone, 10, 32); err == nil {
		return uint32(n)
	}
	if i, err := net.InterfaceByName(zone); err == nil {
		return uint32(i.Index)
	}
	return 0
}
