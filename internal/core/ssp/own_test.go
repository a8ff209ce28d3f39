package ssp

import (
	"testing"
	"time"

	"mosh/internal/core/datagram"
)

// An ack that a repetition has asked for does not show a loss, else a clean path with a lazy peer gets copies for ever
// (seen in the lab: three of every frame on a LAN). One later than any peer waits does.
func TestAckAfterRepetition(t *testing.T) {
	for _, c := range []struct {
		repeated time.Duration
		lossy    bool
	}{{186 * time.Millisecond, false}, {600 * time.Millisecond, true}} {
		var rtt datagram.RTT
		rtt.Sample(1)
		var s sender[hostLog]
		s.acks.sample(80 * time.Millisecond)
		start := time.Unix(1000, 0)
		e := &sentState[hostLog]{first: start, at: start.Add(c.repeated), tries: 2}
		s.noteAck(e.at.Add(2*time.Millisecond), e, &rtt)
		if got := s.lossiness(&link{}) >= lossy; got != c.lossy {
			t.Errorf("acknowledged 2 ms after a repetition at %v: loss seen %v, want %v", c.repeated, got, c.lossy)
		}
	}
}
