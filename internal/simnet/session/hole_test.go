package session

import (
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"

	"mosh/internal/core/ssp"
	"mosh/internal/simnet"
)

// A path swallows datagrams over 1000 octets without a word. The first screen that needs them is there soon after the
// ack that is missed, the next ones as soon as on any path; and a stock peer is helped as well.
func TestBlackHole(t *testing.T) {
	const bound = 1200 * ms
	for _, client := range []ssp.Policy{ssp.Own, ssp.Stock} {
		up, down := quietLinks()
		up.MTU, down.MTU = 1000, 1000
		s := New(Config{Seed: 1, Up: up, Down: down, Client: client, Server: ssp.Own})
		s.At(time.Second, func() { s.Type("a") })
		r := rand.New(rand.NewPCG(1, 1))
		shown := make([]time.Duration, 3)
		for i := range shown {
			at := time.Duration(2+3*i) * time.Second
			s.At(at, func() {
				s.Type("\r")
				s.After(60*ms, func() { s.Output([]byte("\x1b[H" + noise(r))) })
			})
			if err := s.Run(at + 100*ms); err != nil {
				t.Fatal(err)
			}
			for !s.Synced() && s.Elapsed() < at+10*time.Second {
				if err := s.Run(s.Elapsed() + 10*ms); err != nil {
					t.Fatal(err)
				}
			}
			shown[i] = s.Elapsed() - at
			if err := s.Run(at + 3*time.Second); err != nil {
				t.Fatal(err)
			}
		}
		t.Logf("client %v: screens after %v", client, shown)
		if shown[0] > bound || shown[1] > 400*ms || shown[2] > 400*ms {
			t.Errorf("client %v: screens after %v\n%s", client, shown, s.Trace())
		}
	}
}

// noise is a screen that does not compress.
func noise(r *rand.Rand) string {
	var b strings.Builder
	for range 20 {
		for range 78 {
			b.WriteByte('0' + byte(r.IntN(64)))
		}
		b.WriteString("\r\n")
	}
	return b.String()
}

// screens lets the program paint n screens that need several datagrams, a second apart from at on, and returns how long
// each took to be seen.
func (s *Session) screens(t *testing.T, at time.Duration, n int) (shown []time.Duration) {
	t.Helper()
	for i := range n {
		start := at + time.Duration(i)*time.Second
		if err := s.Run(start); err != nil {
			t.Fatalf("%v\n%s", err, s.Trace())
		}
		s.Output([]byte("\x1b[H" + noise(s.Rand())))
		s.Server.Advance(s.Now)
		for !s.Synced() && s.Elapsed() < start+990*ms {
			if err := s.Run(s.Elapsed() + 5*ms); err != nil {
				t.Fatalf("%v\n%s", err, s.Trace())
			}
		}
		shown = append(shown, s.Elapsed()-start)
	}
	return shown
}

// The largest datagram of a path is found without ICMP, up to packets of 1500 octets and within 32 octets, also on a path
// that loses; only a session that needs it looks for it.
func TestPathMTU(t *testing.T) {
	for _, c := range []struct {
		mtu  int
		loss float64
	}{{0, 0}, {1500, 0}, {1492, 0}, {1400, 0}, {1280, 0}, {1000, 0}, {600, 0}, {1400, 0.1}} {
		up, down := quietLinks()
		up.MTU, down.MTU, up.Loss, down.Loss = c.mtu, c.mtu, c.loss, c.loss
		s := New(Config{Seed: 1, Up: up, Down: down})
		if c.mtu == 0 {
			s.Type("only typed")
			if err := s.Run(time.Minute); err != nil {
				t.Fatal(err)
			}
			if st := s.Server.Stats(); st.PayloadLimit != ssp.PayloadIPv4 || down.Octets > 4000 {
				t.Errorf("who only types searched: limit %d, %d octets", st.PayloadLimit, down.Octets)
			}
			continue
		}
		shown := s.screens(t, 2*time.Second, 12)
		got, want := s.Server.Stats().PayloadLimit, c.mtu-28
		t.Logf("MTU %d, loss %v: limit %d, screens after %v", c.mtu, c.loss, got, shown)
		if c.loss == 0 && (got > want || got < min(want, 1472)-32) {
			t.Errorf("MTU %d: limit %d\n%s", c.mtu, got, s.Trace())
		}
		if last := shown[len(shown)-1]; c.loss == 0 && last > 130*ms {
			t.Errorf("MTU %d: the last screen took %v", c.mtu, last)
		}
		if err := s.Run(2 * time.Minute); err != nil {
			t.Fatal(err)
		}
		before := down.Octets
		if err := s.Run(3 * time.Minute); err != nil {
			t.Fatal(err)
		}
		if n := down.Octets - before; n > 1400 {
			t.Errorf("MTU %d: %d octets in a minute of nothing, long after", c.mtu, n)
		}
	}
}

// The path's largest datagram shrinks in the middle of a session, without a word: the first screen that meets it is there
// within two round trips and a half (a round trip until it is missed, one for what is sent instead), the next at once.
// It grows again: that is found when it is looked for, after ten minutes.
func TestPathMTUChanges(t *testing.T) {
	up, down := quietLinks()
	s := New(Config{Seed: 1, Up: up, Down: down})
	s.screens(t, 2*time.Second, 6)
	if got := s.Server.Stats().PayloadLimit; got != 1472 {
		t.Fatalf("limit %d", got)
	}
	down.MTU, up.MTU = 1100, 1100
	shown := s.screens(t, 10*time.Second, 8)
	t.Logf("after the path shrank: screens after %v, limit %d", shown, s.Server.Stats().PayloadLimit)
	if shown[0] > 275*ms || shown[7] > 130*ms {
		t.Errorf("screens after %v\n%s", shown, s.Trace())
	}
	if got := s.Server.Stats().PayloadLimit; got > 1072 || got < 1040 {
		t.Errorf("limit %d", got)
	}
	down.MTU, up.MTU = 0, 0
	s.screens(t, 12*time.Minute, 4)
	if got := s.Server.Stats().PayloadLimit; got != 1472 {
		t.Errorf("limit %d ten minutes after the path grew", got)
	}
}

// With ICMP, or an interface that is too small, the system refuses a probe: that ends the try at once and nothing else.
func TestPathMTUWithICMP(t *testing.T) {
	up, down := quietLinks()
	down.MTU = 1400
	s := New(Config{Seed: 1, Up: up, Down: down})
	dropped := 0
	s.Check(func(*simnet.Net) error {
		if down.Dropped > dropped {
			dropped = down.Dropped
			s.Server.TooBig(s.Now)
		}
		return nil
	})
	s.screens(t, 2*time.Second, 6)
	if got := s.Server.Stats().PayloadLimit; got > 1372 || got < 1340 {
		t.Errorf("limit %d\n%s", got, s.Trace())
	}
	if dropped > 5 {
		t.Errorf("%d datagrams were too large", dropped)
	}
}

// A client that comes from elsewhere has another path: nothing larger than what every path takes is sent there first.
func TestPathMTURoams(t *testing.T) {
	up, down := quietLinks()
	s := New(Config{Seed: 1, Up: up, Down: down})
	s.screens(t, 2*time.Second, 6)
	if got := s.Server.Stats().PayloadLimit; got != 1472 {
		t.Fatalf("limit %d", got)
	}
	roamed := netip.MustParseAddrPort("10.9.9.9:6000")
	s.Join(roamed.Addr(), &simnet.Link{Delay: 50 * ms, MTU: 1300}, &simnet.Link{Delay: 50 * ms, MTU: 1300})
	s.Roam(roamed)
	s.Type("k")
	if err := s.Run(s.Elapsed() + time.Second); err != nil {
		t.Fatal(err)
	}
	shown := s.screens(t, 20*time.Second, 4)
	if got := s.Server.Stats().PayloadLimit; got > 1272 || got < 1240 || shown[0] > 130*ms {
		t.Errorf("limit %d, screens after %v", got, shown)
	}
}
