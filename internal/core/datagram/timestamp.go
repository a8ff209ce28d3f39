package datagram

import "time"

const (
	// noTimestamp on the wire means "none".
	noTimestamp = 0xffff
	// replyLimit is the age from which a received timestamp is no longer answered, in milliseconds.
	replyLimit = 1000
	// cePenalty is taken off a timestamp that came with a congestion mark, in
	// milliseconds: the peer measures that much too long a round trip and slows down.
	cePenalty = 500
)

// timestamp is the clock as it goes on the wire. spec/protocol.md, section 3.1.
func timestamp(now time.Time) uint16 {
	ts := uint16(now.UnixMilli())
	if ts == noTimestamp {
		return 0
	}
	return ts
}

// heldTimestamp is the newest timestamp of the peer that has not been answered yet. The zero value holds none.
type heldTimestamp struct {
	held bool
	ts   uint16
	at   int64 // milliseconds of the local clock
}

func (h *heldTimestamp) save(now time.Time, ts uint16, ce bool) {
	if ts == noTimestamp {
		return
	}
	if ce {
		ts -= cePenalty
	}
	*h = heldTimestamp{true, ts, now.UnixMilli()}
}

// reply takes the answer out: each timestamp is answered at most once, and not
// after a second. The corrected value may be the sentinel by chance; the peer
// then sees no reply. spec/protocol.md, section 3.2.
func (h *heldTimestamp) reply(now time.Time) uint16 {
	if !h.held {
		return noTimestamp
	}
	age := now.UnixMilli() - h.at
	if age < 0 || age >= replyLimit {
		return noTimestamp
	}
	h.held = false
	return h.ts + uint16(age)
}

// roundTrip is the sample that a reply gives, in milliseconds mod 2^16.
func roundTrip(now time.Time, reply uint16) int { return int(timestamp(now) - reply) }
