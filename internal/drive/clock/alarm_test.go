package clock

import (
	"testing"
	"time"

	"mosh/internal/leak"
)

// It rings once for each time that it is set to, whichever way it is moved.
func TestAlarm(t *testing.T) {
	leak.Check(t)
	a := NewAlarm()
	defer a.Stop()
	for _, ds := range [][]time.Duration{
		{0}, {time.Millisecond}, {time.Hour, time.Millisecond}, {time.Millisecond, time.Hour, 2 * time.Millisecond},
		{time.Minute, time.Minute + time.Millisecond, -1},
	} {
		for _, d := range ds {
			a.Set(Now(), d)
		}
		<-a.C
		a.Rang()
	}
	select {
	case <-a.C:
		t.Error("rang twice")
	default:
	}
}

// What is moved by little is not moved at all: each move is a system call.
func TestAlarmIsLazy(t *testing.T) {
	moves := 0
	a := &Alarm{set: func(time.Duration) { moves++ }}
	now := time.Unix(1000, 0)
	for i := range 100 {
		a.Set(now.Add(time.Duration(i)*time.Millisecond), 500*time.Millisecond)
	}
	if moves != 1 {
		t.Errorf("%d moves", moves)
	}
	a.Set(now, 499*time.Millisecond)
	a.Set(now, 3*time.Second)
	if moves != 3 {
		t.Errorf("%d moves", moves)
	}
}
