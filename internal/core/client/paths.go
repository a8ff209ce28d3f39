package client

import (
	"net/netip"
	"slices"
	"time"
)

// PathID names a path: a local socket and the server's address that it sends to. IDs are never reused.
type PathID uint32

// Path is what a driver needs to open a socket.
type Path struct {
	ID     PathID
	Remote netip.AddrPort
	Local  netip.Addr // the source address to bind to; invalid: let the system choose
}

const (
	// hopInterval is the silence after which the client tries another local port (spec/protocol.md, section 4.1).
	hopInterval = 10 * time.Second
	// pathAge is how long an unused path is kept after the last hop, and maxPaths how many.
	pathAge  = 60 * time.Second
	maxPaths = 10
	// headStart is how long an address has for its answer before the next one is tried as well
	// (RFC 8305, section 5: Connection Attempt Delay).
	headStart = 250 * time.Millisecond
	// probeInterval separates probes on one path while the current one is in doubt.
	probeInterval = 250 * time.Millisecond
	// maxProbes bounds the probes of one doubt: after them the rule of hopInterval takes over.
	maxProbes = 8
)

// pathState is one path and what is known of it.
type pathState struct {
	Path
	heard time.Time // newest fresh datagram that came on it
	probe time.Time // when it is probed next while there is doubt
}

// paths decides on which path datagrams go. There is one current path. While it is in doubt (nothing was
// ever heard, the network changed, the clock jumped) the others are probed, and the first that
// answers becomes the current one; the old one is kept until then.
type paths struct {
	servers []netip.AddrPort // in order of preference
	all     []*pathState
	current *pathState
	nextID  PathID
	retired []PathID
	lastHop time.Time

	doubtSince time.Time // zero: no doubt
	probes     int
}

func newPaths(now time.Time, servers []netip.AddrPort) paths {
	p := paths{servers: servers, lastHop: now}
	for i, s := range servers {
		st := p.open(s, netip.Addr{})
		st.probe = now.Add(time.Duration(i) * headStart)
	}
	p.current = p.all[0]
	p.current.probe = time.Time{}
	if len(servers) > 1 {
		p.doubtSince = now
	}
	return p
}

func (p *paths) open(remote netip.AddrPort, local netip.Addr) *pathState {
	st := &pathState{Path: Path{ID: p.nextID, Remote: remote, Local: local}}
	p.nextID++
	p.all = append(p.all, st)
	return st
}

// remote is the address of the server on path id.
func (p *paths) remote(id PathID) (netip.AddrPort, bool) {
	for _, s := range p.all {
		if s.ID == id {
			return s.Remote, true
		}
	}
	return netip.AddrPort{}, false
}

// heard takes a fresh datagram that came on path id, and reports whether that is now another one than before.
func (p *paths) heard(now time.Time, id PathID) (changed bool) {
	i := slices.IndexFunc(p.all, func(s *pathState) bool { return s.ID == id })
	if i < 0 {
		return false
	}
	st := p.all[i]
	st.heard = now
	if p.doubtSince.IsZero() {
		return false
	}
	changed = p.current != st
	p.current = st
	p.lastHop = now
	p.doubtSince = time.Time{}
	for _, s := range p.all {
		s.probe = time.Time{}
	}
	return changed
}

// doubt says that the current path may be dead at now: new sockets are opened to every address of the
// server, and all are probed until one answers. locals are source addresses worth trying in their own
// right; the system's choice is always tried.
func (p *paths) doubt(now time.Time, locals []netip.Addr) {
	p.doubtSince, p.probes = now, 0
	p.lastHop = now
	for i, s := range p.servers {
		st := p.open(s, netip.Addr{})
		st.probe = now
		if s.Addr() != p.current.Remote.Addr() {
			st.probe = now.Add(time.Duration(i) * time.Millisecond)
		}
		for _, l := range locals {
			if l.Is4() == s.Addr().Is4() {
				p.open(s, l).probe = now
			}
		}
	}
	p.current.probe = now
	p.prune(now)
}

// hop is the rule of stock: with no answer for hopInterval another local port is tried, after a send at now.
// lastRoundtrip is when the newest acknowledged state was sent; zero is never. It reports whether it hopped.
func (p *paths) hop(now, lastRoundtrip time.Time) bool {
	if now.Sub(p.lastHop) <= hopInterval || now.Sub(lastRoundtrip) <= hopInterval {
		return false
	}
	// Each address of the server in turn, since any family may be the one that comes back.
	i := slices.Index(p.servers, p.current.Remote)
	next := p.servers[(i+1)%len(p.servers)]
	p.current = p.open(next, netip.Addr{})
	p.lastHop = now
	if p.doubtSince.IsZero() {
		p.doubtSince, p.probes = now, maxProbes
	}
	p.prune(now)
	return true
}

// due returns the paths that are to be probed at now, and schedules their next probes.
func (p *paths) due(now time.Time, dst []*pathState) []*pathState {
	if p.doubtSince.IsZero() {
		return dst
	}
	for _, s := range p.all {
		if s.probe.IsZero() || s.probe.After(now) {
			continue
		}
		dst = append(dst, s)
		p.probes++
		s.probe = now.Add(probeInterval)
	}
	if p.probes > maxProbes*len(p.servers) {
		for _, s := range p.all {
			s.probe = time.Time{}
		}
	}
	return dst
}

// timeout is the time of the next probe; zero if none is scheduled.
func (p *paths) timeout() time.Time {
	var next time.Time
	if p.doubtSince.IsZero() {
		return next
	}
	for _, s := range p.all {
		next = earliest(next, s.probe)
	}
	return next
}

// prune retires paths: all but the current one pathAge after the last hop, the oldest above maxPaths.
func (p *paths) prune(now time.Time) {
	old := now.Sub(p.lastHop) > pathAge
	excess := len(p.all) - maxPaths
	kept := p.all[:0]
	for _, s := range p.all {
		if s != p.current && (old || excess > 0) {
			p.retired = append(p.retired, s.ID)
			excess--
			continue
		}
		kept = append(kept, s)
	}
	p.all = kept
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
