//go:build darwin || freebsd || netbsd || openbsd || solaris

package udp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// openNews opens a route socket, route(4).
func openNews() (io.ReadCloser, func([]byte) bool, error) {
	fd, err := unix.Socket(unix.AF_ROUTE, unix.SOCK_RAW, unix.AF_UNSPEC)
	if err != nil {
		return nil, nil, fmt.Errorf("udp: %w", os.NewSyscallError("socket", err))
	}
	unix.CloseOnExec(fd)
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return nil, nil, fmt.Errorf("udp: %w", os.NewSyscallError("fcntl", err))
	}
	return os.NewFile(uintptr(fd), "route"), changed, nil
}

func isOverrun(err error) bool { return errors.Is(err, unix.ENOBUFS) }

// Flags of a route in net/route.h, the same everywhere: to one host, and made by ARP or neighbour discovery.
const (
	rtfHost   = 0x4
	rtfLLInfo = 0x400
)

// changed reports whether one of the messages in b tells of a change. All begin with a length of 2 octets, a version
// and a type.
func changed(b []byte) bool {
	for len(b) >= 4 {
		size := int(binary.NativeEndian.Uint16(b))
		if size < 4 || size > len(b) {
			return true // cannot be read: better once too often
		}
		switch b[3] {
		case unix.RTM_NEWADDR, unix.RTM_DELADDR, unix.RTM_IFINFO:
			return true
		case unix.RTM_ADD, unix.RTM_DELETE, unix.RTM_CHANGE:
			if size < rtFlagsAt+4 || binary.NativeEndian.Uint32(b[rtFlagsAt:])&(rtfHost|rtfLLInfo) == 0 {
				return true
			}
		}
		b = b[size:]
	}
	return false
}
