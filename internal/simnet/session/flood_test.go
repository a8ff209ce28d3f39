package session

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"mosh/internal/core/ssp"
	"mosh/internal/simnet"
)

// noiseText is lines of text that does not compress well, as base64 of random octets.
func noiseText(seed uint64) func() []byte {
	r := rand.New(rand.NewPCG(seed, 5))
	const set = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	return func() []byte {
		b := make([]byte, 0, 4096)
		for len(b) < 4000 {
			for range 78 {
				b = append(b, set[r.IntN(64)])
			}
			b = append(b, '\r', '\n')
		}
		return b
	}
}

func yes() []byte { return []byte("y\r\ny\r\ny\r\ny\r\ny\r\ny\r\ny\r\ny\r\n") }

// A program floods; ^C is answered by a prompt. The bounds are those of docs/network.md, Queues.
func TestInterrupt(t *testing.T) {
	for _, c := range []struct {
		name  string
		link  simnet.Link
		chunk func() []byte
		bound time.Duration // of every answer of ours
	}{
		{"yes, 1 Mbit/s, RTT 100", simnet.Link{Delay: 50 * ms, Rate: 125000, Queue: 128 << 10}, yes, 125 * ms},
		{"noise, 1 Mbit/s, RTT 100", simnet.Link{Delay: 50 * ms, Rate: 125000, Queue: 128 << 10}, noiseText(1), 160 * ms},
		{"noise, 100 kbit/s, RTT 100", simnet.Link{Delay: 50 * ms, Rate: 12500, Queue: 32 << 10}, noiseText(1), 250 * ms},
		{"noise, 100 kbit/s, RTT 20", simnet.Link{Delay: 10 * ms, Rate: 12500, Queue: 32 << 10}, noiseText(1), 170 * ms},
		{"noise, 10 Mbit/s, RTT 20", simnet.Link{Delay: 10 * ms, Rate: 1250000, Queue: 128 << 10}, noiseText(1), 40 * ms},
		{"noise, 1 Mbit/s, marks, RTT 20", simnet.Link{Delay: 10 * ms, Rate: 125000, Mark: 3000}, noiseText(1), 80 * ms},
	} {
		for _, p := range []ssp.Policy{ssp.Stock, ssp.Own} {
			up, down := c.link, c.link
			s := New(Config{Seed: 1, Up: &up, Down: &down, Client: p, Server: p, NoWatch: true, Program: &Flood{Every: 5 * ms, Chunk: c.chunk}})
			l, err := s.Interrupt(8, 2*time.Second, time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(l)
			worst := l[len(l)-1]
			t.Logf("%-28s policy %d: median %5.1f max %5.1f ms; %4d datagrams, %6d octets down, %d dropped", c.name, p, float64(l[len(l)/2].Microseconds())/1000,
				float64(worst.Microseconds())/1000, down.Passed, down.Octets, down.Dropped)
			if p == ssp.Own && worst > c.bound {
				t.Errorf("%s: %v, bound %v", c.name, worst, c.bound)
			}
		}
	}
}
