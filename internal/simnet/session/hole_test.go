package session

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"mosh/internal/core/ssp"
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
