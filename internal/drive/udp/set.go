package udp

import (
	"errors"
	"fmt"
	"net/netip"
)

// Set is the client's set of sockets, one for each path, read into one channel. It has one owner: its methods are
// not safe for concurrent use.
type Set struct {
	events chan *Batch
	paths  map[PathID]path
	filter Filter
}

type path struct {
	*Socket
	remote netip.AddrPort
}

// From says where a path leaves this machine. The zero value leaves it to the kernel, and follows its routes.
type From struct {
	Addr   netip.Addr // source address; must be of the remote's family
	Device string     // interface to be bound to (Linux, macOS)
}

// NewSet returns an empty set.
func NewSet() *Set {
	return &Set{events: make(chan *Batch), paths: map[PathID]path{}}
}

// Events is where the datagrams of all paths arrive. It is never closed.
func (t *Set) Events() <-chan *Batch { return t.events }

// Open opens a socket with a port of its own for path p towards remote, and begins to receive on it.
func (t *Set) Open(p PathID, remote netip.AddrPort, from From) error {
	if t.Has(p) {
		return fmt.Errorf("udp: path %d is open already", p)
	}
	network, local := "udp4", netip.IPv4Unspecified()
	if !remote.Addr().Unmap().Is4() {
		network, local = "udp6", netip.IPv6Unspecified()
	}
	if from.Addr.IsValid() {
		local = from.Addr
	}
	s, err := bind(network, netip.AddrPortFrom(local, 0), p, t.events, sockOptions{client: true, device: from.Device})
	if err != nil {
		return fmt.Errorf("cannot open a UDP socket towards %v: %w", remote, err)
	}
	if err := s.Only(t.filter); err != nil {
		s.Close()
		return err
	}
	t.paths[p] = path{s, remote}
	s.Start()
	return nil
}

// Has reports whether path p is open.
func (t *Set) Has(p PathID) bool {
	_, ok := t.paths[p]
	return ok
}

// Remote returns where path p leads.
func (t *Set) Remote(p PathID) netip.AddrPort { return t.paths[p].remote }

// Local returns the address and port the socket of path p is bound to.
func (t *Set) Local(p PathID) netip.AddrPort {
	if s, ok := t.paths[p]; ok {
		return s.Local()
	}
	return netip.AddrPort{}
}

// Send sends b on path p, as Socket.Send.
func (t *Set) Send(p PathID, b []byte) error {
	s, ok := t.paths[p]
	if !ok {
		return ErrNoPath
	}
	return s.Send(b, s.remote, netip.Addr{})
}

// SendWhole sends b on path p, as Socket.SendWhole.
func (t *Set) SendWhole(p PathID, b []byte) error {
	s, ok := t.paths[p]
	if !ok {
		return ErrNoPath
	}
	return s.Socket.SendWhole(b, s.remote, netip.Addr{})
}

// Retire closes the socket of path p. A batch of it that is in the loop's hands stays valid until released.
func (t *Set) Retire(p PathID) {
	if s, ok := t.paths[p]; ok {
		delete(t.paths, p)
		_ = s.Close()
	}
}

// Close closes all sockets.
func (t *Set) Close() error {
	var errs []error
	for p, s := range t.paths {
		errs = append(errs, s.Close())
		delete(t.paths, p)
	}
	return errors.Join(errs...)
}
