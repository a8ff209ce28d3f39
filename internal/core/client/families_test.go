package client

import (
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"mosh/internal/core/datagram"
	"mosh/internal/core/predict"
	"mosh/internal/core/server"
)

var (
	server6 = netip.MustParseAddrPort("[2001:db8::1]:60001")
	client6 = netip.MustParseAddrPort("[2001:db8::2]:4000")
)

// firstScreen is how long a client with these addresses of the server waits for its first screen, when datagrams
// to and from dead vanish and the others take latency each way.
func firstScreen(t *testing.T, servers []netip.AddrPort, dead netip.AddrPort, latency time.Duration) time.Duration {
	t.Helper()
	start := time.Unix(1_000_000, 0)
	key, rng := datagram.NewKey([16]byte{1, 2, 3}), rand.New(rand.NewPCG(1, 2))
	s := server.New(start, server.Config{Width: 80, Height: 24, Program: "test 1", Rand: rng})
	s.AddPeer(start, key)
	s.HostOutput(start, []byte("$ "))
	c := New(start, Config{Key: key, Servers: servers, Width: 80, Height: 24, Predict: predict.Never, Rand: rng})
	type flight struct {
		at     time.Time
		path   Path
		up     bool
		octets []byte
	}
	var air []flight
	ways := map[netip.AddrPort]Path{} // by the client's address
	for now := start; now.Before(start.Add(connectTimeout)); {
		for len(air) > 0 && !air[0].at.After(now) {
			f := air[0]
			air = air[1:]
			from := clientAddr
			if f.path.Remote == server6 {
				from = client6
			}
			var err error
			if f.up {
				ways[from] = f.path
				err = s.HandleDatagram(now, from, false, f.octets)
			} else {
				err = c.HandleDatagram(now, f.path.ID, f.path.Remote, false, f.octets)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		c.Advance(now)
		s.Advance(now)
		if c.heard() && line(c.screen, 0) == "$" {
			return now.Sub(start)
		}
		for _, d := range c.AppendDatagrams(now, nil) {
			if d.Path.Remote != dead {
				air = append(air, flight{now.Add(latency), d.Path, true, append([]byte(nil), d.B...)})
			}
		}
		for _, d := range s.AppendDatagrams(now, nil) {
			if p := ways[d.To]; p.Remote != dead {
				air = append(air, flight{now.Add(latency), p, false, append([]byte(nil), d.B...)})
			}
		}
		next := earliest(c.NextTimeout(), s.NextTimeout())
		if len(air) > 0 {
			next = earliest(next, air[0].at)
		}
		now = later(now, next)
	}
	t.Fatal("no screen came")
	return 0
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// TestDeadFamily: a server with two addresses of which one swallows everything costs less than a second more than
// the good one alone (issue 5), whichever it is, and nothing if the good one is tried first.
func TestDeadFamily(t *testing.T) {
	for _, latency := range []time.Duration{time.Millisecond, 30 * time.Millisecond, 150 * time.Millisecond, 400 * time.Millisecond} {
		alone := firstScreen(t, []netip.AddrPort{serverAddr}, netip.AddrPort{}, latency)
		good := firstScreen(t, []netip.AddrPort{serverAddr, server6}, server6, latency)
		bad := firstScreen(t, []netip.AddrPort{server6, serverAddr}, server6, latency)
		t.Logf("latency %v: alone %v, dead second %v, dead first %v", latency, alone, good, bad)
		if good != alone {
			t.Errorf("latency %v: a dead second address costs %v", latency, good-alone)
		}
		if bad-alone >= time.Second {
			t.Errorf("latency %v: a dead first address costs %v", latency, bad-alone)
		}
	}
}
