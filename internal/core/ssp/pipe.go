package ssp

import (
	"time"

	"mosh/internal/core/datagram"
)

// Constants of the pipe.
const (
	// largeFrame is from where on a frame counts as bulk, in octets; what is smaller never waits for the pipe.
	largeFrame = 400
	// standing is the growth of the round trip over its minimum that tells a queue from noise.
	standing = 25 * time.Millisecond
	// partTime is how long a part of a frame may occupy a slow path.
	partTime = 40 * time.Millisecond
	// pipeWait is the longest that a frame waits for the ack of the one before.
	pipeWait = 500 * time.Millisecond
	// pipeMemory is how long a path counts as slow after it was last seen to be.
	pipeMemory = 10 * time.Second
)

// pipe watches what our own frames do to the queue of a slow path. A frame that makes the round trip longer
// was larger than what the path takes at once: from then on there is one frame on the way at a time, no
// larger than what leaves in partTime. The zero value is a fast path.
type pipe struct {
	slowUntil time.Time
	rate      float64 // octets a millisecond; only while slow
	whole     int     // size of a frame before the path was found to be slow, in octets
}

// acked takes the ack of a frame of size octets, sent once. grown is how much longer than the least round
// trip the newest one was, congestion marks included, for the peer tells them as half a second.
func (p *pipe) acked(now time.Time, size int, grown time.Duration) {
	if size < largeFrame {
		return
	}
	ms := float64(max(grown, time.Millisecond)) / float64(time.Millisecond)
	rate := float64(size) / ms
	if !p.slow(now) {
		p.whole = size
	}
	switch {
	case grown > standing:
		p.slowUntil = now.Add(pipeMemory)
		p.rate = rate
	case p.slow(now):
		p.rate = rate
		if rate*float64(standing/time.Millisecond) > 2*float64(p.whole) { // a whole frame would not be noticed
			p.slowUntil = time.Time{}
		}
	}
}

func (p *pipe) slow(now time.Time) bool { return now.Before(p.slowUntil) }

// part is the largest frame for now, in octets; 0: any.
func (p *pipe) part(now time.Time) int {
	if !p.slow(now) {
		return 0
	}
	return max(largeFrame, int(p.rate*float64(partTime/time.Millisecond)))
}

// pipeDue is when the pipe has room for another frame: when the last large one was acknowledged.
func (s *sender[L]) pipeDue(now time.Time) time.Time {
	if !s.pipe.slow(now) {
		return time.Time{}
	}
	for i := len(s.sent) - 1; i > 0; i-- {
		if e := &s.sent[i]; e.size >= largeFrame && !e.empty {
			return e.at.Add(pipeWait)
		}
	}
	return time.Time{}
}

// parted is a local object of which a part can be sent before the whole.
type parted[L any] interface {
	// Part returns a state on the way from base to the receiver, and whether it is short of it. Its diff from
	// base should not need more than about n octets, compressed, if that is possible at all.
	Part(base L, n int) (L, bool)
}

// limitFrame leaves out of the current state what the path cannot take now; the rest stays to be sent.
func (s *sender[L]) limitFrame(now time.Time) {
	n := s.pipe.part(now)
	if n == 0 || s.closing || s.cur.Equal(s.last().state) {
		return
	}
	p, ok := any(s.cur).(parted[L])
	if !ok {
		return
	}
	if part, short := p.Part(s.last().state, n); short {
		s.cur, s.more = part, true
	}
}

// notePipe learns from the ack of an entry.
func (s *sender[L]) notePipe(now time.Time, e *sentState[L], rtt *datagram.RTT) {
	if e.tries == 1 {
		s.pipe.acked(now, e.size, rtt.Latest()-rtt.Min())
	}
}
