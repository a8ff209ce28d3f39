//go:build !linux && !windows

package pty

import (
	"os"

	"golang.org/x/sys/unix"
)

func readTermios(fd int, t *unix.Termios) error {
	now, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return os.NewSyscallError("tcgetattr", err)
	}
	*t = *now
	return nil
}
