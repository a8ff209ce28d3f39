//go:build !windows

package daemon

import "golang.org/x/sys/unix"

// closeOnExec keeps every descriptor from first on from programs started later.
func closeOnExec(first int) {
	if closeRange(first) == nil {
		return
	}
	var l unix.Rlimit
	n := 1024
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &l) == nil {
		n = int(min(uint64(l.Cur), 65536))
	}
	for fd := first; fd < n; fd++ {
		unix.CloseOnExec(fd)
	}
}
