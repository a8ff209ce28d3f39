package pty

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// TestNoDescriptorsLeft: wherever the descriptors run out, Start says so, and leaves none behind.
func TestNoDescriptorsLeft(t *testing.T) {
	first := run(t, "true") // what the runtime opens once is open after it
	all(t, first)
	first.Close()
	wait(t, first)
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	before := descriptors(t)
	failed := 0
	for spare := range uint64(12) {
		low := limit
		low.Cur = uint64(highest(t)) + 1 + spare
		fill := fillGaps(t)
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &low); err != nil {
			t.Fatal(err)
		}
		p, err := Start(Command{Path: "true", Args: []string{"true"}, Env: env, Rows: 24, Cols: 80})
		if e := unix.Setrlimit(unix.RLIMIT_NOFILE, &limit); e != nil {
			t.Fatal(e)
		}
		for _, fd := range fill {
			unix.Close(fd)
		}
		if err == nil {
			_ = p.Release()
			all(t, p)
			p.Close()
			wait(t, p)
		} else {
			failed++
		}
		if after := descriptors(t); after != before {
			t.Errorf("with %d to spare (error %v): %d descriptors, before %d", spare, err, after, before)
		}
	}
	if failed == 0 {
		t.Error("the limit had no effect")
	}
}

// descriptors counts those open.
func descriptors(t *testing.T) int {
	t.Helper()
	d, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(d)
}

// highest is the highest descriptor open.
func highest(t *testing.T) int {
	t.Helper()
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	top := int(f.Fd())
	for fd := range 256 {
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil {
			top = max(top, fd)
		}
	}
	return top
}

// fillGaps opens descriptors up to the highest one, so that only those above it are free.
func fillGaps(t *testing.T) []int {
	t.Helper()
	top := highest(t)
	var fds []int
	for {
		fd, err := unix.Open(os.DevNull, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		if fd > top {
			unix.Close(fd)
			return fds
		}
		fds = append(fds, fd)
	}
}
