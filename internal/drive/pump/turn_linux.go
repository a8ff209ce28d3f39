package pump

import (
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// turnAfter is how many reads in a row may find octets waiting before the poller has its turn.
const turnAfter = 8

// turn lets the runtime look at its poller. A process with one thread of Go code does so only when nothing can run,
// and its monitor thread, which would after 10 ms, sleeps as nobody tells the scheduler of system calls (see direct).
// While a reader that never has to wait and its loop wake each other, a key that came by the network would otherwise
// wait until the flood pauses.
type turn struct {
	conn  syscall.RawConn
	asked bool
	count uint64
}

// newTurn returns one that does nothing where no descriptor can be had for it.
func newTurn() *turn {
	fd, err := unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC)
	if err != nil {
		return &turn{}
	}
	f := os.NewFile(uintptr(fd), "turn")
	conn, err := f.SyscallConn()
	if err != nil {
		f.Close()
		return &turn{}
	}
	return &turn{conn: conn}
}

// take returns when the poller has been looked at.
func (t *turn) take() {
	if t.conn == nil {
		return
	}
	t.asked = false
	_ = t.conn.Read(t.attempt)
}

// attempt makes the descriptor ready and says that it is not: only the poller can tell of the change.
func (t *turn) attempt(fd uintptr) bool {
	number := uintptr(unix.SYS_READ)
	if !t.asked {
		number, t.count = unix.SYS_WRITE, 1
	}
	_, _, errno := unix.RawSyscall(number, fd, uintptr(unsafe.Pointer(&t.count)), unsafe.Sizeof(t.count))
	done := t.asked || errno != 0
	t.asked = true
	return done
}
