package pump

import (
	"io"
	"os"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// polled is one end of a non-blocking stream on the poller.
type polled struct{ *os.File }

func (p polled) ReadConn() syscall.RawConn  { return p.conn() }
func (p polled) WriteConn() syscall.RawConn { return p.conn() }

func (p polled) conn() syscall.RawConn {
	c, err := p.SyscallConn()
	if err != nil {
		return nil
	}
	return c
}

func pair(t *testing.T) (a, b polled) {
	t.Helper()
	return pairOf(t, unix.SOCK_STREAM)
}

func pairOf(t *testing.T, kind int) (a, b polled) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, kind|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	a, b = polled{os.NewFile(uintptr(fds[0]), "a")}, polled{os.NewFile(uintptr(fds[1]), "b")}
	t.Cleanup(func() {
		a.Close()
		b.Close()
	})
	return a, b
}

// TestDirect: what is larger than the kernel's buffer arrives whole and in order, then the end, and nothing is
// allocated on the way.
func TestDirect(t *testing.T) {
	a, b := pair(t)
	text := make([]byte, 4<<20)
	for i := range text {
		text[i] = byte(i * 7 >> 3)
	}
	r := NewReader(b, 16<<10, 2)
	w := NewWriter(a)
	if _, ok := readerOf(b).(*reader); !ok {
		t.Fatal("not read directly")
	}
	<-w.Free()
	w.Write(text)
	at := 0
	for at < len(text) {
		p := <-r.C()
		if string(p) != string(text[at:at+len(p)]) {
			t.Fatalf("wrong octets at %d", at)
		}
		at += len(p)
		r.Done()
	}
	if err := <-w.Free(); err != nil {
		t.Fatal(err)
	}
	w.Write(nil)
	<-w.Free()
	a.Close()
	if p, ok := <-r.C(); ok || r.Err() != io.EOF {
		t.Errorf("after the end: %q, %v", p, r.Err())
	}
	r.Stop()
	w.Stop()
}

// TestDirectGathers: what comes in large slices is read several times for one hand-over, small slices are not waited
// behind, and an error after octets comes with the next read.
func TestDirectGathers(t *testing.T) {
	for _, c := range []struct {
		name   string
		slices []int
		buffer int
		want   []int
	}{
		{"large ones", []int{4096, 4096, 4096}, 16 << 10, []int{12288}},
		{"no more than four", []int{4096, 4096, 4096, 4096, 4096}, 64 << 10, []int{16384, 4096}},
		{"as the buffer has room", []int{4096, 4096, 4096}, 11 << 10, []int{8192, 4096}},
		{"up to a small one", []int{4096, 100, 4096}, 16 << 10, []int{4196, 4096}},
		{"a small one", []int{1, 1}, 16 << 10, []int{1, 1}},
	} {
		a, b := pairOf(t, unix.SOCK_SEQPACKET)
		for _, n := range c.slices {
			if _, err := a.Write(make([]byte, n)); err != nil {
				t.Fatal(err)
			}
		}
		a.Close()
		r, buf := readerOf(b), make([]byte, c.buffer)
		for i, want := range c.want {
			if n, err := r.Read(buf); n != want || err != nil {
				t.Errorf("%s: read %d gave %d, %v, not %d", c.name, i, n, err, want)
			}
		}
		if n, err := r.Read(buf); n != 0 || err != io.EOF {
			t.Errorf("%s: the end gave %d, %v", c.name, n, err)
		}
	}
}

func TestDirectCloseEndsARead(t *testing.T) {
	_, b := pair(t)
	r := NewReader(b, 100, 1)
	b.Close()
	if _, ok := <-r.C(); ok || r.Err() == nil {
		t.Error("no error")
	}
	r.Stop()
}

func TestDirectWriteError(t *testing.T) {
	a, b := pair(t)
	b.Close()
	w := NewWriter(a)
	<-w.Free()
	w.Write([]byte("x"))
	if err := <-w.Free(); err == nil {
		t.Error("no error from a stream whose other end is closed")
	}
	w.Stop()
}

func TestDirectDoesNotAllocate(t *testing.T) {
	a, b := pair(t)
	r, w, buf := readerOf(b), writerOf(a), make([]byte, 100)
	if n := testing.AllocsPerRun(100, func() {
		_, _ = w.Write(buf[:10])
		_, _ = r.Read(buf)
	}); n != 0 {
		t.Errorf("%v allocations for a write and a read", n)
	}
}
