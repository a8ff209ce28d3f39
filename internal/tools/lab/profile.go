//go:build linux

package main

import (
	"time"

	"mosh/internal/netlab"
)

// profile is one row of the table: a link, and what is measured on it.
type profile struct {
	name, about string
	up, down    netlab.Path
	nat         bool
	measure     func(*run) error
	goals       []goal
}

// goal is a bound for ours, on the median, mean, p95 or p99 in milliseconds, or another figure of result.figure.
type goal struct {
	figure string
	of     string  // the variant it is relative to; "" for an absolute bound
	factor float64 // times that variant's figure
	plus   float64 // and this added
}

func both(p netlab.Path) (up, down netlab.Path) { return p, p }

func rtt(d time.Duration) netlab.Path { return netlab.Path{Delay: d / 2} }

const ms = time.Millisecond

// profiles are the links of the comparison, in the order of the table.
func profiles() []profile {
	symmetric := func(name, about string, p netlab.Path, measure func(*run) error, goals ...goal) profile {
		up, down := both(p)
		return profile{name: name, about: about, up: up, down: down, measure: measure, goals: goals}
	}
	loss29, loss5, bursts := rtt(100*ms), rtt(250*ms), rtt(60*ms)
	loss29.Loss, loss5.Loss = 0.29, 0.05
	bursts.BurstLoss, bursts.BurstLen = 0.10, 300*ms
	mbit, thin := rtt(100*ms), rtt(100*ms)
	mbit.Rate, mbit.Queue = 1e6, 128<<10
	thin.Rate, thin.Queue = 100e3, 32<<10
	marks := rtt(20 * ms)
	marks.Rate, marks.Queue, marks.MarkAt = 1e6, 128<<10, 3000
	lteUp, lteDown := rtt(50*ms), rtt(50*ms)
	lteUp.Rate, lteUp.Queue = 2e6, 1250e3
	lteDown.Rate, lteDown.Queue = 4e6, 2500e3
	nat := symmetric("rebind", "NAT rebinding, RTT 100 ms; from the change to the next key's echo", rtt(100*ms), rebinding,
		goal{figure: "median", plus: 115})
	nat.nat = true
	return []profile{
		symmetric("loss29", "29 % loss each way, RTT 100 ms", loss29, typing,
			goal{"median", "stock", 0.78, 0}, goal{"mean", "stock", 0.70, 0}, goal{"p99", "stock", 0.60, 0},
			goal{"octets", "stock", 2, 0}),
		symmetric("loss5", "5 % loss each way, RTT 250 ms", loss5, typing,
			goal{"mean", "stock", 0.9, 0}, goal{"p99", "stock", 0.65, 0}, goal{"octets", "stock", 2, 0}),
		symmetric("bursts", "10 % loss in bursts of 300 ms, RTT 60 ms", bursts, typing,
			goal{"p99", "stock", 0.65, 0}, goal{"octets", "stock", 2, 0}),
		symmetric("clean100", "clean, RTT 100 ms", rtt(100*ms), typing,
			goal{figure: "median", plus: 104}, goal{figure: "p95", plus: 110}, goal{"octets", "stock", 1, 0}),
		symmetric("lan", "clean, RTT below 1 ms", netlab.Path{}, typing, goal{"median", "ssh", 1, 1.5}),
		symmetric("garbage", "100,000 forged datagrams a second to the server, clean, RTT below 1 ms", netlab.Path{}, underGarbage,
			goal{"median", "quiet ours", 1, 20}, goal{"p95", "quiet ours", 1, 20}),
		symmetric("flood1m", "1 Mbit/s, `yes` flooding, Ctrl-C to prompt, RTT 100 ms", mbit,
			flooding("yes"), goal{figure: "median", plus: 125}),
		symmetric("noise1m", "1 Mbit/s, changing text flooding, Ctrl-C to prompt, RTT 100 ms", mbit,
			flooding("base64 -w 78 /dev/urandom")),
		symmetric("marks4", "1 Mbit/s that marks from 3 kB of queue on, IPv4, changing text flooding, RTT 20 ms", marks,
			flooding("base64 -w 78 /dev/urandom")),
		symmetric("marks6", "the same, IPv6, where stock reads no marks", marks,
			floodingAt(netlab.ServerV6, "base64 -w 78 /dev/urandom")),
		symmetric("flood100k", "100 kbit/s, changing text flooding, Ctrl-C to prompt, RTT 100 ms", thin,
			flooding("base64 -w 78 /dev/urandom"), goal{figure: "median", plus: 250}),
		{name: "lte", about: "5 s queue filled by a TCP download, RTT 50 ms", up: lteUp, down: lteDown, measure: bulk,
			goals: []goal{{"median", "stock", 1, 0}}},
		symmetric("hole", "packets over 1000 octets vanish, RTT 100 ms; a screen of incompressible text", rtt(100*ms),
			screenful),
		symmetric("outage", "link down 20 s, RTT 100 ms; key typed when it is up again", rtt(100*ms), outage(false),
			goal{figure: "median", plus: 110}),
		symmetric("outage-typed", "link down 20 s, RTT 100 ms; key typed in the middle, from up to its echo", rtt(100*ms),
			outage(true)),
		symmetric("roam44", "address change IPv4 to IPv4, RTT 100 ms; from the change to the next key's echo", rtt(100*ms),
			roaming(netlab.ClientV4, netlab.ClientV4b), goal{figure: "median", plus: 115}),
		symmetric("roam46", "address change IPv4 to IPv6, RTT 100 ms", rtt(100*ms),
			roaming(netlab.ClientV4, netlab.ClientV6), goal{figure: "median", plus: 600}),
		symmetric("roam64", "address change IPv6 to IPv4, RTT 100 ms", rtt(100*ms),
			roaming(netlab.ClientV6, netlab.ClientV4), goal{figure: "median", plus: 600}),
		nat,
		symmetric("idle", "idle, per minute, RTT 100 ms", rtt(100*ms), idle,
			goal{figure: "client wake-ups", plus: 14}, goal{figure: "server wake-ups", plus: 14},
			goal{figure: "octets", plus: 1400}),
	}
}
