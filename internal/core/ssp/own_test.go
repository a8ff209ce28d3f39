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
		e := sentState[hostLog]{first: start, at: start.Add(c.repeated), tries: 2}
		s.sent = []sentState[hostLog]{{}, e}
		s.noteAck(e.at.Add(2*time.Millisecond), 1, &rtt)
		if got := s.lossiness(&link{}) >= lossy; got != c.lossy {
			t.Errorf("acknowledged 2 ms after a repetition at %v: loss seen %v, want %v", c.repeated, got, c.lossy)
		}
	}
}

// What is lost together with a change before it is repeated for the sake of that one, though in itself it is not worth a
// copy (seen in the simulator: an echo ack that followed a lost echo ended its repetition).
func TestEchoAckDoesNotEndRepetition(t *testing.T) {
	now := time.Unix(1000, 0)
	var rtt datagram.RTT
	rtt.Sample(60)
	l := &link{rtt: &rtt, loss: 0.1, run: 5, heard: now, own: true}
	a, ab := hostLog{echoAck: 1}, hostLog{echoAck: 2}
	var s sender[hostLog]
	s.sent = []sentState[hostLog]{{}, {num: 1, at: now, first: now, tries: 1, state: a}}
	s.cur = a
	without := s.repeatDue(now.Add(time.Second), l)
	s.sent = append(s.sent, sentState[hostLog]{num: 2, at: now.Add(50 * time.Millisecond), first: now.Add(50 * time.Millisecond), tries: 1, lazy: true, state: ab})
	s.cur = ab
	if with := s.repeatDue(now.Add(time.Second), l); with.After(without) {
		t.Errorf("repeated at %v, without the echo ack at %v", with.Sub(now), without.Sub(now))
	}
}
