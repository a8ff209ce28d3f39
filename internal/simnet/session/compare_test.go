package session

import (
	"fmt"
	"testing"
	"time"

	"mosh/internal/core/ssp"
	"mosh/internal/simnet"
)

// network is a link that both policies are measured on; a fresh one for each run.
type network struct {
	name string
	link func() *simnet.Link // towards the client, and towards the server unless up is set
	up   func() *simnet.Link
}

const ms = time.Millisecond

var networks = []network{
	{name: "clean, RTT 0.4", link: func() *simnet.Link { return &simnet.Link{Delay: 200 * time.Microsecond} }},
	{name: "clean, RTT 100", link: func() *simnet.Link { return &simnet.Link{Delay: 50 * ms} }},
	{name: "loss 29 %, RTT 100", link: func() *simnet.Link { return &simnet.Link{Delay: 50 * ms, Loss: 0.29} }},
	{name: "loss 5 %, RTT 250", link: func() *simnet.Link { return &simnet.Link{Delay: 125 * ms, Loss: 0.05} }},
	{name: "bursts 300 ms 10 %, RTT 60", link: func() *simnet.Link {
		return &simnet.Link{Delay: 30 * ms, BurstEvery: 3 * time.Second, BurstLength: 300 * ms}
	}},
	{name: "loss 1 %, RTT 30", link: func() *simnet.Link { return &simnet.Link{Delay: 15 * ms, Loss: 0.01} }},
	// A download keeps half a megabyte waiting: a second.
	{name: "full queue 1 s, RTT 50", link: func() *simnet.Link {
		return &simnet.Link{Delay: 25 * ms, Rate: 500000, Busy: func(time.Time) int { return 500000 }}
	}, up: func() *simnet.Link { return &simnet.Link{Delay: 25 * ms} }},
}

type figures struct {
	Median, Mean, P95, P99      time.Duration
	octets, datagrams, up, down float64 // per key
}

func measure(t *testing.T, n network, seed uint64, client, server ssp.Policy, keys int) figures {
	t.Helper()
	up, down := n.link(), n.link()
	if n.up != nil {
		up = n.up()
	}
	s := New(Config{Seed: seed, Up: up, Down: down, Client: client, Server: server})
	p, cost, err := s.Typing(keys, time.Hour)
	if err != nil {
		t.Fatalf("%s, seed %d: %v\n%s", n.name, seed, err, s.Trace())
	}
	if testing.Verbose() && *traceFlag {
		fmt.Println(s.Trace())
	}
	k := float64(keys)
	return figures{p.Latency.Quantile(0.5), p.Latency.Mean(), p.Latency.Quantile(0.95), p.Latency.Quantile(0.99), float64(cost.Octets) / k,
		float64(cost.Up+cost.Down) / k, float64(cost.Up) / k, float64(cost.Down) / k}
}

// mean is over the seeds.
func average(t *testing.T, n network, client, server ssp.Policy) figures {
	var sum figures
	const seeds = 3
	for seed := uint64(1); seed <= seeds; seed++ {
		f := measure(t, n, seed, client, server, 500)
		sum.Median += f.Median / seeds
		sum.Mean += f.Mean / seeds
		sum.P95 += f.P95 / seeds
		sum.P99 += f.P99 / seeds
		sum.octets += f.octets / seeds
		sum.datagrams += f.datagrams / seeds
	}
	return sum
}

// goals are bounds of ours on both ends, as shares of stock's on both ends; 0: none.
var goals = map[string]struct{ median, mean, p99, octets float64 }{
	"clean, RTT 0.4":     {0.2, 0.2, 0.2, 0.8},
	"clean, RTT 100":     {0.95, 0.95, 0.8, 0.9},
	"loss 29 %, RTT 100": {0.78, 0.70, 0.60, 2},
	"loss 5 %, RTT 250":  {0, 0.9, 0.65, 2},
	// TestBursts has the floor of the p99, 0.88 of stock's.
	"bursts 300 ms 10 %, RTT 60": {0.95, 0.89, 0.92, 2},
	"loss 1 %, RTT 30":           {0.85, 0.85, 0.65, 2},
	"full queue 1 s, RTT 50":     {1, 1, 1, 1},
}

// The rules of docs/network.md against stock's, on virtual time. With -v it prints the table.
func TestCompare(t *testing.T) {
	line := func(n network, who string, f figures) {
		r := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
		t.Logf("%-28s %-12s median %6.1f mean %6.1f p95 %6.1f p99 %6.1f ms  %5.0f octets %5.2f datagrams", n.name, who,
			r(f.Median), r(f.Mean), r(f.P95), r(f.P99), f.octets, f.datagrams)
	}
	for _, n := range networks {
		stock := average(t, n, ssp.Stock, ssp.Stock)
		ours := average(t, n, ssp.Own, ssp.Own)
		client, server := average(t, n, ssp.Own, ssp.Stock), average(t, n, ssp.Stock, ssp.Own)
		line(n, "stock/stock", stock)
		line(n, "ours/ours", ours)
		line(n, "ours/stock", client)
		line(n, "stock/ours", server)
		g := goals[n.name]
		for _, c := range []struct {
			what              string
			ours, stock, goal float64
		}{
			{"median", float64(ours.Median), float64(stock.Median), g.median},
			{"mean", float64(ours.Mean), float64(stock.Mean), g.mean},
			{"p99", float64(ours.P99), float64(stock.P99), g.p99},
			{"octets", ours.octets, stock.octets, g.octets},
			{"octets of ours/stock", client.octets, stock.octets, 2},
			{"octets of stock/ours", server.octets, stock.octets, 2},
			{"mean of ours/stock", float64(client.Mean), float64(stock.Mean), 1},
			{"mean of stock/ours", float64(server.Mean), float64(stock.Mean), 1.01},
		} {
			if c.goal > 0 && c.ours > c.stock*c.goal {
				t.Errorf("%s: %s is %.2f of stock's, goal %.2f", n.name, c.what, c.ours/c.stock, c.goal)
			}
		}
	}
}
