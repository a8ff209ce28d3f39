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
	if n := testing.AllocsPerRun(100, func() { Now() }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkNow(b *testing.B) {
	for b.Loop() {
		Now()
	}
}
