package client

import "time"

const (
	// contactLimit is the silence that is worth a notice when the server's heartbeats come every 3 s.
	contactLimit = 6500 * time.Millisecond
	// contactLimitQuiet is the same for heartbeats every 9.6 s: one, and a repetition of it, were lost.
	contactLimitQuiet = 14 * time.Second
)

// contactLimit is the silence of the server from which on the bar tells of it. A server that may be quiet is given
// longer, unless it owes us an answer.
func (s *Session) contactLimit() time.Duration {
	if !s.transport.Quiet() {
		return contactLimit
	}
	if since := s.transport.UnackedSince(); !since.IsZero() {
		owed := since.Add(contactLimit).Sub(s.transport.RemoteTime())
		return min(max(owed, contactLimit), contactLimitQuiet)
	}
	return contactLimitQuiet
}

// quietHop is how much longer than hopInterval the acks of a quiet server's heartbeats may be missing while it is
// heard, before another port is tried: what it hears of us may be one lost heartbeat behind.
const quietHop = 14 * time.Second

// lastRoundtrip is when the path was last known to work in both directions.
func (s *Session) lastRoundtrip() time.Time {
	t := s.transport
	if !t.Quiet() || !t.UnackedSince().IsZero() {
		return t.AckedTime()
	}
	if late := t.AckedTime().Add(quietHop); late.Before(t.LastHeard()) {
		return late
	}
	return t.LastHeard()
}
