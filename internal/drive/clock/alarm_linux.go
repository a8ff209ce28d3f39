package clock

import (
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// kernelTimer is timerfd_create(2) on the runtime's poller. The calls are raw, as in package pump: none can block.
func kernelTimer(ring func()) (set func(time.Duration), stop func(), ok bool) {
	fd, err := unix.TimerfdCreate(sleepingClock, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, nil, false
	}
	f := os.NewFile(uintptr(fd), "timer")
	conn, err := f.SyscallConn()
	if err != nil {
		f.Close()
		return nil, nil, false
	}
	var expired uint64
	take := func(fd uintptr) bool {
		_, _, errno := unix.RawSyscall(unix.SYS_READ, fd, uintptr(unsafe.Pointer(&expired)), unsafe.Sizeof(expired))
		return errno != unix.EAGAIN && errno != unix.EINTR
	}
	go func() {
		for conn.Read(take) == nil {
			ring()
		}
	}()
	var spec unix.ItimerSpec
	set = func(d time.Duration) {
		spec.Value = unix.NsecToTimespec(int64(d))
		_, _, _ = unix.RawSyscall6(unix.SYS_TIMERFD_SETTIME, uintptr(fd), 0, uintptr(unsafe.Pointer(&spec)), 0, 0, 0)
	}
	return set, func() { f.Close() }, true
}
