//go:build linux || openbsd

package clock

import "golang.org/x/sys/unix"

// CLOCK_BOOTTIME counts the time asleep; CLOCK_MONOTONIC does not on Linux (clock_gettime(2) of both systems).
const sleepingClock = unix.CLOCK_BOOTTIME
