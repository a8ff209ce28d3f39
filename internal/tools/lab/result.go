//go:build linux

package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"mosh/internal/netlab"
)

// result is what one variant did on one link.
type result struct {
	Profile, Variant string
	Seed             uint64
	Samples          []time.Duration // latencies in ns, in the order they were measured
	Traffic          netlab.Tally    // IP packets of the measured blocks, [up, down]
	Client, Server   usage
	Wakeups          [2]int64      // of client and server while idle
	Time             time.Duration // the measured blocks took together
	Failed           string        // why there are no more samples
	Note             string
}

func (r *result) fail(why string) { r.Failed = why }

func add(a, b netlab.Tally) netlab.Tally {
	var zero netlab.Tally
	return a.Sub(zero.Sub(b))
}

func (r *result) octets() float64 {
	return float64(r.Traffic[netlab.Up].Octets + r.Traffic[netlab.Down].Octets)
}

// per is what traffic and cost are divided by: the key, or the minute without keys.
func (r *result) per() float64 {
	if n := len(r.Samples); n > 0 {
		return float64(n)
	}
	return r.Time.Minutes()
}

// figure returns what a goal bounds; ok is false if it was not measured.
func (r *result) figure(name string) (x float64, ok bool) {
	s := summarize(r.Samples)
	switch name {
	case "octets":
		return r.octets() / r.per(), r.per() > 0
	case "client wake-ups":
		return float64(r.Wakeups[0]) / r.per(), r.per() > 0
	case "server wake-ups":
		return float64(r.Wakeups[1]) / r.per(), r.per() > 0
	case "median":
		x = s.Median
	case "mean":
		x = s.Mean
	case "p95":
		x = s.P95
	case "p99":
		x = s.P99
	}
	return x, s.N > 0
}

// writeTable prints one profile: a line for each variant, then the goals of ours.
func writeTable(w io.Writer, p profile, results []*result, late netlab.Punctuality) {
	fmt.Fprintf(w, "\n%s: %s\n", p.name, p.about)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\tn\tmedian\tmean\tp95\tp99\tmax ms\tup B\tdown B\tup dgr\tdown dgr\tclient µs\tserver µs\tswitches\tper\t")
	for _, r := range results {
		s, n := summarize(r.Samples), r.per()
		fmt.Fprintf(t, "%s\t%d\t", r.Variant, s.N)
		for _, x := range []float64{s.Median, s.Mean, s.P95, s.P99, s.Longest} {
			if s.N == 0 {
				fmt.Fprint(t, "-\t")
			} else {
				fmt.Fprintf(t, "%.1f\t", x)
			}
		}
		if r.Time == 0 {
			fmt.Fprintln(t, strings.Repeat("-\t", 8))
			continue
		}
		up, down := r.Traffic[netlab.Up], r.Traffic[netlab.Down]
		per := "key"
		if s.N == 0 {
			per = "minute"
		}
		fmt.Fprintf(t, "%.0f\t%.0f\t%.2f\t%.2f\t%.0f\t%.0f\t%.1f+%.1f\t%s\t\n", float64(up.Octets)/n, float64(down.Octets)/n,
			float64(up.Packets)/n, float64(down.Packets)/n, float64(r.Client.CPU.Microseconds())/n,
			float64(r.Server.CPU.Microseconds())/n, float64(r.Client.Switches)/n, float64(r.Server.Switches)/n, per)
	}
	t.Flush()
	for _, r := range results {
		if r.Wakeups != [2]int64{} {
			fmt.Fprintf(w, "  %s: %.1f + %.1f wake-ups of client and server per minute\n", r.Variant,
				float64(r.Wakeups[0])/r.per(), float64(r.Wakeups[1])/r.per())
		}
		for _, note := range []string{r.Failed, r.Note} {
			if note != "" {
				fmt.Fprintf(w, "  %s: %s\n", r.Variant, note)
			}
		}
	}
	for _, g := range p.goals {
		if line := g.judge(results); line != "" {
			fmt.Fprintf(w, "  %s\n", line)
		}
	}
	fmt.Fprintf(w, "  (link: %d packets delivered, %.1f %% more than 0.3 ms late, the latest by %.1f ms)\n", late.Delivered,
		100*float64(late.Late)/max(1, float64(late.Delivered)), millis(late.Latest))
}

// judge says whether ours reaches a goal, "" if ours or the other side was not measured.
func (g goal) judge(results []*result) string {
	ours, bound, have := 0.0, g.plus, g.of == ""
	what, measured := g.figure, false
	for _, r := range results {
		x, ok := r.figure(g.figure)
		if r.Variant == "ours" && ok {
			ours, measured = x, true
		}
		if r.Variant == g.of && ok {
			bound, have = g.factor*x+g.plus, true
			what += fmt.Sprintf(" (ratio to %s %.2f)", g.of, ratio(results, g))
		}
	}
	if !measured || !have {
		return ""
	}
	verdict := "reached"
	if ours > bound {
		verdict = "MISSED"
	}
	return fmt.Sprintf("%s: %s %.1f, goal at most %.1f", verdict, what, ours, bound)
}

func ratio(results []*result, g goal) float64 {
	var mine, other float64
	for _, r := range results {
		x, _ := r.figure(g.figure)
		switch r.Variant {
		case "ours":
			mine = x
		case g.of:
			other = x
		}
	}
	return mine / other
}
