package pty

import (
	"math"
	"os"

	"golang.org/x/sys/unix"
)

// self is the path to start this program again by. It leads to the running file also when that was deleted or
// replaced by an upgrade.
func self() (string, error) { return "/proc/self/exe", nil }

// setTitle gives the process a name for ps and top, which would show "exe".
func setTitle() { _ = os.WriteFile("/proc/self/comm", []byte("mosh-login"), 0) }

func closeRange(first int) error {
	return unix.CloseRange(uint(first), math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC)
}
