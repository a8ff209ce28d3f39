// Package udp is the edge of the system towards the network: sockets with the options of spec/protocol.md section
// 3.4, the server's port search (4.3), the client's set of sockets (4.1), and news that addresses or routes changed.
//
// A Socket is read by one goroutine of its own, which hands over one Batch at a time and reads on when the batch is
// released: what the loop does not take waits in the kernel, never in this process. Sending never blocks; a full
// queue is an error as any other, and SSP repairs it.
package udp

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
)

// PathID names a socket of the client; the server's one socket has path 0.
type PathID uint32

// MaxDatagram is the longest datagram that is received; a longer one is dropped and counted. Stock's buffer has
// 2048 octets as well (spec/protocol.md, 2.3).
const MaxDatagram = 2048

// ErrNoPath is returned for a path that was not opened or is closed.
var ErrNoPath = errors.New("udp: no such path")

// Datagram is one received datagram.
type Datagram struct {
	From netip.AddrPort // the sender; IPv4-mapped addresses are given as IPv4
	// Local is the address it was sent to, for Send to answer from; invalid if unknown (only known on Linux,
	// and for a socket bound to a wildcard address).
	Local netip.Addr
	CE    bool   // marked "congestion experienced" on its way (RFC 3168)
	B     []byte // valid until the batch is released
}

// Batch is what was waiting in a socket, in order of arrival: at least one datagram, or an error.
type Batch struct {
	Path      PathID
	Datagrams []Datagram
	// Err is an error of the receiver, ErrRefused among them. It does not end the reading.
	Err error
	// Dropped counts datagrams longer than MaxDatagram that were thrown away.
	Dropped int

	free chan struct{}
}

// Release gives the buffers back to the reader. The batch must not be touched afterwards.
func (b *Batch) Release() { b.free <- struct{}{} }

// Socket is a bound, unconnected UDP socket.
type Socket struct {
	conn   *net.UDPConn
	raw    syscall.RawConn
	path   PathID
	inet6  bool // of family AF_INET6, possibly with both protocols
	tx     sender
	events chan *Batch
	closed chan struct{}
	once   sync.Once
	reader sync.WaitGroup
	start  sync.Once
}

// newSocket takes over conn, which is closed on an error.
func newSocket(conn *net.UDPConn, path PathID, events chan *Batch, o sockOptions) (*Socket, error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("udp: %w", err)
	}
	s := &Socket{conn: conn, raw: raw, path: path, events: events, closed: make(chan struct{})}
	local := s.Local().Addr()
	s.inet6 = !local.Is4()
	o.inet6 = s.inet6
	o.wildcard = local.IsUnspecified()
	var optErr error
	err = raw.Control(func(fd uintptr) { optErr = setOptions(int(fd), o) })
	if err = errors.Join(err, optErr); err != nil {
		conn.Close()
		return nil, fmt.Errorf("udp: cannot set up the socket: %w", err)
	}
	s.tx.bind(s)
	return s, nil
}

// sockOptions says what the socket is for; setOptions of each platform makes socket options of it.
type sockOptions struct {
	inet6    bool
	wildcard bool
	client   bool   // wants to hear of ICMP errors
	device   string // interface to be bound to, "" for none
}

// FromFile makes a Socket of an inherited descriptor. f may be closed afterwards.
func FromFile(f *os.File) (*Socket, error) {
	c, err := net.FilePacketConn(f)
	if err != nil {
		return nil, fmt.Errorf("udp: the inherited descriptor is not a socket: %w", err)
	}
	conn, ok := c.(*net.UDPConn)
	if !ok {
		c.Close()
		return nil, fmt.Errorf("udp: the inherited descriptor is a %T, not a UDP socket", c)
	}
	return newSocket(conn, 0, make(chan *Batch), sockOptions{})
}

// File returns a copy of the descriptor to be handed on to another process.
// The Socket must not be used any more afterwards, only closed.
func (s *Socket) File() (*os.File, error) {
	f, err := s.conn.File()
	if err != nil {
		return nil, fmt.Errorf("udp: cannot copy the socket's descriptor: %w", err)
	}
	return f, nil
}

// Local returns the address and port the socket is bound to.
func (s *Socket) Local() netip.AddrPort {
	ap := s.conn.LocalAddr().(*net.UDPAddr).AddrPort()
	return ap
}

// Inet6 reports whether the socket is of family AF_INET6, which decides the size of datagrams
// (spec/protocol.md, 2.3), also if it serves both protocols.
func (s *Socket) Inet6() bool { return s.inet6 }

// Start begins to receive and returns the channel on which batches arrive. It is never closed.
func (s *Socket) Start() <-chan *Batch {
	s.start.Do(func() { s.reader.Go(s.receive) })
	return s.events
}

// Close closes the socket and returns when its reader has ended.
func (s *Socket) Close() error {
	var err error
	s.once.Do(func() {
		close(s.closed)
		err = s.conn.Close()
	})
	s.reader.Wait()
	return err
}

// Send sends b to the peer, from the local address given; the zero Addr leaves the choice to the kernel. It never
// blocks. Not safe for concurrent use. ErrTooBig means that b is larger than the path or the interface takes.
func (s *Socket) Send(b []byte, to netip.AddrPort, from netip.Addr) error {
	return s.tx.send(b, to, from)
}
