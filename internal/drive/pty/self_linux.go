package pty

import (
	"math"
	"os"
	"runtime"

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

// unblock lets every signal through to what this thread becomes by exec. A thread that the C library has just made may
// still hold all of them back.
func unblock() {
	runtime.LockOSThread()
	_ = unix.PthreadSigmask(unix.SIG_SETMASK, &unix.Sigset_t{}, nil)
}
