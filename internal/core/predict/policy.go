package predict

import "time"

// policy decides when predictions are shown and underlined: spec/prediction.md section 3. The limits compare with the
// send interval, which is half of the smoothed RTT.
type policy struct {
	preference Preference
	interval   time.Duration
	slow       bool // predictions are shown because the link is slow
	flagging   bool // shown predictions are underlined
	glitch     int  // confirmations still to come before a stall is forgotten
	quick      time.Time
}

const (
	showOn       = 30 * time.Millisecond
	showOff      = 20 * time.Millisecond // the floor of the send interval
	underlineOn  = 80 * time.Millisecond
	underlineOff = 50 * time.Millisecond

	glitchAge     = 250 * time.Millisecond // a prediction that waits longer means a stall
	bigGlitchAge  = 5 * time.Second
	glitchRepairs = 10 // confirmations that take a stall back
	bigGlitch     = 20
	repairEvery   = 150 * time.Millisecond

	glitchTick = 50 * time.Millisecond // how often pending predictions are aged

	firstInterval = 250 * time.Millisecond // before the first measurement
)

func newPolicy(p Preference) policy { return policy{preference: p, interval: firstInterval} }

// pass applies the rules that depend on the link. active says that something is predicted.
func (p *policy) pass(active bool) {
	if p.interval > showOn {
		p.slow = true
	} else if p.slow && p.interval <= showOff && !active {
		p.slow = false
	}
	if p.interval > underlineOn {
		p.flagging = true
	} else if p.interval <= underlineOff {
		p.flagging = false
	}
	if p.glitch > glitchRepairs {
		p.flagging = true
	}
}

// waiting ages a prediction made at t that is still pending.
func (p *policy) waiting(now, t time.Time) {
	switch age := now.Sub(t); {
	case age >= bigGlitchAge:
		p.glitch = bigGlitch
	case age >= glitchAge && p.glitch < glitchRepairs:
		p.glitch = glitchRepairs
	}
}

// confirmed counts a prediction made at t that came true.
func (p *policy) confirmed(now, t time.Time) {
	if now.Sub(t) < glitchAge && p.glitch > 0 && now.Sub(p.quick) >= repairEvery {
		p.glitch--
		p.quick = now
	}
}

// show says whether predictions may be painted.
func (p *policy) show() bool {
	switch p.preference {
	case Never:
		return false
	case Always, Experimental:
		return true
	}
	return p.slow || p.glitch > 0
}

// ticking says that pending predictions have to be aged by a timer.
func (p *policy) ticking() bool { return p.glitch == 0 || !p.flagging }
