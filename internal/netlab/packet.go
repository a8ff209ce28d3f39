package netlab

import (
	"encoding/binary"
	"net/netip"
)

const (
	protoICMP  = 1
	protoTCP   = 6
	protoUDP   = 17
	protoFrag6 = 44
	protoICMP6 = 58
)

// header is what the router needs to know of an IP packet.
type header struct {
	v6       bool
	proto    uint8
	src, dst netip.Addr
	ip       int // length of the IP header
	l4       int // offset of the transport header; 0 if it is not in this packet (later fragments) or not TCP or UDP
	total    int // length by the header
	df       bool
	ect      bool // ECN-capable or already marked
}

// parse reads the headers of an IP packet; ok is false if it is none. TCP and UDP headers are whole when l4 is set.
func parse(b []byte) (h header, ok bool) {
	switch {
	case len(b) >= 20 && b[0]>>4 == 4:
		h.ip = int(b[0]&15) * 4
		h.total = int(binary.BigEndian.Uint16(b[2:]))
		h.proto = b[9]
		h.src, h.dst = netip.AddrFrom4([4]byte(b[12:16])), netip.AddrFrom4([4]byte(b[16:20]))
		flags := binary.BigEndian.Uint16(b[6:])
		h.df = flags&0x4000 != 0
		h.ect = b[1]&3 != 0
		if h.ip < 20 || h.total < h.ip || h.total > len(b) {
			return h, false
		}
		if flags&0x1fff == 0 {
			h.l4 = h.ip
		}
	case len(b) >= 40 && b[0]>>4 == 6:
		h.v6, h.df = true, true
		h.ip, h.l4 = 40, 40
		h.total = 40 + int(binary.BigEndian.Uint16(b[4:]))
		h.proto = b[6]
		h.src, h.dst = netip.AddrFrom16([16]byte(b[8:24])), netip.AddrFrom16([16]byte(b[24:40]))
		h.ect = b[1]>>4&3 != 0
		if h.total > len(b) {
			return h, false
		}
		if h.proto == protoFrag6 && h.total >= 48 {
			h.proto = b[40]
			h.l4 = 48
			if binary.BigEndian.Uint16(b[42:])&^7 != 0 {
				h.l4 = 0
			}
		}
	default:
		return h, false
	}
	need := 0
	switch h.proto {
	case protoTCP:
		need = 20
	case protoUDP:
		need = 8
	}
	if need == 0 || h.l4 != 0 && h.total < h.l4+need {
		h.l4 = 0
	}
	return h, true
}

func (h header) ports(b []byte) (src, dst uint16) {
	return binary.BigEndian.Uint16(b[h.l4:]), binary.BigEndian.Uint16(b[h.l4+2:])
}

// payload is the number of octets behind the transport header.
func (h header) payload(b []byte) int {
	switch {
	case h.l4 == 0:
		return 0
	case h.proto == protoUDP:
		return h.total - h.l4 - 8
	}
	return max(0, h.total-h.l4-int(b[h.l4+12]>>4)*4)
}

// setPort rewrites the 16 bits at offset off of the transport header and mends its checksum.
func (h header) setPort(b []byte, off int, port uint16) {
	field := b[h.l4+off:]
	old := binary.BigEndian.Uint16(field)
	binary.BigEndian.PutUint16(field, port)
	at := h.l4 + 6
	if h.proto == protoTCP {
		at = h.l4 + 16
	}
	sum := binary.BigEndian.Uint16(b[at:])
	if h.proto == protoUDP && sum == 0 {
		return // RFC 768: the sender made no checksum
	}
	sum = mend(sum, old, port)
	if h.proto == protoUDP && sum == 0 {
		sum = 0xffff
	}
	binary.BigEndian.PutUint16(b[at:], sum)
}

// mark sets Congestion Experienced (RFC 3168) on an ECN-capable packet.
func (h header) mark(b []byte) {
	if h.v6 {
		b[1] |= 3 << 4
		return
	}
	old := binary.BigEndian.Uint16(b)
	b[1] |= 3
	binary.BigEndian.PutUint16(b[10:], mend(binary.BigEndian.Uint16(b[10:]), old, binary.BigEndian.Uint16(b)))
}

// mend updates a checksum for one changed 16-bit word. RFC 1624, equation 3.
func mend(sum, from, to uint16) uint16 {
	s := uint32(^sum) + uint32(^from) + uint32(to)
	s = s&0xffff + s>>16
	s = s&0xffff + s>>16
	return ^uint16(s)
}

// checksum is the internet checksum (RFC 1071) of b, continuing from partial.
func checksum(b []byte, partial uint32) uint16 {
	for ; len(b) >= 2; b = b[2:] {
		partial += uint32(binary.BigEndian.Uint16(b))
	}
	if len(b) == 1 {
		partial += uint32(b[0]) << 8
	}
	for partial>>16 != 0 {
		partial = partial&0xffff + partial>>16
	}
	return ^uint16(partial)
}

// appendIPv4 appends a 20-octet header for n octets of protocol proto.
func appendIPv4(dst []byte, proto uint8, from, to netip.Addr, n int) []byte {
	start := len(dst)
	dst = append(dst, 0x45, 0)
	dst = binary.BigEndian.AppendUint16(dst, uint16(20+n))
	dst = append(dst, 0, 0, 0, 0, 64, proto, 0, 0)
	dst = append(dst, from.AsSlice()...)
	dst = append(dst, to.AsSlice()...)
	binary.BigEndian.PutUint16(dst[start+10:], checksum(dst[start:], 0))
	return dst
}

// appendTooBig appends the ICMP error for packet b, which does not fit mtu: "fragmentation needed" (RFC 1191) or
// "packet too big" (RFC 4443, section 3.2), addressed to its sender.
func appendTooBig(dst, b []byte, h header, mtu int) []byte {
	if !h.v6 {
		quote := b[:min(h.total, h.ip+8)]
		dst = appendIPv4(dst, protoICMP, routerV4, h.src, 8+len(quote))
		at := len(dst)
		dst = append(dst, 3, 4, 0, 0, 0, 0)
		dst = binary.BigEndian.AppendUint16(dst, uint16(mtu))
		dst = append(dst, quote...)
		binary.BigEndian.PutUint16(dst[at+2:], checksum(dst[at:], 0))
		return dst
	}
	quote := b[:min(h.total, 1280-48)]
	n := 8 + len(quote)
	dst = append(dst, 0x60, 0, 0, 0, byte(n>>8), byte(n), protoICMP6, 64)
	dst = append(dst, routerV6.AsSlice()...)
	dst = append(dst, h.src.AsSlice()...)
	at := len(dst)
	dst = append(dst, 2, 0, 0, 0)
	dst = binary.BigEndian.AppendUint32(dst, uint32(mtu))
	dst = append(dst, quote...)
	pseudo := uint32(n) + protoICMP6
	for a := dst[at-32 : at]; len(a) > 0; a = a[2:] {
		pseudo += uint32(binary.BigEndian.Uint16(a))
	}
	binary.BigEndian.PutUint16(dst[at+2:], checksum(dst[at:], pseudo))
	return dst
}

// fragment cuts an IPv4 packet into fragments of at most mtu octets (RFC 791, section 3.2) and hands each to emit,
// which must not keep it.
func fragment(b []byte, h header, mtu int, emit func([]byte)) {
	flags := binary.BigEndian.Uint16(b[6:])
	step := (mtu - h.ip) &^ 7
	body := b[h.ip:h.total]
	for off := 0; off < len(body); off += step {
		end := min(off+step, len(body))
		f := append(append([]byte(nil), b[:h.ip]...), body[off:end]...)
		word := flags + uint16(off/8)
		if end < len(body) {
			word |= 0x2000
		}
		binary.BigEndian.PutUint16(f[2:], uint16(len(f)))
		binary.BigEndian.PutUint16(f[6:], word)
		binary.BigEndian.PutUint16(f[10:], 0)
		binary.BigEndian.PutUint16(f[10:], checksum(f[:h.ip], 0))
		emit(f)
	}
}
