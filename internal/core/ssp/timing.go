package ssp

import (
	"time"

	"mosh/internal/core/datagram"
)

// Section 7.1, constants.
const (
	heartbeat        = 3 * time.Second
	ackDelay         = 100 * time.Millisecond
	activeRetry      = 10 * time.Second
	shutdownTries    = 16
	shutdownTime     = 10 * time.Second
	resendAlways     = 1000 // a resend from the known state is free if it stays below this
	resendDifference = 100  // and costs less than this more, in octets
)

// scheduleStock sets the deadlines as of now. It runs after every event and before
// every transmission. Section 7.2.
func (s *sender[L]) scheduleStock(now time.Time, delay time.Duration, rtt *datagram.RTT) {
	lost := rtt.RTO() + ackDelay
	interval := rtt.SendInterval()
	s.assumed = s.assume(now, lost)
	if s.wantAck {
		s.ackDue = earlier(s.ackDue, now.Add(ackDelay))
	}
	last := s.last()
	active := !s.progress.IsZero() && s.progress.Add(activeRetry).After(now)
	switch {
	case s.dirty || !s.cur.Equal(last.state): // something unsent
		if s.firstChange.IsZero() {
			s.firstChange = now
		}
		s.sendDue = later(s.firstChange.Add(delay), last.at.Add(interval))
	case active && !s.cur.Equal(s.sent[s.assumed].state): // sent, but presumed lost
		s.sendDue = last.at.Add(interval)
		if !s.firstChange.IsZero() {
			s.sendDue = later(s.sendDue, s.firstChange.Add(delay))
		}
	case active && !s.cur.Equal(s.sent[0].state): // sent, not yet acknowledged
		s.sendDue = last.at.Add(lost)
	default:
		s.sendDue = time.Time{}
	}
	if s.closing || s.ackNum == Shutdown {
		s.ackDue = last.at.Add(interval)
	}
}

// assume returns the index of the newest state that the peer is given the
// benefit of the doubt for: up to the first entry that is too old to be on its
// way. The shutdown state is no base for anything.
func (s *sender[L]) assume(now time.Time, lost time.Duration) int {
	i := 0
	for i+1 < len(s.sent) && s.sent[i+1].num != Shutdown && now.Sub(s.sent[i+1].at) < lost {
		i++
	}
	return i
}

// due reports whether one of the two deadlines has come.
func (s *sender[L]) due(now time.Time) bool {
	return reached(now, s.ackDue) || reached(now, s.sendDue)
}

// next is the earlier deadline.
func (s *sender[L]) next() time.Time { return earlier(s.ackDue, s.sendDue) }

func reached(now, deadline time.Time) bool { return !deadline.IsZero() && !now.Before(deadline) }

// earlier takes the zero time as never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
