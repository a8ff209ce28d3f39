package ssp

import (
	"math"
	"time"

	"mosh/internal/core/datagram"
)

// eagerness is what the own policy knows of the changes that wait.
type eagerness struct {
	eager      bool      // something waits that is worth a datagram of its own
	lazyUntil  time.Time // until when the rest may wait for company
	lastChange time.Time
	lastFrame  time.Time // when a change was sent last

	answerFrom time.Time     // the user's newest input
	answerWait time.Duration // quiet to wait for before the first of them is sent
	answered   bool          // one was sent since
	credit     credit

	pipe pipe
	more bool // the current state is only a part of what there is to send

	prompt  bool // repeat at once what is not acknowledged
	acks    ackClock
	outLoss float64 // share of our own instructions that had to be repeated
	owed    time.Time
	ackSoon bool // the peer waits for our ack

	quiet      time.Duration // between heartbeats if nothing happens; zero: as stock
	answerBeat bool          // a heartbeat is to be answered
}

// link is what the sender is told of the path and the peer.
type link struct {
	rtt   *datagram.RTT
	loss  float64   // of what the peer sends
	run   float64   // how many are lost in a row
	heard time.Time // newest datagram; zero: none yet
	own   bool      // the peer is known to follow the own policy
}

// lossiness is the larger of the losses of the two directions, of which one is measured and one inferred.
func (s *sender[L]) lossiness(l *link) float64 { return max(l.loss, s.outLoss) }

// scheduleOwn sets the deadlines by the own policy.
func (s *sender[L]) scheduleOwn(now time.Time, l *link) {
	s.assumed = s.assumeOwn(now, l)
	if !s.spoke.IsZero() {
		s.ackDue = s.spoke.Add(s.beat(now, l))
	}
	if s.wantAck {
		if s.owed.IsZero() {
			s.owed = now
		}
		s.ackDue = earlier(s.ackDue, s.owed.Add(s.ackWait(l)))
	}
	s.sendDue = earlier(s.newDue(now, l), s.repeatDue(now, l))
	if s.closing || s.ackNum == Shutdown {
		s.ackDue = s.last().at.Add(l.rtt.SendInterval())
	}
}

// ackWait is how long an ack may wait for company.
func (s *sender[L]) ackWait(l *link) time.Duration {
	switch {
	case s.answerBeat:
		return 0
	case s.ackSoon:
		return quickAck
	case s.lossiness(l) >= lossy:
		return lossyAck(l.rtt)
	case l.own && s.lazyAcks:
		return lazyAck
	}
	return ackDelay
}

// newDue is when a change that was never sent leaves; zero if there is none.
func (s *sender[L]) newDue(now time.Time, l *link) time.Time {
	if !s.dirty && s.cur.Equal(s.last().state) {
		return time.Time{}
	}
	if s.firstChange.IsZero() {
		s.firstChange = now
	}
	if s.lastChange.Before(s.firstChange) {
		s.lastChange = s.firstChange
	}
	interval := s.frameInterval(l)
	switch {
	case !s.eager && !s.lazyUntil.IsZero():
		return later(s.lazyUntil, s.lastFrame.Add(interval))
	case s.closing:
		return s.last().at.Add(interval)
	case s.answering(now) && !s.answered:
		return s.settled(later(s.firstChange, s.answerFrom), s.answerWait)
	case s.answering(now):
		gap := min(answerGap, interval)
		if s.pipe.slow(now) {
			gap = partTime
		}
		return later(s.settled(s.firstChange, settle), s.lastFrame.Add(gap))
	}
	return later(later(s.settled(s.firstChange, settle), s.lastFrame.Add(interval)), s.pipeDue(now))
}

// answering says that what changed since the user's last input may be the answer to it.
func (s *sender[L]) answering(now time.Time) bool {
	return now.Before(s.answerFrom.Add(answerLife)) && !s.lastChange.Before(s.answerFrom) && s.credit.some(now)
}

// settled is when the object will have been quiet for d, but not for ever after from.
func (s *sender[L]) settled(from time.Time, d time.Duration) time.Time {
	return earlier(s.lastChange.Add(d), from.Add(max(d, min(settleLimit, 4*d))))
}

func (s *sender[L]) frameInterval(l *link) time.Duration {
	return max(frameFloor, min(l.rtt.SRTT()/2, l.rtt.SendInterval()))
}

// repeatDue is when what is not acknowledged is sent again; zero if all is.
func (s *sender[L]) repeatDue(now time.Time, l *link) time.Time {
	if s.cur.Equal(s.sent[0].state) || s.last().num == 0 {
		return time.Time{}
	}
	e := s.lastData()
	if s.prompt {
		return e.at
	}
	late, o := s.ackLate(l), s.firstUnacked(len(s.sent))
	if o != nil && o.large && l.own && s.lossiness(l) < lossy && !s.pipe.slow(now) {
		late = min(late, promptAck(l.rtt))
	}
	switch quiet := now.Sub(l.heard); {
	case l.heard.IsZero():
		return e.at.Add(min(firstRepeat<<min(e.tries-1, 8), heartbeat))
	case quiet > silence:
		return time.Time{} // the heartbeat does it
	case quiet > activeRetry:
		return e.at.Add(slowRepeat)
	case o == nil || e.size > copyLimit || s.pipe.slow(now):
		return e.at.Add(min(late<<min(e.tries-1, 4), max(slowRepeat, late)))
	case !e.lazy && e.tries < s.copies(l):
		return e.at.Add(copyGap)
	}
	// What is overdue is repeated until the ack comes: close together, which finds the end of a short outage, and ever
	// more seldom as the outage grows.
	floor := max(searchFloor, l.rtt.SRTT()/8)
	if s.lossiness(l) < lossy { // perhaps the peer is only slow
		floor *= 2
	}
	gap := min(max(e.at.Sub(o.first)/searchShare, floor), slowRepeat)
	return later(o.first.Add(late), e.at.Add(gap))
}

// ackLate is when an ack is overdue. Where datagrams are lost the peer is given no more than what its rules allow it:
// what was learned has the outages in it.
func (s *sender[L]) ackLate(l *link) time.Duration {
	late := s.acks.late(l.rtt)
	if s.lossiness(l) < lossy {
		return late
	}
	held := ackDelay
	if l.own {
		held = lossyAck(l.rtt)
	}
	return min(late, l.rtt.SRTT()+4*l.rtt.RTTVAR()+held+ackSlack)
}

// promptAck is when the ack of a large frame is overdue with a peer of ours, which holds none back where there can be a
// queue; its own estimate of the round trip decides that.
func promptAck(rtt *datagram.RTT) time.Duration {
	held := quickAck
	if rtt.SRTT() < 2*queueFrom {
		held = lazyAck
	}
	return rtt.SRTT() + 4*rtt.RTTVAR() + held + ackSlack
}

// lossyAck is how long an ack is held back where datagrams are lost.
func lossyAck(rtt *datagram.RTT) time.Duration { return min(ackDelay, max(quickAck, rtt.SRTT()/8)) }

// repeatBase is the index of the state that the last one is sent from again: the same as before if the peer
// may well have it, for the same octets give the same fragments, else what it is known to have.
func (s *sender[L]) repeatBase() int {
	for i := range s.sent[:len(s.sent)-1] {
		if e := &s.sent[i]; e.num == s.last().base && e.plausible && !e.state.Equal(s.cur) {
			return i
		}
	}
	return 0
}

// copies is how often a small instruction is sent without waiting for an answer, so that three in a
// hundred are lost in all of them.
func (s *sender[L]) copies(l *link) int {
	p := min(s.lossiness(l), 0.5)
	if p < lossy || l.own && bursty(l) {
		return 1
	}
	return min(4, max(2, int(math.Ceil(math.Log(0.03)/math.Log(p)))))
}

// bursty says that datagrams are lost in runs, so that copies close to each other are lost together.
func bursty(l *link) bool { return l.run*(1-min(0.5, l.loss)) > burst }

// lastData is the newest entry that carried the current state; the last, if it is an empty ack after it.
func (s *sender[L]) lastData() *sentState[L] {
	i := len(s.sent) - 1
	for i > 1 && s.sent[i].empty {
		i--
	}
	return &s.sent[i]
}

// firstUnacked is the oldest of the first n entries with something that is worth a datagram and not acknowledged; nil if
// there is none.
func (s *sender[L]) firstUnacked(n int) *sentState[L] {
	for i := 1; i < n; i++ {
		if e := &s.sent[i]; !e.empty && !e.lazy {
			return e
		}
	}
	return nil
}

// assumeOwn returns the index of the newest state that the peer may well have: sent not too long ago, from
// a base that it has or may well have. Unlike stock's rule one old entry, of an empty ack that nobody
// acknowledges, says nothing about the newer ones (section 7.10).
func (s *sender[L]) assumeOwn(now time.Time, l *link) int {
	best, lost := 0, s.acks.late(l.rtt)
	largeLost := lost
	if l.own && s.lossiness(l) < lossy && !s.pipe.slow(now) {
		largeLost = min(lost, promptAck(l.rtt)) // it is acknowledged at once, if it arrived
	}
	s.sent[0].plausible = true
	for i := 1; i < len(s.sent); i++ {
		e := &s.sent[i]
		e.plausible = false
		if e.num == Shutdown || now.Sub(e.at) >= lost || e.large && now.Sub(e.at) >= largeLost {
			continue
		}
		for j := i - 1; j >= 0; j-- {
			if s.sent[j].num == e.base {
				e.plausible = j == 0 || s.sent[j].plausible
				break
			}
		}
		if e.base <= s.sent[0].num {
			e.plausible = true
		}
		if e.plausible {
			best = i
		}
	}
	return best
}

// noteAck learns from the first ack of entry i: how long the peer takes, and whether things arrive.
func (s *sender[L]) noteAck(now time.Time, i int, rtt *datagram.RTT) {
	e := &s.sent[i]
	if e.empty {
		return
	}
	s.notePipe(now, e, rtt)
	took := now.Sub(e.first)
	waited := took // an ack is held back from the first of what it is for
	if o := s.firstUnacked(i); o != nil {
		waited = now.Sub(o.first)
	}
	// An ack soon after a repetition proves nothing: the repetition asked for it (askedAgain). Only one later than
	// the laziest peer acknowledges tells that the first copies were lost; on a clean path copies would go on for ever.
	lazy := lazyAck + rtt.SRTT() + 4*rtt.RTTVAR() + ackSlack
	switch {
	case took > max(lazy, s.acks.late(rtt)) && e.tries > 1 && now.Sub(e.at) > rtt.SRTT()*3/4: // a repetition was needed
		s.outLoss += (1 - s.outLoss) / 8
	default:
		s.acks.sample(waited)
		s.outLoss -= s.outLoss / 32
	}
}

// noteFrame notes that a change was sent.
func (s *sender[L]) noteFrame(now time.Time) {
	if s.eager {
		if now.Before(s.answerFrom.Add(answerLife)) {
			s.credit.take(now)
			s.answered = true
		}
		s.lastFrame = now
	} else {
		s.last().lazy = true
	}
	s.eager, s.lazyUntil, s.lastChange = false, time.Time{}, time.Time{}
	if s.more {
		s.more, s.dirty, s.eager = false, true, true
	}
}

// askedAgain takes an instruction that brings nothing new, since we hold its state or lack its base: the
// peer has not got our ack, or soon needs it. Copies that come within a round trip of our last word are
// not a question.
func (s *sender[L]) askedAgain(now time.Time, rtt *datagram.RTT) {
	if now.Sub(s.spoke) > max(rtt.SRTT()*3/4, 2*copyGap) {
		s.wantAck, s.ackSoon = true, true
	}
}
