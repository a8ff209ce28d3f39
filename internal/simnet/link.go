package simnet

import (
	"math/rand/v2"
	"time"
)

// Link is the way from one address to another. The zero value is perfect.
type Link struct {
	Delay, Jitter time.Duration // Delay plus up to Jitter, the order kept
	Loss          float64       // share of datagrams, each on its own
	Duplicate     float64
	Reorder       float64 // share that is held back by another Delay and overtaken

	// Bursts of loss: everything is lost for BurstLength, on the average once in BurstEvery.
	BurstEvery, BurstLength time.Duration

	Rate  int // octets a second on the wire, headers included; 0: no limit
	Queue int // octets that may wait; 0: no limit
	Mark  int // octets waiting from which datagrams get a congestion mark; 0: never
	MTU   int // octets of the largest packet that passes, headers included; 0: no limit

	Down    bool                // nothing passes
	Outages []Outage            // nothing passes
	Busy    func(time.Time) int // octets of other traffic that wait in the queue

	freeAt      time.Time // when the transmitter is free
	lastArrival time.Time
	burst       struct{ from, to time.Time }
	Passed      int // datagrams delivered or on their way
	Dropped     int
	Octets      int // of the passed ones, headers included
}

// Outage is a time without connection, since Start.
type Outage struct{ From, To time.Duration }

// headers is what IP and UDP add to a payload; IPv4's.
const headers = 28

type arrival struct {
	at     time.Time
	marked bool
}

// pass returns when copies of a datagram arrive: none, one or two.
func (l *Link) pass(now time.Time, r *rand.Rand, size int) []arrival {
	size += headers
	// Every datagram takes the same number of chances, so that a change to one link does not shift another run's luck.
	lost, twice, late := r.Float64() < l.Loss, r.Float64() < l.Duplicate, r.Float64() < l.Reorder
	jitter := time.Duration(r.Float64() * float64(l.Jitter))
	if lost || l.closed(now, r) || l.MTU > 0 && size > l.MTU {
		l.Dropped++
		return nil
	}
	waiting := l.waiting(now)
	if l.Queue > 0 && waiting+size > l.Queue {
		l.Dropped++
		return nil
	}
	at := l.transmit(now, size, waiting).Add(l.Delay + jitter)
	if late {
		at = at.Add(l.Delay)
	} else {
		if at.Before(l.lastArrival) {
			at = l.lastArrival
		}
		l.lastArrival = at
	}
	l.Passed++
	l.Octets += size
	out := []arrival{{at, l.Mark > 0 && waiting >= l.Mark}}
	if twice {
		out = append(out, out[0])
	}
	return out
}

// waiting is how many octets are in the queue.
func (l *Link) waiting(now time.Time) int {
	n := 0
	if l.Rate > 0 && l.freeAt.After(now) {
		n = int(l.freeAt.Sub(now).Seconds() * float64(l.Rate))
	}
	if l.Busy != nil {
		n = max(n, l.Busy(now))
	}
	return n
}

// transmit queues a packet behind what waits and returns when its last octet has left.
func (l *Link) transmit(now time.Time, size, waiting int) time.Time {
	if l.Rate <= 0 {
		return now
	}
	seconds := float64(waiting+size) / float64(l.Rate)
	l.freeAt = now.Add(time.Duration(seconds * float64(time.Second)))
	return l.freeAt
}

func (l *Link) closed(now time.Time, r *rand.Rand) bool {
	if l.Down {
		return true
	}
	for _, o := range l.Outages {
		if !now.Before(Start.Add(o.From)) && now.Before(Start.Add(o.To)) {
			return true
		}
	}
	if l.BurstEvery <= 0 {
		return false
	}
	for !now.Before(l.burst.to) {
		gap := time.Duration(r.ExpFloat64() * float64(l.BurstEvery-l.BurstLength))
		from := l.burst.to
		if from.IsZero() {
			from = Start
		}
		l.burst.from = from.Add(gap)
		l.burst.to = l.burst.from.Add(l.BurstLength)
	}
	return !now.Before(l.burst.from)
}

// Open says whether bursts and outages let a datagram pass at now. Calls must not go back in time.
func (l *Link) Open(now time.Time, r *rand.Rand) bool { return !l.closed(now, r) }
