package pty

import (
	"math"

	"golang.org/x/sys/unix"
)

// setSoft: FreeBSD's limits are signed.
func setSoft(l *unix.Rlimit, soft uint64) { l.Cur = min(int64(min(soft, math.MaxInt64)), l.Max) }
