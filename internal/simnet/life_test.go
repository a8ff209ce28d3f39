package simnet_test

import (
	"net/netip"
	"runtime"
	"testing"
	"time"

	"mosh/internal/core/datagram"
	"mosh/internal/simnet"
)

// An idle session says no more than its heartbeats: one each way in 3 s, and an answer to nothing.
func TestIdle(t *testing.T) {
	s := newSession(1, perfect(), perfect())
	if err := s.Run(10 * time.Second); err != nil {
		s.fail(t, 1, err)
	}
	c, v := s.Datagrams(datagram.ToServer), s.Datagrams(datagram.ToClient)
	if err := s.Run(70 * time.Second); err != nil {
		s.fail(t, 1, err)
	}
	c, v = s.Datagrams(datagram.ToServer)-c, s.Datagrams(datagram.ToClient)-v
	if c > 20 || v > 20 {
		t.Errorf("%d and %d datagrams in a minute of silence", c, v)
	}
}

// Hours without a network: nothing is lost, nothing piles up, and it is over soon after.
func TestOutageOfHours(t *testing.T) {
	outage := []simnet.Outage{{From: 10 * time.Second, To: 5 * time.Hour}}
	up, down := perfect(), perfect()
	up.Outages, down.Outages = outage, outage
	s := newSession(2, up, down)
	for i := range 200 {
		s.At(20*time.Second+time.Duration(i)*time.Minute, func() { s.press("k") })
	}
	if err := s.Run(5 * time.Hour); err != nil {
		s.fail(t, 2, err)
	}
	if err := s.RunUntil(5*time.Hour+4*time.Second, s.synced); err != nil || !s.synced() {
		s.fail(t, 2, err)
	}
}

// One way only, for hours: the end that is heard must not fill up.
func TestOneWay(t *testing.T) {
	for name, cut := range map[string]func(up, down *simnet.Link){
		"only to the server": func(_, down *simnet.Link) {
			down.Outages = []simnet.Outage{{From: 10 * time.Second, To: 3 * time.Hour}}
		},
		"only to the client": func(up, _ *simnet.Link) { up.Outages = []simnet.Outage{{From: 10 * time.Second, To: 3 * time.Hour}} },
	} {
		up, down := perfect(), perfect()
		cut(up, down)
		s := newSession(3, up, down)
		for i := range 100 {
			s.At(20*time.Second+time.Duration(i)*time.Minute, func() { s.press("k") })
		}
		if err := s.Run(3 * time.Hour); err != nil {
			t.Log(name)
			s.fail(t, 3, err)
		}
		if err := s.RunUntil(3*time.Hour+15*time.Second, s.synced); err != nil || !s.synced() {
			t.Log(name)
			s.fail(t, 3, err)
		}
	}
}

// A rebinding of the translation and a change of address are over with the next datagram of the client.
func TestRoaming(t *testing.T) {
	s := newSession(4, perfect(), perfect())
	outside := netip.MustParseAddrPort("10.0.0.2:7001")
	s.Translate(clientAddr, netip.MustParseAddrPort("10.0.0.2:7000"))
	s.At(5*time.Second, func() { s.Translate(clientAddr, outside); s.press("a") })
	s.At(10*time.Second, func() { s.roam(roamAddr); s.press("b") })
	for _, step := range []struct {
		at   time.Duration
		from netip.AddrPort
	}{{5 * time.Second, outside}, {10 * time.Second, roamAddr}} {
		if err := s.Run(step.at + time.Millisecond); err != nil {
			s.fail(t, 4, err)
		}
		if err := s.RunUntil(step.at+150*time.Millisecond, s.synced); err != nil || !s.synced() || s.server.Stats().Sent == 0 {
			s.fail(t, 4, err)
		}
	}
}

// Memory does not grow with the length of a session.
func TestSoak(t *testing.T) {
	s := newSession(5, &simnet.Link{Delay: 20 * time.Millisecond, Loss: 0.05}, &simnet.Link{Delay: 20 * time.Millisecond, Loss: 0.05})
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	draw := 0
	var tick func()
	tick = func() {
		draw++
		s.draw = string(rune('a' + draw%26))
		s.show(s.Now)
		s.At(s.Elapsed()+100*time.Millisecond, tick)
	}
	s.At(time.Second, tick)
	if err := s.Run(time.Minute); err != nil {
		s.fail(t, 5, err)
	}
	s.Watch.Forget()
	before := heap()
	for i := range 10 {
		if err := s.Run(time.Minute * time.Duration(i+2)); err != nil {
			s.fail(t, 5, err)
		}
		s.Watch.Forget()
	}
	if after := heap(); after > before+1<<20 {
		t.Errorf("heap grew from %d to %d", before, after)
	}
}
