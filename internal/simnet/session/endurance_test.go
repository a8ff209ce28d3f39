package session

import (
	"net/netip"
	"testing"
	"time"

	"mosh/internal/core/datagram"
	"mosh/internal/core/wire"
	"mosh/internal/simnet"
)

// An end that was stopped for an hour, with what the kernel kept of the datagrams meanwhile, goes on where it was.
func TestStoppedForAnHour(t *testing.T) {
	for _, c := range []struct {
		name string
		stop func(*Session, bool)
	}{
		{"server", func(s *Session, stop bool) { s.server.hold(stop) }},
		{"client", func(s *Session, stop bool) { s.client.hold(stop) }},
	} {
		up, down := quietLinks()
		s := New(Config{Seed: 6, Up: up, Down: down})
		s.At(time.Second, func() { s.Type("before ") })
		s.At(10*time.Second, func() { c.stop(s, true) })
		if c.name == "server" {
			for i := range 50 {
				s.At(11*time.Second+time.Duration(i)*time.Minute, func() { s.Type("k") })
			}
		}
		s.At(time.Hour, func() { c.stop(s, false) })
		if err := s.Run(time.Hour); err != nil {
			t.Fatalf("%s: %v\n%s", c.name, err, s.Trace())
		}
		s.Type("x")
		if err := s.RunUntil(time.Hour+4*time.Second, s.Synced); err != nil || !s.Synced() {
			t.Errorf("%s: after an hour: %v, %s\n%s", c.name, err, s.difference(), s.Trace())
		}
		if st := s.Client.Stats(); st.Sent > 4000 {
			t.Errorf("%s: the client sent %d datagrams in an hour", c.name, st.Sent)
		}
	}
}

// A million changes of the window's size: the last one counts, and they leave nothing behind.
func TestManyResizes(t *testing.T) {
	up, down := quietLinks()
	s := New(Config{Seed: 7, Up: up, Down: down, NoWatch: true})
	if err := s.Run(2 * time.Second); err != nil {
		t.Fatal(err)
	}
	before := heap()
	const rounds, each = 2000, 500
	for i := range rounds {
		for j := range each {
			s.Client.Resize(s.Now, 40+(i+j)%60, 10+(i*7+j)%30)
		}
		if err := s.Run(s.Elapsed() + 20*ms); err != nil {
			t.Fatal(err)
		}
	}
	s.Client.Resize(s.Now, 77, 23)
	if err := s.RunUntil(s.Elapsed()+10*time.Second, s.Synced); err != nil || !s.Synced() {
		t.Fatalf("%v %s", err, s.difference())
	}
	if f := s.Server.Screen(s.Now); f.Width != 77 || f.Height != 23 {
		t.Errorf("the server's screen is %dx%d", f.Width, f.Height)
	}
	if after := heap(); after > before+8<<20 {
		t.Errorf("heap grew from %d to %d", before, after)
	}
}

// Hours of typing, drawing, resizing, roaming and outages on a link that loses: memory stays as it is, and so does the
// number of states kept. The real programs: `go run ./internal/tools/lab -soak 2h`.
func TestSoak(t *testing.T) {
	up := &simnet.Link{Delay: 25 * ms, Loss: 0.02, Jitter: 5 * ms, BurstEvery: time.Minute, BurstLength: time.Second}
	down := &simnet.Link{Delay: 25 * ms, Loss: 0.02, Jitter: 5 * ms, Reorder: 0.01, Duplicate: 0.01}
	s := New(Config{Seed: 8, Up: up, Down: down})
	r := s.Rand()
	for i := range 4 {
		a := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 7, byte(i)}), 5000)
		s.Join(a.Addr(), up, down)
		var roam func()
		roam = func() { s.Roam(a); s.After(40*time.Minute, roam) }
		s.At(time.Duration(10+10*i)*time.Minute, roam)
	}
	var act func()
	act = func() {
		switch r.IntN(8) {
		case 0:
			s.Client.Resize(s.Now, 40+r.IntN(80), 10+r.IntN(30))
		case 1, 2:
			s.Output([]byte("\x1b[H" + noise(r)))
		case 3:
			s.Type("\r")
		default:
			s.Type("soak")
		}
		s.After(time.Duration(r.Int64N(int64(4*time.Second))), act)
	}
	s.At(time.Second, act)
	hour := func(n int) uint64 {
		for m := range 60 {
			if err := s.Run(time.Duration(n)*time.Hour + time.Duration(m+1)*time.Minute); err != nil {
				t.Fatalf("hour %d: %v\n%s", n, err, s.Trace())
			}
			s.Watch.Forget()
		}
		s.typed, s.read, s.checked = s.typed[len(s.read):], nil, 0 // ours, not theirs
		return heap()
	}
	first := hour(0)
	for n := 1; n < 4; n++ {
		if now := hour(n); now > first+2<<20 {
			t.Errorf("hour %d: heap grew from %d to %d", n, first, now)
		}
	}
}

// "A lost first datagram does not cost 3 s": whichever of the first ones are lost, the first screen is there a quarter of a
// second later for each.
func TestFirstDatagramsLost(t *testing.T) {
	for lost, bound := range []time.Duration{110 * ms, 360 * ms, 860 * ms} {
		up, down := quietLinks()
		s := New(Config{Seed: 9, Up: up, Down: down})
		up.Outages = []simnet.Outage{{To: []time.Duration{0, 200 * ms, 600 * ms}[lost]}}
		if err := s.RunUntil(10*time.Second, func() bool { return s.Client.Stats().Received > 0 }); err != nil {
			t.Fatal(err)
		}
		if s.Elapsed() > bound {
			t.Errorf("%d datagrams lost: the first answer after %v, bound %v\n%s", lost, s.Elapsed(), bound, s.Trace())
		}
	}
}

// "An unknown base is answered at once": a peer that builds on what we do not hold soon learns what we do hold.
func TestUnknownBase(t *testing.T) {
	s := New(Config{Seed: 10, Up: &simnet.Link{Down: true}, Down: &simnet.Link{Down: true}, NoWatch: true})
	a := &attacker{ep: datagram.NewEndpoint(key, datagram.ToServer)}
	send := func(now time.Time, ins wire.TransportInstruction) {
		for _, b := range a.instruction(ins) {
			_ = s.Server.HandleDatagram(now, strangerAddr, false, b)
		}
	}
	now := simnet.Start
	send(now, wire.TransportInstruction{New: 1, Diff: wire.AppendResize(nil, 80, 24)})
	for range 40 { // the answers to that
		now = now.Add(50 * ms)
		s.Server.Advance(now)
		s.Server.AppendDatagrams(now, nil)
	}
	now = now.Add(400 * ms)
	send(now, wire.TransportInstruction{Old: 7, New: 8, Diff: wire.AppendKeystroke(nil, []byte("k"))})
	now = now.Add(5 * ms)
	s.Server.Advance(now)
	if out := s.Server.AppendDatagrams(now, nil); len(out) == 0 {
		t.Error("no answer 5 ms after a diff from a state that was never received")
	}
}
