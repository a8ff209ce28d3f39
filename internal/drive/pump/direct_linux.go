package pump

import (
	"io"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// direct reads or writes a non-blocking descriptor on the runtime's poller without telling the scheduler of each
// system call, which cannot block. Told, it wakes its monitor thread every time, which then naps in steps of
// 20 µs for as long as the process is awake: a quarter of the processor time of a session that shows 60 frames a
// second, and more of one that types.
type direct struct {
	conn  syscall.RawConn
	b     []byte
	n     int
	errno syscall.Errno
	ready int // reads in a row that did not have to wait
	read  func(fd uintptr) bool
	write func(fd uintptr) bool
}

func newDirect(conn syscall.RawConn) *direct {
	d := &direct{conn: conn}
	d.read = d.gather
	d.write = func(fd uintptr) bool { return d.call(unix.SYS_WRITE, fd) }
	return d
}

const (
	// much is how many octets of one read, or more, are probably not all that there is.
	much = 1 << 10
	// readsAtOnce bounds what a flood is gathered of, and room is what the next read must have: a pty gives 4 KiB.
	readsAtOnce = 4
	room        = 4 << 10
)

// gather reads as often as there was much, so that a flood is not handed over in the small slices of the kernel.
// It reports false if there is nothing yet. An error that comes after octets is left to the next read.
func (d *direct) gather(fd uintptr) bool {
	b, sum := d.b, 0
	for range readsAtOnce {
		if !d.call(unix.SYS_READ, fd) {
			if sum == 0 {
				d.ready = 0
				return false
			}
			break
		}
		if d.errno != 0 || d.n == 0 {
			if sum == 0 {
				return true
			}
			break
		}
		sum += d.n
		if d.n < much || len(b)-sum < room {
			break
		}
		d.b = b[sum:]
	}
	d.n, d.errno = sum, 0
	return true
}

// call reports false if the descriptor is not ready.
func (d *direct) call(number, fd uintptr) bool {
	for {
		n, _, errno := unix.RawSyscall(number, fd, uintptr(unsafe.Pointer(&d.b[0])), uintptr(len(d.b)))
		switch errno {
		case unix.EINTR:
			continue
		case unix.EAGAIN:
			return false
		}
		d.n, d.errno = int(n), errno
		return true
	}
}

// reader reads src directly; what is not plainly data, src itself gives a name to.
type reader struct {
	src io.Reader
	*direct
	turn *turn
}

// readerOf returns the quickest way to read src.
func readerOf(src io.Reader) io.Reader {
	if p, ok := src.(interface{ ReadConn() syscall.RawConn }); ok {
		if conn := p.ReadConn(); conn != nil {
			return &reader{src: src, direct: newDirect(conn)}
		}
	}
	return src
}

func (r *reader) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return r.src.Read(b)
	}
	if r.ready++; r.ready > turnAfter {
		r.ready = 0
		if r.turn == nil {
			r.turn = newTurn()
		}
		r.turn.take()
	}
	r.b = b
	if err := r.conn.Read(r.read); err != nil || r.errno != 0 || r.n == 0 {
		return r.src.Read(b)
	}
	return r.n, nil
}

type writer struct {
	dst io.Writer
	*direct
}

// writerOf returns the quickest way to write dst.
func writerOf(dst io.Writer) io.Writer {
	if p, ok := dst.(interface{ WriteConn() syscall.RawConn }); ok {
		if conn := p.WriteConn(); conn != nil {
			return writer{dst, newDirect(conn)}
		}
	}
	return dst
}

func (w writer) Write(b []byte) (done int, err error) {
	for done < len(b) {
		w.b = b[done:]
		if err := w.conn.Write(w.write); err != nil || w.errno != 0 {
			n, err := w.dst.Write(b[done:])
			return done + n, err
		}
		done += w.n
	}
	return done, nil
}
