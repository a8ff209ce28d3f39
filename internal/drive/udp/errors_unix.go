//go:build !windows

package udp

import (
	"errors"
	"syscall"
)

// ErrTooBig is what Send returns (under errors.Is) for a datagram larger than the path or the interface takes.
var ErrTooBig error = syscall.EMSGSIZE

// ErrRefused is the Err of a batch (under errors.Is) when ICMP said that nothing listens on the peer's port.
// It is known only on Linux and not authenticated: anyone can forge it.
var ErrRefused error = syscall.ECONNREFUSED

// isICMP reports whether err is the kernel's account of an ICMP error, or of no route, rather than of a broken
// socket: it concerns a datagram sent before, and the next call may succeed.
func isICMP(err error) bool {
	var no syscall.Errno
	if !errors.As(err, &no) {
		return false
	}
	switch no {
	case syscall.ECONNREFUSED, syscall.EHOSTUNREACH, syscall.ENETUNREACH, syscall.EHOSTDOWN, syscall.ENOPROTOOPT,
		syscall.EPROTO, syscall.EMSGSIZE:
		return true
	}
	return false
}
