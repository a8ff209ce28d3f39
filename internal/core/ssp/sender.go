package ssp

import (
	"slices"
	"time"

	"mosh/internal/core/datagram"
)

// Limits of the list of sent states (spec/protocol.md, section 7.4).
const (
	maxSent     = 32
	deleteIndex = 17
)

// sentState is a state of the local object that the peer may hold.
type sentState[L any] struct {
	num   uint64
	at    time.Time // of its last transmission
	state L

	// What the own policy knows of it.
	first     time.Time // of its first transmission
	base      uint64    // the lowest state a diff to it was sent from
	tries     int       // transmissions
	size      int       // octets of the last one, all fragments
	empty     bool      // its diff was empty
	large     bool      // one of its datagrams was large, see hole
	lazy      bool      // nothing in it is worth a copy
	plausible bool      // the peer may well have it
	window    window
}

// sender is what one end knows about its own object and what the peer has of it. Section 7.1.
type sender[L Local[L]] struct {
	local func() L
	cur   L    // newest snapshot
	dirty bool // the object may differ from cur

	sent    []sentState[L] // sent[0]: newest known acknowledged; the last: last sent
	assumed int            // index of the state the peer is assumed to have

	ackDue, sendDue time.Time // zero: never
	firstChange     time.Time // when the object was first seen to differ from the last sent state; zero: it does not

	ackNum   uint64 // highest state of the peer that we hold
	wantAck  bool
	ackSent  uint64    // in the last instruction
	progress time.Time // when the peer's object last advanced: "heard" of the spec

	hole     hole
	spoke    time.Time // of the last transmission of any kind
	lazyAcks bool      // an own peer's changes come seldom enough for lazyAck
	eagerness

	closing    bool
	closeTries int
	closeStart time.Time
	gaveUp     bool
}

func (s *sender[L]) last() *sentState[L] { return &s.sent[len(s.sent)-1] }

// acknowledge takes the peer's ack. One for a state that was never sent or is forgotten is ignored. Section 7.5.
func (s *sender[L]) acknowledge(now time.Time, num uint64, rtt *datagram.RTT) {
	i := slices.IndexFunc(s.sent, func(e sentState[L]) bool { return e.num == num })
	if i > 0 {
		s.noteAck(now, i, rtt)
		s.hole.notePassed(s.sent[i].large)
		s.sent = slices.Delete(s.sent, 0, i)
	}
}

// append notes that num was sent with the current object. Beyond the limit an
// entry from the middle goes: the oldest may be what the peer has, the newest what it will have.
func (s *sender[L]) append(e sentState[L]) {
	e.first, e.tries = e.at, 1
	s.sent = append(s.sent, e)
	if len(s.sent) > maxSent {
		s.sent = slices.Delete(s.sent, deleteIndex, deleteIndex+1)
	}
}

// refresh takes a snapshot if the object may have changed and reports whether it took one.
func (s *sender[L]) refresh() bool {
	if !s.dirty {
		return false
	}
	s.dirty = false
	s.cur = s.local()
	if s.cur.Equal(s.last().state) {
		s.firstChange, s.lastChange, s.lazyUntil, s.eager = time.Time{}, time.Time{}, time.Time{}, false
	}
	return true
}
