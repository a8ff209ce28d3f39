package ssp

import (
	"math"
	"time"

	"mosh/internal/core/datagram"
)

// Policy is whose rules decide when something is sent. Both are understood by every peer.
type Policy uint8

// The policies. docs/network.md tells what the own one does and what it is worth.
const (
	Own   Policy = iota // ours
	Stock               // section 7.2 to the millisecond, for comparisons and recorded sessions
)

// Constants of the own policy.
const (
	// frameFloor is the shortest time between two frames of continuous output: 60 a second must pass.
	frameFloor = 15 * time.Millisecond
	// settle and settleLimit: a change that answers nothing waits until the object was quiet for settle,
	// at most settleLimit.
	settle      = 2 * time.Millisecond
	settleLimit = 8 * time.Millisecond
	// answerLife is how long after the user's input a change counts as its answer, and answerGap the
	// shortest time between two frames of one answer.
	answerLife = 150 * time.Millisecond
	answerGap  = 8 * time.Millisecond
	// answerCredit is how many answers may leave at once without pause, one more each answerRefill.
	answerCredit = 6
	answerRefill = 100 * time.Millisecond

	// quickAck is the delay of an ack that the peer waits for.
	quickAck = 5 * time.Millisecond
	// queueFrom is the round trip below which no path has a queue that a frame would wait for.
	queueFrom = 10 * time.Millisecond
	// lazyAck is the delay towards a peer that learns our delay, on a path that loses nothing.
	lazyAck = 200 * time.Millisecond

	// lossy is the share of lost datagrams from which on small instructions are sent more than once.
	lossy = 0.01
	// copyGap is the time between copies; single losses on radio links come in runs of a few milliseconds.
	copyGap = 15 * time.Millisecond
	// copyLimit is the largest instruction that is copied, in octets.
	copyLimit = 1200
	// burst is the number of losses in a row that tells outages from chance: then copies close to each other
	// are lost together.
	burst = 1.8
	// What is overdue is repeated after a searchShare-th of the time since it was first sent, at least searchFloor:
	// the end of an outage is found within 4 % of its length, for 24 ln(t/t0) datagrams.
	searchShare = 24
	searchFloor = 10 * time.Millisecond
	// firstRepeat is the first repetition while nothing was ever heard; it doubles up to the heartbeat.
	firstRepeat = 250 * time.Millisecond
	// slowRepeat bounds the time between repetitions in the first minute of silence.
	slowRepeat = 500 * time.Millisecond
	silence    = time.Minute
	// ackSlack is added to the expected time of an ack: timers of two machines.
	ackSlack = 20 * time.Millisecond
)

// Heartbeats between own peers that both have the feature quiet, while all is acknowledged and the last word of
// each was answered. The client begins, before its own rules of 10 s (port hop, notice) see a silence; the server's
// own heartbeat is for the case that the client's was lost.
const (
	quietClient = 9600 * time.Millisecond
	quietServer = 9900 * time.Millisecond
	// answeredIn is how much may lie between the last words of both ends for one to be the answer to the other.
	answeredIn = 2 * time.Second
	// deadAfter is the silence after which a client's heartbeats are rare: whoever waits that long is offline.
	deadAfter = 10 * time.Minute
	deadBeat  = 10 * time.Second
)

// beat is the time between our last word and the next heartbeat.
func (s *sender[L]) beat(now time.Time, l *link) time.Duration {
	switch {
	case s.quiet > 0 && s.cur.Equal(s.sent[0].state) && s.spoke.Sub(l.heard) < answeredIn:
		return s.quiet
	case !l.heard.IsZero() && now.Sub(l.heard) > deadAfter:
		return deadBeat
	}
	return heartbeat
}

// beatOwed says that a heartbeat of the peer is to be answered. The server answers the client's in the same
// moment, so that both radios sleep on; the client answers one that does not know of its own last word.
func (s *sender[L]) beatOwed(now time.Time, rtt *datagram.RTT) bool {
	switch s.quiet {
	case quietServer:
		return now.Sub(s.spoke) > heartbeat
	case quietClient:
		return s.sent[0].num != s.last().num && now.Sub(s.spoke) > rtt.SRTT()+4*rtt.RTTVAR()+ackSlack
	}
	return false
}

// ackClock learns how long the peer takes to acknowledge, its delayed acks included. The zero value has seen nothing.
type ackClock struct {
	mean, dev float64 // milliseconds
	sampled   bool
}

func (a *ackClock) sample(d time.Duration) {
	ms := float64(d) / float64(time.Millisecond)
	if !a.sampled {
		*a = ackClock{ms, ms / 4, true}
		return
	}
	a.dev += (math.Abs(a.mean-ms) - a.dev) / 4
	a.mean += (ms - a.mean) / 8
}

// late is when an ack is overdue.
func (a *ackClock) late(rtt *datagram.RTT) time.Duration {
	if !a.sampled {
		return rtt.RTO() + ackDelay
	}
	wait := time.Duration((a.mean + 4*a.dev) * float64(time.Millisecond))
	floor := rtt.SRTT() + 4*rtt.RTTVAR()
	return min(max(wait, floor)+ackSlack, maxAckWait)
}

// maxAckWait bounds what is learned: a full queue on a mobile link takes that long.
const maxAckWait = 3 * time.Second

// credit is a bucket: full after quiet, empty under a flood.
type credit struct {
	left float64
	at   time.Time // of left; zero: full
}

func (c *credit) refill(now time.Time) {
	if c.at.IsZero() {
		c.left = answerCredit
	} else {
		c.left = min(answerCredit, c.left+float64(now.Sub(c.at))/float64(answerRefill))
	}
	c.at = now
}

func (c *credit) take(now time.Time) bool {
	c.refill(now)
	if c.left < 1 {
		return false
	}
	c.left--
	return true
}

func (c *credit) some(now time.Time) bool {
	c.refill(now)
	return c.left >= 1
}
