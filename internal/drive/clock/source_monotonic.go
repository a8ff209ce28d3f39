//go:build darwin || freebsd || solaris

package clock

import "golang.org/x/sys/unix"

// Darwin counts sleep in CLOCK_MONOTONIC (clock_gettime(3)); the others have nothing better.
const sleepingClock = unix.CLOCK_MONOTONIC
