package pty

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// readTermios is called all the time while keys are typed. The call is raw: it cannot block, and the runtime's
// monitor thread need not be woken for it (see package pump).
func readTermios(fd int, t *unix.Termios) error {
	_, _, errno := unix.RawSyscall(unix.SYS_IOCTL, uintptr(fd), unix.TCGETS, uintptr(unsafe.Pointer(t)))
	if errno != 0 {
		return os.NewSyscallError("tcgetattr", errno)
	}
	return nil
}
