package session

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"

	"mosh/internal/core/datagram"
	"mosh/internal/core/ssp"
	"mosh/internal/simnet"
)

var seedFlag = flag.Uint64("seed", 0, "run only this seed of the random sessions")

// painter echoes, and draws on its own account whatever a program may draw.
type painter struct{ rand *rand.Rand }

func (p painter) Input(s *Session, b []byte) { Echo{}.Input(s, b) }

func (p painter) draw(s *Session) {
	r := p.rand
	var b []byte
	for range 1 + r.IntN(6) {
		switch r.IntN(9) {
		case 0:
			b = fmt.Appendf(b, "\x1b[%d;%dH", 1+r.IntN(30), 1+r.IntN(90))
		case 1:
			b = fmt.Appendf(b, "\x1b[%dm", []int{0, 1, 4, 7, 31, 42, 97}[r.IntN(7)])
		case 2:
			b = append(b, "\x1b[J"...)
		case 3:
			b = fmt.Appendf(b, "\x1b[%dX\x1b[K", 1+r.IntN(20))
		case 4:
			b = append(b, "\r\n\n"...)
		case 5:
			b = append(b, "日本語 é 👍🏽"...)
		case 6:
			b = fmt.Appendf(b, "\x1b]0;title %d\a", r.IntN(10))
		case 7:
			b = append(b, []string{"\x1b[?2026h", "\x1b[?2026l", "\x1b[?1h", "\x1b[?1l", "\x1b[3 q", "\x1b[9m"}[r.IntN(6)]...)
		default:
			for range r.IntN(200) {
				b = append(b, byte(' '+r.IntN(95)))
			}
		}
	}
	s.Output(b)
}

func randomLink(r *rand.Rand) *simnet.Link {
	span := func(n int) time.Duration { return time.Duration(r.IntN(n+1)) * ms }
	l := &simnet.Link{Delay: span(300), Loss: r.Float64() * 0.6, Duplicate: r.Float64() * 0.2, Reorder: r.Float64() * 0.2}
	if r.IntN(2) == 0 {
		l.Jitter = span(100)
	}
	switch r.IntN(6) {
	case 0:
		l.Rate, l.Queue, l.Mark = 2000+r.IntN(20000), 3000+r.IntN(20000), r.IntN(2)*2000
	case 1:
		l.BurstEvery, l.BurstLength = 2*time.Second, 300*ms
	case 2:
		from := span(6000)
		l.Outages = []simnet.Outage{{From: from, To: from + span(20000)}}
	}
	return l
}

const (
	badTime = 8 * time.Second
	// healBound is how long after the network is whole both ends must agree: a heartbeat of each side with what it
	// carries, a port hop, and the frame intervals between.
	healBound = 14 * time.Second
	roamPort  = 6000
)

func (s *Session) fail(t *testing.T, seed uint64, err error) {
	t.Helper()
	t.Fatalf("seed %d: %v\nreplay with: go test ./internal/simnet/session -run %s -seed %d\n%s", seed, err, t.Name(), seed, s.Trace())
}

// runRandom is a session on a network that does its worst and then heals.
func runRandom(t *testing.T, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 77))
	up, down := randomLink(r), randomLink(r)
	p := painter{r}
	s := New(Config{Seed: seed, Up: up, Down: down, Client: ssp.Policy(seed & 1 & (seed >> 2)), Server: ssp.Policy(seed >> 1 & 1 & (seed >> 2)),
		Width: 20 + r.IntN(60), Height: 4 + r.IntN(20), Program: p})
	at := func(f func()) { s.At(time.Duration(r.IntN(int(badTime/ms)))*ms, f) }
	for range 3 + r.IntN(20) {
		var key strings.Builder
		key.WriteString(string(rune('a' + r.IntN(26))))
		if r.IntN(12) == 0 {
			for range r.IntN(2000) {
				key.WriteString(string(rune(' ' + r.IntN(95))))
			}
		}
		at(func() { s.Type(key.String()) })
	}
	for range r.IntN(25) {
		at(func() { p.draw(s) })
	}
	for range r.IntN(3) {
		w, h := 1+r.IntN(90), 1+r.IntN(30)
		at(func() { s.Client.Resize(s.Now, w, h) })
	}
	roamTo := netip.AddrPortFrom(netip.MustParseAddr("10.9.9.9"), roamPort)
	s.Join(roamTo.Addr(), up, down)
	if r.IntN(3) == 0 {
		at(func() { s.Roam(roamTo) })
	}
	if r.IntN(4) == 0 {
		at(func() { s.Client.NetworkChanged(s.Now, nil) })
	}
	if err := s.Run(badTime); err != nil {
		s.fail(t, seed, err)
	}
	*up, *down = simnet.Link{Delay: 10 * ms}, simnet.Link{Delay: 10 * ms}
	if err := s.RunUntil(badTime+healBound, s.Synced); err != nil || !s.Synced() {
		s.fail(t, seed, fmt.Errorf("%v; not equal %v after the network was whole: the program read %.40q of %.40q; %s", err, healBound, s.read, s.typed, s.difference()))
	}
	if _, done := s.Client.Done(); done {
		s.fail(t, seed, fmt.Errorf("the client is over"))
	}
	if seed%8 == 0 {
		s.idle(t, seed)
	}
}

// idle lets everything be acknowledged and then counts half a minute of nothing.
func (s *Session) idle(t *testing.T, seed uint64) {
	from := s.Elapsed() + 15*time.Second
	if err := s.Run(from); err != nil {
		s.fail(t, seed, err)
	}
	up, down := s.Datagrams(datagram.ToServer), s.Datagrams(datagram.ToClient)
	if err := s.Run(from + 30*time.Second); err != nil {
		s.fail(t, seed, err)
	}
	if up, down = s.Datagrams(datagram.ToServer)-up, s.Datagrams(datagram.ToClient)-down; up > 11 || down > 11 {
		s.fail(t, seed, fmt.Errorf("%d and %d datagrams in half a minute of nothing", up, down))
	}
}

// Sessions of all pairs of policies on networks that lose, double, reorder, delay, cut and mark; the invariants of
// docs/design.md, section 9, hold at each step, and both ends agree soon after the network is whole.
func TestRandomSessions(t *testing.T) {
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

// Hours without a network, with keys typed all along: nothing is lost, nothing piles up, and it is over soon after.
func TestOutageOfHours(t *testing.T) {
	for _, c := range []struct{ up, down bool }{{true, true}, {true, false}, {false, true}} {
		up, down := quietLinks()
		for l, cut := range map[*simnet.Link]bool{up: c.up, down: c.down} {
			if cut {
				l.Outages = []simnet.Outage{{From: 10 * time.Second, To: 4 * time.Hour}}
			}
		}
		s := New(Config{Seed: 2, Up: up, Down: down})
		for i := range 200 {
			s.At(20*time.Second+time.Duration(i)*time.Minute, func() { s.Type("k") })
		}
		if err := s.Run(4 * time.Hour); err != nil {
			s.fail(t, 2, err)
		}
		sent := s.Datagrams(datagram.ToServer)
		if limit := 4 * 3600 / 2; sent > limit {
			t.Errorf("%+v: %d datagrams in 4 hours, at most %d expected", c, sent, limit)
		}
		if err := s.RunUntil(4*time.Hour+13*time.Second, s.Synced); err != nil || !s.Synced() {
			s.fail(t, 2, fmt.Errorf("%+v: not equal: %v", c, err))
		}
	}
}
