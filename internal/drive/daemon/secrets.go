//go:build !windows

package daemon

import (
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// NoDump keeps the memory of this process to itself: no core dumps and, on Linux, no debugger and no /proc files for
// other processes of the user. It returns the soft RLIMIT_CORE of before, for the login to have it back.
// Call it before a key exists.
func NoDump() (soft uint64, err error) {
	var l unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &l); err != nil {
		return 0, fmt.Errorf("cannot read the core dump limit: %w", err)
	}
	soft = uint64(l.Cur)
	l.Cur = 0
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &l); err != nil {
		return soft, fmt.Errorf("cannot turn core dumps off: %w", err)
	}
	return soft, undumpable()
}

// TakeEnv removes a variable from the environment and returns its value. On Linux the memory in which the kernel
// handed it over is overwritten too, so that /proc/PID/environ shows it no longer. The caller zeroes the value after
// use.
func TakeEnv(name string) (value []byte, ok bool) {
	v, ok := os.LookupEnv(name)
	value = []byte(v)
	if ok {
		wipeEnv(name)
		_ = os.Unsetenv(name)
		// The runtime's own copy is on the heap, also if Setenv made it, and nothing refers to it any more.
		clear(unsafe.Slice(unsafe.StringData(v), len(v)))
	}
	return value, ok
}
