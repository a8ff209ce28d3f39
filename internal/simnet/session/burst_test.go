package session

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"mosh/internal/core/ssp"
	"mosh/internal/simnet"
)

// oracle is what a sender would reach that knew when each outage ends: it sends once, at the first moment that passes.
func oracle(n network, seeds uint64, keys int) latencies {
	var all latencies
	for seed := range seeds {
		up, down, r := n.link(), n.link(), rand.New(rand.NewPCG(seed, 1))
		pass := func(l *simnet.Link, at time.Time) time.Time {
			for !l.Open(at, r) {
				at = at.Add(ms / 10)
			}
			return at.Add(l.Delay)
		}
		now := simnet.Start
		for range keys {
			now = now.Add(think(r))
			shown := pass(down, pass(up, now).Add(300*time.Microsecond))
			all = append(all, shown.Sub(now))
			now = shown
		}
	}
	slices.Sort(all)
	return all
}

// pooled are the latencies of several seeds together, and the octets a key.
func pooled(t *testing.T, n network, p ssp.Policy, seeds uint64, keys int) (all latencies, octets float64) {
	for seed := uint64(1); seed <= seeds; seed++ {
		s := New(Config{Seed: seed, Up: n.link(), Down: n.link(), Client: p, Server: p})
		y, cost, err := s.Typing(keys, time.Hour)
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, s.Trace())
		}
		all = append(all, y.Latency...)
		octets += float64(cost.Octets) / float64(keys) / float64(seeds)
	}
	slices.Sort(all)
	return all, octets
}

// Who types in an outage waits for its end, whatever the rules are; ours are within a few percent of that floor, with
// less than twice stock's octets.
func TestBursts(t *testing.T) {
	n := networks[slices.IndexFunc(networks, func(n network) bool { return n.name == "bursts 300 ms 10 %, RTT 60" })]
	floor := oracle(n, 100, 500)
	stock, stockOctets := pooled(t, n, ssp.Stock, 12, 500)
	ours, octets := pooled(t, n, ssp.Own, 12, 500)
	for who, l := range map[string]latencies{"floor": floor, "stock": stock, "ours": ours} {
		t.Logf("%s: median %v mean %v p95 %v p98 %v p99 %v", who, l.Quantile(0.5), l.Mean(), l.Quantile(0.95), l.Quantile(0.98), l.Quantile(0.99))
	}
	t.Logf("octets a key: stock %.0f, ours %.0f", stockOctets, octets)
	for _, q := range []float64{0.5, 0.95, 0.98, 0.99} {
		if f := floor.Quantile(q); ours.Quantile(q) > f*106/100 {
			t.Errorf("quantile %v is %v, floor %v", q, ours.Quantile(q), f)
		}
	}
	if octets > 2*stockOctets {
		t.Errorf("%.0f octets a key, stock %.0f", octets, stockOctets)
	}
}
