package pump

import (
	"os"
	"runtime"
	"syscall"
	"testing"
)

// endless is a descriptor that always has octets, and on which nobody ever waits.
type endless struct{ *os.File }

func (e endless) ReadConn() syscall.RawConn         { return always(e.Fd()) }
func (f always) Control(call func(uintptr)) error   { call(uintptr(f)); return nil }
func (f always) Read(call func(uintptr) bool) error { call(uintptr(f)); return nil }
func (f always) Write(func(uintptr) bool) error     { return os.ErrInvalid }

type always uintptr

// TestTurn: with one thread, while a stream floods that never has to be waited for, what comes another way is heard.
func TestTurn(t *testing.T) {
	const limit = 1000 // reads; the runtime's monitor thread, if it is awake, looks after some ten thousand
	zero, err := os.Open("/dev/zero")
	if err != nil {
		t.Fatal(err)
	}
	defer zero.Close()
	near, far := pair(t)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	key := NewReader(far, 16, 1)
	flood := NewReader(endless{zero}, 16<<10, 1)
	typed := newDirect(near.WriteConn())
	for reads := 0; ; {
		select {
		case <-flood.C():
			flood.Done()
			if reads++; reads == limit/2 {
				typed.b = []byte("k")
				if err := typed.conn.Write(typed.write); err != nil {
					t.Fatal(err)
				}
			}
			if reads == limit {
				t.Fatal("a key is not heard during a flood")
			}
		case <-key.C():
			flood.Stop()
			near.Close()
			key.Done()
			key.Stop()
			return
		}
	}
}
