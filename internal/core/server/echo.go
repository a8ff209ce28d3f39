package server

import "time"

// echoDelay is how long after input reached the program its effect is presumed visible
// (spec/protocol.md, section 8.3).
const echoDelay = 50 * time.Millisecond

// echoHistory finds the echo ack: the newest client state whose input reached the program at least
// echoDelay ago.
type echoHistory struct {
	entries []echoEntry
	ack     uint64
}

type echoEntry struct {
	state   uint64
	offset  uint64    // octets of host input that the program must have been given
	written time.Time // when it was; zero while it waits in the queue
}

// add records that client state num brought events whose octets end at offset of the host input.
func (h *echoHistory) add(num, offset uint64) {
	h.entries = append(h.entries, echoEntry{state: num, offset: offset})
}

// wrote says that the first offset octets of host input have been written to the program.
func (h *echoHistory) wrote(now time.Time, offset uint64) {
	for i := range h.entries {
		e := &h.entries[i]
		if e.offset > offset {
			return
		}
		if e.written.IsZero() {
			e.written = now
		}
	}
}

// update moves the echo ack up to now and says whether it changed.
func (h *echoHistory) update(now time.Time) bool {
	n := 0
	for n < len(h.entries) && h.due(n, now) {
		n++
	}
	if n == 0 {
		return false
	}
	h.ack = h.entries[n-1].state
	h.entries = append(h.entries[:0], h.entries[n:]...)
	return true
}

func (h *echoHistory) due(i int, now time.Time) bool {
	w := h.entries[i].written
	return !w.IsZero() && !w.Add(echoDelay).After(now)
}

// deadline is when update has something to do; zero if nothing is scheduled.
func (h *echoHistory) deadline() time.Time {
	if len(h.entries) == 0 || h.entries[0].written.IsZero() {
		return time.Time{}
	}
	return h.entries[0].written.Add(echoDelay)
}
