package pty

import (
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"

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

// anyIgnored says that one of these signals was ignored by who started us, or may have been. The runtime knows only of
// some (sigaction(2) cannot be called beside it).
func anyIgnored(signals []os.Signal) bool {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return true
	}
	_, rest, found := strings.Cut(string(text), "\nSigIgn:")
	line, _, _ := strings.Cut(rest, "\n")
	mask, err := strconv.ParseUint(strings.TrimSpace(line), 16, 64)
	if !found || err != nil {
		return true
	}
	for _, s := range signals {
		if mask>>(s.(syscall.Signal)-1)&1 != 0 {
			return true
		}
	}
	return false
}
