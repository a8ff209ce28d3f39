package datagram

import (
	"math"
	"time"
)

// Bounds of the estimator's two products (spec/protocol.md, section 3.3), in milliseconds.
const (
	minRTO, maxRTO           = 50, 1000
	minInterval, maxInterval = 20, 250
	initialSRTT, initialVar  = 1000, 500
	sampleLimit              = 5000
)

// RTT is the round-trip estimator of spec/protocol.md, section 3.3. The zero value
// has seen no sample and answers with the initial values.
type RTT struct {
	sampled      bool
	srtt, rttvar float64 // milliseconds
	latest, min  float64 // milliseconds; min over the whole session
}

// Sample takes a measured round trip in milliseconds. Values of 5000 and more are ignored: they are old replies.
func (r *RTT) Sample(ms int) {
	if ms < 0 || ms >= sampleLimit {
		return
	}
	v := float64(ms)
	r.latest = v
	if !r.sampled {
		r.sampled, r.srtt, r.rttvar, r.min = true, v, v/2, v
		return
	}
	r.min = min(r.min, v)
	r.rttvar = 0.75*r.rttvar + 0.25*math.Abs(r.srtt-v)
	r.srtt = 0.875*r.srtt + 0.125*v
}

// Sampled reports whether there was a sample.
func (r *RTT) Sampled() bool { return r.sampled }

func (r *RTT) estimate() (srtt, rttvar float64) {
	if !r.sampled {
		return initialSRTT, initialVar
	}
	return r.srtt, r.rttvar
}

// SRTT is the smoothed round trip; one second before the first sample.
func (r *RTT) SRTT() time.Duration {
	srtt, _ := r.estimate()
	return time.Duration(srtt * float64(time.Millisecond))
}

// RTTVAR is the mean deviation; half a second before the first sample.
func (r *RTT) RTTVAR() time.Duration {
	_, rttvar := r.estimate()
	return time.Duration(rttvar * float64(time.Millisecond))
}

// Min is the least round trip measured in the session, Latest the newest; both zero before the first sample.
func (r *RTT) Min() time.Duration { return time.Duration(r.min * float64(time.Millisecond)) }

// Latest is the newest sample.
func (r *RTT) Latest() time.Duration { return time.Duration(r.latest * float64(time.Millisecond)) }

// RTO is ceil(SRTT + 4 RTTVAR), 50 to 1000 ms.
func (r *RTT) RTO() time.Duration {
	srtt, rttvar := r.estimate()
	return clampMillis(srtt+4*rttvar, minRTO, maxRTO)
}

// SendInterval is the shortest time between two frames: ceil(SRTT / 2), 20 to 250 ms.
func (r *RTT) SendInterval() time.Duration {
	srtt, _ := r.estimate()
	return clampMillis(srtt/2, minInterval, maxInterval)
}

func clampMillis(ms, low, high float64) time.Duration {
	return time.Duration(min(max(math.Ceil(ms), low), high)) * time.Millisecond
}
