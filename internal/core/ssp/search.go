package ssp

import (
	"time"
)

// Between peers that have the feature size the largest datagram that a path takes is searched for without ICMP: RFC 8899,
// "Packetization Layer Path MTU Discovery". A probe is an empty acknowledgement whose chaff fills a datagram; the peer
// answers with its number in a field of the instruction. What the user waits for is never in a probe, and none is sent
// before an instruction has needed more than one datagram, so that who only types pays nothing.
const (
	// searchTop is added to the limit of the family: packets of 1500 octets. A stock end takes 2048.
	searchTop = 220
	// searchStep is the precision of the search, in octets.
	searchStep = 32
	// searchTries is MAX_PROBES of RFC 8899, section 5.1.2.
	searchTries = 3
	// searchAgain is PMTU_RAISE_TIMER of RFC 8899, section 5.1.1.
	searchAgain = 10 * time.Minute
	// probedLife is how long the answer to a probe is in what we send: it may be lost.
	probedLife = time.Second
	// probeChaff tells a probe from what has chaff to hide its length.
	probeChaff = maxChaff + 1
)

// search is the state of the search. Sizes are UDP payloads in octets; the zero value does not search.
type search struct {
	on        bool
	base, top int       // the limit of the family, and the largest that is tried
	low, high int       // the largest that passed, the least that did not
	due       time.Time // of the next probe or of the end of the wait for the answer; zero: nothing to find
	size      int       // of the probe on the way; 0: none
	num       uint64    // its state number
	tries     int
	again     time.Time // after a search: when it may begin anew
}

func (r *search) start(base int) {
	*r = search{on: true, base: base, top: base + searchTop, low: base, high: base + searchTop + 1}
}

// want says that a larger limit would be of use: an instruction needed more than one datagram.
func (r *search) want(now time.Time) {
	switch {
	case !r.on || !r.due.IsZero() || now.Before(r.again):
	case !r.again.IsZero(): // the path may take more than it did
		r.high, r.again = r.top+1, time.Time{}
		fallthrough
	default:
		if r.next() > 0 {
			r.due = now
		}
	}
}

// next is the size of the next probe; 0 if what passes is known well enough.
func (r *search) next() int {
	switch {
	case r.high > r.top && r.low < r.top-searchStep:
		return r.top
	case r.high-r.low > searchStep:
		return (r.high + r.low) / 2
	}
	return 0
}

// sent notes that a probe left as state num.
func (r *search) sent(now time.Time, num uint64, size int, wait time.Duration) {
	if r.size == 0 {
		r.tries = 0
	}
	r.size, r.num, r.due = size, num, now.Add(wait)
	r.tries++
}

// expired takes the end of the wait for an answer; the next probe may go.
func (r *search) expired(now time.Time) {
	if r.tries >= searchTries {
		r.failed(now)
	}
}

// failed says that the probe on the way does not pass.
func (r *search) failed(now time.Time) {
	r.high, r.size = min(r.high, r.size), 0
	r.goOn(now)
}

// answered takes the number of a probe that the peer has got, and reports whether the limit has grown.
func (r *search) answered(now time.Time, num uint64) bool {
	if r.size == 0 || num != r.num {
		return false
	}
	r.low, r.size = r.size, 0
	r.goOn(now)
	return true
}

func (r *search) goOn(now time.Time) {
	r.due = now
	if r.next() == 0 {
		r.due, r.again = time.Time{}, now.Add(searchAgain)
	}
}

// shrank says that datagrams of the present limit are swallowed: everything above PayloadSmall is to be found anew.
func (r *search) shrank(now time.Time) {
	r.low, r.high, r.size, r.due = min(r.low, PayloadSmall), r.top+1, 0, now
}

// moved says that the path is another one.
func (r *search) moved() {
	if r.on {
		r.start(r.base)
	}
}
