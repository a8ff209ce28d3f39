package clientloop

import (
	"net/netip"
	"slices"

	"mosh/internal/drive/clock"
	"mosh/internal/drive/udp"
)

// maxLocals bounds the source addresses that are probed after a change: machines with many bridges have
// dozens that lead nowhere.
const maxLocals = 4

// network is what the ways out of this machine looked like when they were last asked for.
type network struct {
	locals  []netip.Addr
	sources []netip.Addr // towards each address of the server; invalid: no route
}

func observe(servers []netip.AddrPort) network {
	var n network
	if all, err := udp.LocalAddrs(); err == nil {
		for _, a := range all {
			n.locals = append(n.locals, a.Addr)
		}
	}
	for _, s := range servers {
		source, _ := udp.SourceFor(s)
		n.sources = append(n.sources, source)
	}
	return n
}

// networkChanged looks at what a hint of the system means: the session is told only of new addresses and of
// another way to the server. An address that went away is told too, for the way that used it is gone.
func (l *loop) networkChanged() {
	next := observe(l.Servers)
	same := slices.Equal(next.locals, l.seen.locals) && slices.Equal(next.sources, l.seen.sources)
	var added []netip.Addr
	for _, a := range next.locals {
		if !slices.Contains(l.seen.locals, a) && !slices.Contains(next.sources, a) && len(added) < maxLocals {
			added = append(added, a)
		}
	}
	l.seen = next
	if !same {
		l.Session.NetworkChanged(clock.Now(), added)
	}
}
