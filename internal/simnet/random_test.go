package simnet_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"mosh/internal/core/datagram"
	"mosh/internal/simnet"
)

func randomLink(r *rand.Rand) *simnet.Link {
	ms := func(n int) time.Duration { return time.Duration(r.IntN(n+1)) * time.Millisecond }
	l := &simnet.Link{Delay: ms(300), Loss: r.Float64() * 0.6, Duplicate: r.Float64() * 0.2, Reorder: r.Float64() * 0.2}
	if r.IntN(2) == 0 {
		l.Jitter = ms(100)
	}
	if r.IntN(4) == 0 {
		l.Rate, l.Queue = 2000+r.IntN(20000), 3000+r.IntN(20000)
	}
	if r.IntN(4) == 0 {
		l.MTU = 600 + r.IntN(700)
	}
	if r.IntN(4) == 0 {
		l.BurstEvery, l.BurstLength = 2*time.Second, 300*time.Millisecond
	}
	if r.IntN(6) == 0 {
		from := ms(10000)
		l.Outages = []simnet.Outage{{From: from, To: from + ms(20000)}}
	}
	return l
}

// noise is up to n octets that do not compress.
func noise(r *rand.Rand, n int) string {
	b := make([]byte, r.IntN(n+1))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return string(b)
}

// healBound is how long after the network is whole both sides must agree: a
// heartbeat of each side with what it carries, and the frame intervals between.
const healBound = 10 * time.Second

// A user types, a screen changes, the network does its worst for 20 s; then it
// heals and both sides must be equal soon.
func runRandom(t *testing.T, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 99))
	up, down := randomLink(r), randomLink(r)
	s := newSession(seed, up, down)
	at := func() time.Duration { return time.Duration(r.IntN(20000)) * time.Millisecond }
	for range 5 + r.IntN(30) {
		key := stream(fmt.Sprintf("%c", 'a'+r.IntN(26)))
		if r.IntN(16) == 0 { // a paste, of several datagrams
			key = stream(noise(r, 3000))
		}
		s.At(at(), func() { s.press(key) })
	}
	for range r.IntN(20) {
		draw := fmt.Sprintf("line %d", r.IntN(1000))
		if r.IntN(4) == 0 { // a repaint, of several datagrams
			draw = noise(r, 4000)
		}
		s.At(at(), func() { s.draw = draw; s.show(s.Now) })
	}
	for range r.IntN(3) {
		port := uint16(7000 + r.IntN(1000))
		s.At(at(), func() { s.Translate(s.cEnd.Local, netip.AddrPortFrom(s.cEnd.Local.Addr(), port)) })
	}
	if r.IntN(3) == 0 {
		s.At(at(), func() { s.roam(roamAddr) })
	}
	small := up.MTU > 0 || down.MTU > 0
	if small { // no discovery at this layer: the driver has been told
		s.client.SetPayloadLimit(500)
		s.server.SetPayloadLimit(500)
	}
	if err := s.Run(20 * time.Second); err != nil {
		s.fail(t, seed, err)
	}
	*up, *down = *perfect(), *perfect()
	if err := s.RunUntil(20*time.Second+healBound, s.synced); err != nil {
		s.fail(t, seed, err)
	}
	if !s.synced() {
		s.fail(t, seed, fmt.Errorf("not equal %v after the network was whole: host read %.40q of %.40q, user sees %.40q of %.40q", healBound, s.server.Remote(), s.typed, s.client.Remote(), s.shown))
	}
	if *traceFlag {
		t.Log(s.Trace())
	}
}

func TestRandomNetworks(t *testing.T) {
	if *seedFlag != 0 {
		runRandom(t, *seedFlag)
		return
	}
	runs := uint64(2000)
	if testing.Short() {
		runs = 300
	}
	for seed := uint64(1); seed <= runs; seed++ {
		runRandom(t, seed)
	}
}

// The same seed is the same run, to the octet.
func TestDeterministic(t *testing.T) {
	run := func() string {
		r := rand.New(rand.NewPCG(7, 7))
		s := newSession(7, randomLink(r), randomLink(r))
		for i := range 20 {
			s.At(time.Duration(i)*300*time.Millisecond, func() { s.press("k") })
		}
		if err := s.Run(10 * time.Second); err != nil {
			s.fail(t, 7, err)
		}
		return fmt.Sprint(s.Trace(), s.Octets(datagram.ToServer), s.Octets(datagram.ToClient))
	}
	if a, b := run(), run(); a != b {
		t.Errorf("two runs differ:\n%s\n\n%s", a, b)
	}
}
