// Package clock is the one place that reads a clock (docs/design.md, section 5).
//
// Go's own monotonic clock stands still while a laptop sleeps, and the wall clock may be set back. Now follows
// neither: it is the wall time at the start of the process plus what has elapsed since on a clock that counts
// sleep (CLOCK_BOOTTIME on Linux and OpenBSD, the nearest thing elsewhere), so differences of two readings are
// always true durations. Timers of the runtime still stop during sleep: a loop must not wait longer than MaxWait
// and must read Now again after every wait.
package clock

import "time"

// MaxWait is the longest a loop may wait on a timer of the runtime before it reads Now again:
// after waking from sleep nothing is overdue for longer. It is no shorter than the longest heartbeat, for every
// wake-up costs a sleeping machine more than the wait costs a waking one, whose network changes tell it anyway.
const MaxWait = 10 * time.Second

var (
	// Round(0) drops the runtime's monotonic reading, so that Sub and Before use the value computed here.
	start   = time.Now().Round(0)
	startAt = elapsed()
)

// Now returns the present time. It never goes back, and carries no monotonic reading of the runtime.
func Now() time.Time {
	return start.Add(elapsed() - startAt)
}
