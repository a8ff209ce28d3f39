package udp

import "fmt"

// Filter says what a datagram of the peer looks like from outside, for the kernel to drop the rest before it costs
// anything or takes the room of better ones: a flood of garbage then leaves the socket's queue to the peer. What passes
// is not authentic for that. The zero value lets everything pass.
type Filter struct {
	// Head is what the first two octets must be. They are the direction bit and the highest bits of the sequence
	// number, which the limit on the use of a key (spec/protocol.md, 2.1 and 2.4) keeps below 2^48:
	// FromClient or FromServer.
	Head uint16
	Min  int // the least length in octets; 0: no filter
}

// The datagrams of the two directions. Nothing shorter than a nonce and a tag can be authentic.
var (
	FromClient = Filter{Head: 0x0000, Min: 24}
	FromServer = Filter{Head: 0x8000, Min: 24}
)

// Only lets the kernel drop what f does not let pass, where it can do that (Linux).
func (s *Socket) Only(f Filter) error {
	var setErr error
	err := s.raw.Control(func(fd uintptr) { setErr = attachFilter(int(fd), f) })
	if err == nil {
		err = setErr
	}
	if err != nil {
		return fmt.Errorf("udp: cannot set the filter: %w", err)
	}
	return nil
}

// Only sets the filter of all paths opened from now on, as Socket.Only.
func (t *Set) Only(f Filter) { t.filter = f }
