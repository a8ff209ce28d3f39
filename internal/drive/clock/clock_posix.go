//go:build linux || darwin || freebsd || netbsd || openbsd || solaris

package clock

import (
	"time"

	"golang.org/x/sys/unix"
)

// elapsed reads the clock that counts from boot, with the time the machine was asleep where the system knows it.
func elapsed() time.Duration {
	var ts unix.Timespec
	if unix.ClockGettime(sleepingClock, &ts) != nil {
		return sinceImport()
	}
	return time.Duration(ts.Nano())
}
