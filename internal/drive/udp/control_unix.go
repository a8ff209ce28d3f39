//go:build darwin || freebsd || netbsd || openbsd || solaris

package udp

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// congested reports whether control messages carry the mark "congestion experienced".
func congested(b []byte) bool {
	for len(b) >= unix.SizeofCmsghdr {
		h, data, rest, err := unix.ParseOneSocketControlMessage(b)
		if err != nil {
			return false
		}
		b = rest
		switch {
		case h.Level == unix.IPPROTO_IP && h.Type == ipRecvTOS && len(data) >= 1:
			if data[0]&ecnMask == ecnCE {
				return true
			}
		case h.Level == unix.IPPROTO_IPV6 && h.Type == unix.IPV6_TCLASS && len(data) >= 4:
			if binary.NativeEndian.Uint32(data)&ecnMask == ecnCE {
				return true
			}
		}
	}
	return false
}

// isTooLong: the Unix systems cut a datagram that does not fit, without an error.
func isTooLong(error) bool { return false }
