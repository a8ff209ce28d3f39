//go:build !windows && !darwin

package pty

import (
	"os"
	"syscall"
	"time"
)

// master is the master side on the runtime's poller, where deadlines and Close end a Read that waits.
type master struct{ f *os.File }

// newMaster takes over fd, which is non-blocking.
func newMaster(fd int) (master, error) { return master{os.NewFile(uintptr(fd), "pty")}, nil }

func (m master) Read(b []byte) (int, error)        { return m.f.Read(b) }
func (m master) Write(b []byte) (int, error)       { return m.f.Write(b) }
func (m master) SetReadDeadline(t time.Time) error { return m.f.SetReadDeadline(t) }
func (m master) Close() error                      { return m.f.Close() }

// ReadConn and WriteConn give the non-blocking descriptor to who reads and writes it directly; nil if it is closed.
func (m master) ReadConn() syscall.RawConn  { return m.conn() }
func (m master) WriteConn() syscall.RawConn { return m.conn() }

func (m master) conn() syscall.RawConn {
	raw, err := m.f.SyscallConn()
	if err != nil {
		return nil
	}
	return raw
}

func (m master) SyscallConn() (syscall.RawConn, error) { return m.f.SyscallConn() }

// control calls f with the descriptor. Never Fd: see openPair.
func (m master) control(f func(fd int)) error {
	raw, err := m.f.SyscallConn()
	if err != nil {
		return err
	}
	return raw.Control(func(fd uintptr) { f(int(fd)) })
}
