package ssp

import (
	"slices"
	"time"

	"mosh/internal/core/wire"
)

// Limits of the list of received states (spec/protocol.md, section 7.6).
const (
	maxReceived = 1024
	quenchTime  = 15 * time.Second
	// ownReceived is how many the own policy keeps: a stock sender builds on its 17 oldest and 15 newest
	// states, so that nothing is ever wanted that was dropped from the middle, and nothing need be quenched.
	ownReceived = 128
	// ownWeight bounds the octets of these, and ownLeast is how many are kept whatever they weigh.
	ownWeight = 64 << 20
	ownLeast  = 8
	// hardReceived is our own bound: beyond it the middle goes. A sender builds
	// on its oldest and its newest states only.
	hardReceived = 2 * maxReceived
)

// receivedState is a state of the peer's object that the peer may build on.
type receivedState[R any] struct {
	num   uint64
	at    time.Time // of its arrival
	state R

	weight int
	window window // empty under the policy Stock
}

// receiver mirrors the peer's object.
type receiver[R Remote[R]] struct {
	queue       []receivedState[R] // ascending numbers, never empty
	quenchUntil time.Time
}

// outcome says what became of an instruction.
type outcome uint8

const (
	passed   outcome = iota // nothing new: known already, base unknown, or quenched
	inserted                // new, but older than the newest
	appended                // the newest now
)

func (r *receiver[R]) newest() *receivedState[R] { return &r.queue[len(r.queue)-1] }

func (r *receiver[R]) index(num uint64) (int, bool) {
	return slices.BinarySearchFunc(r.queue, num, func(e receivedState[R], n uint64) int {
		switch {
		case e.num < n:
			return -1
		case e.num > n:
			return 1
		}
		return 0
	})
}

// accept applies an instruction. Steps 3 to 9 of section 7.6.
func (r *receiver[R]) accept(now time.Time, ins *wire.TransportInstruction, policy Policy) (outcome, error) {
	if _, known := r.index(ins.New); known {
		return passed, nil
	}
	base, known := r.index(ins.Old)
	if !known {
		return passed, nil
	}
	if ins.Throwaway > ins.Old {
		return passed, ThrowawayAboveOld
	}
	state, w := r.queue[base].state, r.queue[base].window
	first, _ := r.index(ins.Throwaway)
	r.queue = slices.Delete(r.queue, 0, first)
	if policy == Stock && len(r.queue) > maxReceived {
		if now.Before(r.quenchUntil) {
			return passed, nil
		}
		r.quenchUntil = now.Add(quenchTime)
	}
	if len(ins.Diff) > 0 {
		var err error
		if state, err = state.Apply(ins.Diff); err != nil {
			return passed, BadDiff
		}
	}
	if policy == Own {
		w.unknown = ins.Fresh
		w = w.extend(ins.Diff)
	}
	at, _ := r.index(ins.New)
	r.queue = slices.Insert(r.queue, at, receivedState[R]{num: ins.New, at: now, state: state, window: w})
	r.queue[at].weight = weigh(&r.queue[at].state)
	newest := at == len(r.queue)-1
	if policy == Own {
		r.thin()
	}
	if !newest {
		return inserted, nil
	}
	if len(r.queue) > hardReceived {
		r.queue = slices.Delete(r.queue, maxReceived, maxReceived+1)
	}
	return appended, nil
}

// weighty is a mirror that knows how much memory it may hold, in octets.
type weighty interface{ Weight() int }

// thin drops states from the middle until number and weight are within the own bounds.
func (r *receiver[R]) thin() {
	for len(r.queue) > ownReceived || len(r.queue) > ownLeast && r.weight() > ownWeight {
		middle := len(r.queue) / 2
		r.queue = slices.Delete(r.queue, middle, middle+1)
	}
}

func (r *receiver[R]) weight() int {
	sum := 0
	for i := range r.queue {
		sum += r.queue[i].weight
	}
	return sum
}

// weigh takes a pointer into the list: a state made an interface would be copied to the heap.
func weigh[R any](state *R) int {
	if w, ok := any(state).(weighty); ok {
		return w.Weight()
	}
	return 0
}
