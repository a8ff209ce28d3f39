package udp

import (
	"encoding/binary"
	"net/netip"
	"os"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"
)

// batchSize is how many datagrams one recvmmsg takes: under a flood it saves system calls and hand-overs, and the
// buffers (32 kB) are touched only as far as they are used.
const batchSize = 16

// controlSize is room for a packet-info and a traffic-class message of both protocols.
const controlSize = 128

// receiver reads with recvmmsg(2): a batch per call, nothing allocated.
type receiver struct {
	s       *Socket
	msgs    [batchSize]unix.Mmsghdr
	iovs    [batchSize]unix.Iovec
	names   [batchSize][unix.SizeofSockaddrInet6]byte
	control [batchSize][controlSize]byte
	buf     []byte // batchSize buffers of MaxDatagram
	n       int
	errno   unix.Errno
	call    func(fd uintptr) bool
}

func newReceiver(s *Socket) *receiver {
	r := &receiver{s: s, buf: make([]byte, batchSize*MaxDatagram)}
	for i := range r.msgs {
		r.iovs[i].Base = &r.buf[i*MaxDatagram]
		r.iovs[i].SetLen(MaxDatagram)
		h := &r.msgs[i].Hdr
		h.Iov = &r.iovs[i]
		h.SetIovlen(1)
		h.Name = &r.names[i][0]
		h.Control = &r.control[i][0]
	}
	r.call = r.recvmmsg
	return r
}

func (r *receiver) recvmmsg(fd uintptr) bool {
	for i := range r.msgs {
		h := &r.msgs[i].Hdr
		h.Namelen = unix.SizeofSockaddrInet6
		h.SetControllen(controlSize)
		h.Flags = 0
	}
	for {
		// Raw: it cannot block, and the runtime's monitor thread need not be woken for it (see package pump).
		n, _, errno := unix.RawSyscall6(unix.SYS_RECVMMSG, fd, uintptr(unsafe.Pointer(&r.msgs[0])), batchSize,
			unix.MSG_DONTWAIT, 0, 0)
		switch errno {
		case unix.EINTR:
			continue
		case unix.EAGAIN:
			return false
		}
		r.n, r.errno = int(n), errno
		return true
	}
}

// read waits for datagrams and puts them into b.
func (r *receiver) read(b *Batch) {
	if err := r.s.raw.Read(r.call); err != nil {
		b.Err = err
		return
	}
	if r.errno != 0 {
		b.Err = os.NewSyscallError("recvmmsg", r.errno)
		r.s.drainErrors()
		return
	}
	for i := range r.n {
		m := &r.msgs[i]
		if m.Hdr.Flags&unix.MSG_TRUNC != 0 {
			b.Dropped++
			continue
		}
		start := i * MaxDatagram
		d := Datagram{From: parseSockaddr(r.names[i][:m.Hdr.Namelen]), B: r.buf[start : start+int(m.Len) : start+MaxDatagram]}
		parseControl(&d, r.control[i][:m.Hdr.Controllen])
		b.Datagrams = append(b.Datagrams, d)
	}
}

// parseSockaddr reads a sockaddr_in or sockaddr_in6.
func parseSockaddr(b []byte) netip.AddrPort {
	if len(b) < unix.SizeofSockaddrInet4 {
		return netip.AddrPort{}
	}
	port := binary.BigEndian.Uint16(b[2:])
	switch binary.NativeEndian.Uint16(b) {
	case unix.AF_INET:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[4:8])), port)
	case unix.AF_INET6:
		if len(b) < unix.SizeofSockaddrInet6 {
			break
		}
		a := netip.AddrFrom16([16]byte(b[8:24])).Unmap()
		if scope := binary.NativeEndian.Uint32(b[24:]); scope != 0 && a.IsLinkLocalUnicast() {
			a = a.WithZone(strconv.Itoa(int(scope)))
		}
		return netip.AddrPortFrom(a, port)
	}
	return netip.AddrPort{}
}

// parseControl reads the traffic class and the local address from control messages.
func parseControl(d *Datagram, b []byte) {
	for len(b) >= unix.SizeofCmsghdr {
		h, data, rest, err := unix.ParseOneSocketControlMessage(b)
		if err != nil {
			return
		}
		b = rest
		switch {
		case h.Level == unix.IPPROTO_IP && h.Type == unix.IP_TOS && len(data) >= 1:
			d.CE = d.CE || data[0]&ecnMask == ecnCE
		case h.Level == unix.IPPROTO_IPV6 && h.Type == unix.IPV6_TCLASS && len(data) >= 4:
			d.CE = d.CE || binary.NativeEndian.Uint32(data)&ecnMask == ecnCE
		case h.Level == unix.IPPROTO_IP && h.Type == unix.IP_PKTINFO && len(data) >= 12:
			// Spec_dst, not Addr: what an answer may be sent from (ip(7)).
			d.Local = netip.AddrFrom4([4]byte(data[4:8]))
		case h.Level == unix.IPPROTO_IPV6 && h.Type == unix.IPV6_PKTINFO && len(data) >= 16:
			if a := netip.AddrFrom16([16]byte(data[:16])).Unmap(); a.Is6() || !d.Local.IsValid() {
				d.Local = a
			}
		}
	}
}
