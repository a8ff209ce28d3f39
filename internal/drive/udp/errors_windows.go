package udp

import (
	"errors"

	"golang.org/x/sys/windows"
)

// ErrTooBig is what Send returns (under errors.Is) for a datagram larger than the path or the interface takes.
var ErrTooBig error = windows.WSAEMSGSIZE

// ErrRefused is the Err of a batch (under errors.Is) when ICMP said that nothing listens on the peer's port.
var ErrRefused error = windows.WSAECONNRESET

func isICMP(err error) bool {
	return errors.Is(err, windows.WSAECONNRESET) || errors.Is(err, windows.WSAENETRESET)
}

// isTooLong: Windows reports a datagram that does not fit as an error.
func isTooLong(err error) bool { return errors.Is(err, windows.WSAEMSGSIZE) }

func congested([]byte) bool { return false }
