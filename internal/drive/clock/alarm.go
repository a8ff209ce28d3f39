package clock

import "time"

// lazily is how much too early an alarm may ring rather than be moved.
const lazily = time.Second

// Alarm wakes a loop at the time that was set last, or up to a second before; the loop then sets it again. It is kept by
// the kernel where that can be had, on the clock that counts sleep: a timer of the runtime wakes two threads, also at
// times that it was moved away from, which is most of what an idle process costs. Not safe for concurrent use.
type Alarm struct {
	// C receives when it rings. Tell Rang.
	C    <-chan struct{}
	due  time.Time
	set  func(time.Duration)
	stop func()
}

// NewAlarm returns one that is not set. Stop it in the end.
func NewAlarm() *Alarm {
	c := make(chan struct{}, 1)
	ring := func() {
		select {
		case c <- struct{}{}:
		default:
		}
	}
	a := &Alarm{C: c}
	var ok bool
	if a.set, a.stop, ok = kernelTimer(ring); !ok {
		t := time.AfterFunc(MaxWait, ring)
		a.set, a.stop = func(d time.Duration) { t.Reset(d) }, func() { t.Stop() }
	}
	return a
}

// Set has it ring d after now.
func (a *Alarm) Set(now time.Time, d time.Duration) {
	due := now.Add(d)
	if a.due.After(now) && !due.Before(a.due) && due.Sub(a.due) < lazily {
		return
	}
	a.due = due
	a.set(max(d, 1))
}

// Rang says that C was received from.
func (a *Alarm) Rang() { a.due = time.Time{} }

// Stop ends it.
func (a *Alarm) Stop() { a.stop() }
