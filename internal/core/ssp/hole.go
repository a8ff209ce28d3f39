package ssp

import "time"

// A path may swallow large datagrams without a word: a "black hole" (RFC 8899, section 4.3). It is found when a large
// instruction is not acknowledged in time though the peer is heard; then datagrams are small, and large ones are
// tried again ever more seldom, for the path may have changed.
const (
	holeRetry    = 30 * time.Second
	holeRetryMax = 10 * time.Minute // PMTU_RAISE_TIMER of RFC 8899, section 5.1.1
)

type hole struct {
	until time.Time     // datagrams are small until then; zero: they are not
	wait  time.Duration // the next time that one is found; 0: none was found since large datagrams passed
}

// lookForHole decides whether what is sent at now must be in small datagrams.
func (s *sender[L]) lookForHole(now time.Time, l *link, searching bool) (small bool) {
	h := &s.hole
	if now.Before(h.until) {
		return true
	}
	e := s.oldestLarge()
	if e == nil {
		return false
	}
	patience := s.ackLate(l)
	if searching { // a false alarm costs little then
		patience = min(patience, promptAck(l.rtt))
	}
	if s.lossiness(l) >= lossy {
		patience *= 3 // chance takes large instructions first
	}
	if !searching && l.heard.Before(e.first.Add(l.rtt.Min()*3/4)) {
		patience *= 2 // perhaps nothing passes at all
	}
	if now.Sub(e.first) < patience {
		return false
	}
	h.wait = min(max(holeRetry, 4*h.wait), holeRetryMax)
	h.until = now.Add(h.wait)
	for i := range s.sent {
		s.sent[i].large = false
	}
	return true
}

// oldestLarge is the oldest entry with a large datagram that is not acknowledged; nil if there is none.
func (s *sender[L]) oldestLarge() *sentState[L] {
	for i := range s.sent[1:] {
		if e := &s.sent[i+1]; e.large {
			return e
		}
	}
	return nil
}

// notePassed learns from an acknowledged entry.
func (h *hole) notePassed(large bool) {
	if large {
		h.wait = 0
	}
}

// isLarge reports whether a datagram of n octets may be too large for a path.
func isLarge(n int) bool { return n > PayloadSmall }
