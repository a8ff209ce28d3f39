//go:build !windows

package pty

import (
	"os"

	"golang.org/x/sys/unix"
)

// SizeOf returns the size of the terminal that f is, and 80 by 24 if f is none or does not know its size.
func SizeOf(f *os.File) (cols, rows int, terminal bool) {
	conn, err := f.SyscallConn()
	if err != nil {
		return 80, 24, false
	}
	var ws *unix.Winsize
	var ioErr error
	if err := conn.Control(func(fd uintptr) { ws, ioErr = unix.IoctlGetWinsize(int(fd), unix.TIOCGWINSZ) }); err != nil || ioErr != nil {
		return 80, 24, false
	}
	if ws.Col == 0 || ws.Row == 0 {
		return 80, 24, true
	}
	return int(ws.Col), int(ws.Row), true
}
