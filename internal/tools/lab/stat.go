//go:build linux

package main

import (
	"slices"
	"time"
)

// summary describes a set of latencies, in milliseconds.
type summary struct {
	N                               int
	Median, Mean, P95, P99, Longest float64
}

func summarize(samples []time.Duration) summary {
	if len(samples) == 0 {
		return summary{}
	}
	s := slices.Sorted(slices.Values(samples))
	var sum time.Duration
	for _, d := range s {
		sum += d
	}
	at := func(q float64) float64 { return millis(s[min(len(s)-1, int(q*float64(len(s))))]) }
	return summary{N: len(s), Median: at(0.5), Mean: millis(sum) / float64(len(s)), P95: at(0.95), P99: at(0.99),
		Longest: millis(s[len(s)-1])}
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
