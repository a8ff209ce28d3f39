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

// unsaid is an object whose changes no diff can tell.
type unsaid int

func (a unsaid) Equal(b unsaid) bool                       { return a == b }
func (a unsaid) AppendDiff(dst []byte, base unsaid) []byte { return dst }

// A difference that no diff tells is nothing to repeat: the loop does not spin until the ack comes (seen in the simulator,
// with a soft wrap in the bottom row).
func TestNothingToRepeat(t *testing.T) {
	now, cur := epoch, unsaid(0)
	tr := New(now, Config{Policy: Own}, datagram.NewEndpoint(probeKey, datagram.ToServer), func() unsaid { return cur }, 0, anything{})
	tr.AppendDatagrams(now, nil)
	cur = 1
	tr.Changed(now)
	for range 20 {
		tr.AppendDatagrams(now, nil)
		next := tr.NextTimeout()
		if !next.After(now) {
			t.Fatalf("%v after the start the next deadline is %v ago", now.Sub(epoch), now.Sub(next))
		}
		now = next
		tr.Advance(now)
	}
}
