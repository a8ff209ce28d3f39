package udp

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// message is what sendmsg(2) is given; it is kept so that nothing is allocated.
type message struct {
	hdr unix.Msghdr
	iov unix.Iovec
	in4 unix.RawSockaddrInet4
	in6 unix.RawSockaddrInet6
}

// attempt sends once. The call is raw: it cannot block, and the runtime's monitor thread need not be woken for it
// (see package pump).
func (t *sender) attempt(fd int) error {
	m := &t.msg
	m.hdr = unix.Msghdr{Iov: &m.iov}
	m.hdr.SetIovlen(1)
	if m.iov = (unix.Iovec{}); len(t.b) > 0 {
		m.iov.Base = &t.b[0]
		m.iov.SetLen(len(t.b))
	}
	if len(t.oob) > 0 {
		m.hdr.Control = &t.oob[0]
		m.hdr.SetControllen(len(t.oob))
	}
	if t.s.inet6 {
		m.in6 = unix.RawSockaddrInet6{Family: unix.AF_INET6, Port: networkOrder(t.sa6.Port), Addr: t.sa6.Addr, Scope_id: t.sa6.ZoneId}
		m.hdr.Name, m.hdr.Namelen = (*byte)(unsafe.Pointer(&m.in6)), unix.SizeofSockaddrInet6
	} else {
		m.in4 = unix.RawSockaddrInet4{Family: unix.AF_INET, Port: networkOrder(t.sa4.Port), Addr: t.sa4.Addr}
		m.hdr.Name, m.hdr.Namelen = (*byte)(unsafe.Pointer(&m.in4)), unix.SizeofSockaddrInet4
	}
	_, _, errno := unix.RawSyscall(unix.SYS_SENDMSG, uintptr(fd), uintptr(unsafe.Pointer(&m.hdr)), unix.MSG_DONTWAIT)
	if errno != 0 {
		return errno
	}
	return nil
}

// networkOrder returns a port as it lies in a socket address.
func networkOrder(port int) (raw uint16) {
	p := (*[2]byte)(unsafe.Pointer(&raw))
	p[0], p[1] = byte(port>>8), byte(port)
	return raw
}
