package predict

import (
	"fmt"
	"time"

	"mosh/internal/core/vt"
	"mosh/internal/core/width"
)

// Preference is when predictions are shown: the value of --predict and of MOSH_PREDICTION_DISPLAY.
type Preference uint8

// The preferences, spec/prediction.md section 3.
const (
	Adaptive     Preference = iota // on slow links and after a stall
	Always                         // always, confirmed epochs only
	Never                          // no work at all
	Experimental                   // always, unconfirmed ones too
)

// ParsePreference returns the preference with the name that people write.
func ParsePreference(s string) (Preference, error) {
	for p, name := range preferenceNames {
		if s == name {
			return Preference(p), nil
		}
	}
	return 0, fmt.Errorf("prediction mode %q is unknown: use adaptive, always, never or experimental", s)
}

var preferenceNames = [...]string{"adaptive", "always", "never", "experimental"}

func (p Preference) String() string { return preferenceNames[p] }

// Rules names a set of rules.
type Rules uint8

// The sets of rules.
const (
	Own   Rules = iota // ours
	Stock              // those of mosh 1.4.0
)

// Stats counts what became of predictions. For the status line.
type Stats struct {
	Keys      int // reads of the keyboard are split into keys; pasted text is not counted
	Predicted int // keys for which something was predicted
	Shown     int // keys whose prediction was put on the screen before it was confirmed
	Confirmed int // keys that the host answered as predicted
	Wrong     int // times that a shown prediction had to be taken back
}

// Engine predicts for one session. It is not safe for concurrent use. Frames passed in are kept, never written.
type Engine struct {
	rules  Rules
	policy policy
	stock  stock
	own    own
	stats  Stats
}

// New returns an engine that has seen nothing. overwrite says that typed characters replace what is under the cursor
// (--predict-overwrite); otherwise Stock always inserts and Own judges row by row.
func New(p Preference, overwrite bool, rules Rules) *Engine {
	e := &Engine{rules: rules, policy: newPolicy(p)}
	e.stock = newStock(&e.policy, &e.stats, overwrite)
	e.own = newOwn(&e.policy, &e.stats, overwrite)
	return e
}

// bulk is the number of bytes of one read above which the read is no typing: spec/prediction.md section 4.
const bulk = 100

// Keys tells of one read of the keyboard. sent is the highest client state number ever sent: b will travel in the
// next one. server is the newest server frame. b is only read during the call.
func (e *Engine) Keys(now time.Time, b []byte, sent uint64, server *vt.Frame) {
	if e.policy.preference == Never || server == nil {
		return
	}
	if e.rules == Stock {
		e.stock.keys(now, b, sent, server)
		return
	}
	e.own.keys(now, b, sent, server)
}

// Frame tells of a pass of the client's loop: the newest server frame, the echo ack in it, the newest client state
// that the server acked, and the send interval (half of the smoothed RTT, clamped, as spec/prediction.md section 1).
// Call it for every received state and when NextTimeout has come, before Apply.
func (e *Engine) Frame(now time.Time, server *vt.Frame, echoAck, acked uint64, interval time.Duration) {
	if e.policy.preference == Never || server == nil {
		return
	}
	e.policy.interval = interval
	if e.rules == Stock {
		e.stock.frame(now, server, echoAck)
		return
	}
	e.own.frame(now, server, echoAck, acked)
}

// SetTTY tells the state of the host's terminal as it was when the newest frame was made, which only our own server
// sends (docs/extensions.md). known is false with a stock server. Call it before the Frame that carried it.
func (e *Engine) SetTTY(known, echo, canonical bool) { e.own.setTTY(known, echo, canonical) }

// SetWidths says by which table the server counts columns; at first it is that of stock mosh.
func (e *Engine) SetWidths(t width.Table) { e.own.widths = t }

// Apply returns server with the predictions on it; server itself if there are none to show.
func (e *Engine) Apply(server *vt.Frame) *vt.Frame {
	if e.policy.preference == Never || server == nil {
		return server
	}
	if e.rules == Stock {
		return e.stock.apply(server)
	}
	return e.own.apply(server)
}

// Reset drops every prediction, as after a change of the window's size.
func (e *Engine) Reset() {
	e.stock.reset()
	e.own.reset()
}

// NextTimeout returns when Frame is to be called again although nothing was received; zero if there is no need.
func (e *Engine) NextTimeout() time.Time {
	switch {
	case e.policy.preference == Never:
		return time.Time{}
	case e.rules == Stock:
		return e.stock.nextTimeout()
	}
	return e.own.nextTimeout()
}

// Stats returns the counters.
func (e *Engine) Stats() Stats { return e.stats }
