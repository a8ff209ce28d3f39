package clock

import (
	"testing"
	"time"
)

func TestNowNeverGoesBack(t *testing.T) {
	last := Now()
	for range 10_000 {
		now := Now()
		if now.Before(last) {
			t.Fatalf("%v came after %v", now, last)
		}
		last = now
	}
}

// A monotonic reading of the runtime would make Sub ignore the time asleep.
func TestNowCarriesNoMonotonicReading(t *testing.T) {
	if now := Now(); now != now.Round(0) {
		t.Errorf("%v has a monotonic reading", now)
	}
}

// The clock must move at the pace of the runtime's: of two nested intervals the inner is never the longer.
func TestPace(t *testing.T) {
	a := Now()
	outer := time.Now()
	b := Now()
	for Now().Sub(b) < time.Millisecond {
	}
	inner := Now().Sub(b)
	middle := time.Since(outer)
	all := Now().Sub(a)
	if inner > middle || middle > all {
		t.Errorf("ours %v within the runtime's %v within ours %v", inner, middle, all)
	}
}

func TestNowDoesNotAllocate(t *testing.T) {
	c := New()
	if n := testing.AllocsPerRun(100, func() { Now(); c.Now() }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestClockAgreesWithNow(t *testing.T) {
	before := Now()
	c := New()
	last := c.Now()
	for range 10_000 {
		now := c.Now()
		if now.Before(last) || now.Before(before) || now != now.Round(0) {
			t.Fatalf("%v came after %v and %v", now, before, last)
		}
		last = now
	}
}

// TestClockCountsSleep plays a machine that sleeps and whose wall clock is set.
func TestClockCountsSleep(t *testing.T) {
	var ran, set, asleep time.Duration
	asked := 0
	base := time.Unix(1000, 0)
	c := newClock(base, readings{
		runtime: func() (time.Duration, time.Duration) { return ran + set + asleep, ran },
		elapsed: func() time.Duration { asked++; return 77*time.Hour + ran + asleep },
	})
	asked = 0
	for i, step := range []struct {
		ran, set, asleep time.Duration
		ask              int
	}{
		{ran: time.Hour},
		{ran: time.Second, asleep: 8 * time.Hour, ask: 1},
		{ran: time.Second},
		{set: time.Hour, ask: 1},           // the user sets the clock
		{set: -100 * time.Hour, ask: 1},    // and back
		{ran: time.Minute, set: tolerance}, // its pace is corrected
		{set: 1, ask: 1},
		{asleep: 20 * time.Millisecond, ask: 1},
		{ran: 24 * time.Hour},
		{asleep: time.Hour, set: -time.Hour, ran: time.Second}, // what cannot be seen
		{set: 2 * tolerance, ask: 1},                           // is made good for at the next look
	} {
		ran, set, asleep = ran+step.ran, set+step.set, asleep+step.asleep
		want := base.Add(ran + asleep)
		if i == 9 {
			want = want.Add(-step.asleep)
		}
		if got := c.Now(); !got.Equal(want) {
			t.Errorf("step %d: %v, want %v", i, got, want)
		}
		if asked != step.ask {
			t.Errorf("step %d: the system was asked %d times, want %d", i, asked, step.ask)
		}
		asked = 0
	}
}

func BenchmarkNow(b *testing.B) {
	for b.Loop() {
		Now()
	}
}

func BenchmarkClock(b *testing.B) {
	c := New()
	for b.Loop() {
		c.Now()
	}
}
