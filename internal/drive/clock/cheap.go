package clock

import "time"

// Clock reads the same time as Now without a system call, for a loop that reads it at every event. It goes by the
// runtime's clock, and asks the system only when that may have missed a sleep: then the wall clock, which always goes
// on, has left it behind. It is for one goroutine.
type Clock struct {
	read   readings
	base   time.Time     // ours at New
	boot   time.Duration // that of the clock that counts sleep at New
	asleep time.Duration // since New
	ahead  time.Duration // how far the wall clock was ahead of the runtime's when the system was asked last
}

// readings are the clocks a Clock stands on; tests have their own.
type readings struct {
	runtime func() (wall, ran time.Duration) // since the epoch, and since New
	elapsed func() time.Duration             // on the clock that counts sleep
}

// tolerance is how far the wall clock may drift, by corrections of its pace, before the system is asked: a sleep
// shorter than this goes unnoticed.
const tolerance = 5 * time.Millisecond

// New returns a Clock that agrees with Now.
func New() *Clock {
	began := time.Now()
	return newClock(Now(), readings{
		runtime: func() (wall, ran time.Duration) {
			t := time.Now()
			return time.Duration(t.UnixNano()), t.Sub(began)
		},
		elapsed: elapsed,
	})
}

func newClock(base time.Time, r readings) *Clock {
	wall, ran := r.runtime()
	return &Clock{read: r, base: base.Add(-ran), boot: r.elapsed() - ran, ahead: wall - ran}
}

// Now returns the present time. It never goes back, and carries no monotonic reading of the runtime.
func (c *Clock) Now() time.Time {
	wall, ran := c.read.runtime()
	if d := wall - ran - c.ahead; d > tolerance || d < -tolerance {
		c.ahead = wall - ran
		// A difference below the tolerance is the time between the two readings.
		if asleep := c.read.elapsed() - c.boot - ran; asleep > c.asleep+tolerance {
			c.asleep = asleep
		}
	}
	return c.base.Add(ran + c.asleep)
}
