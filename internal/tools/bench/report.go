//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// report is everything a run has measured.
type report struct {
	When, Took, Machine, Commit string
	Quick                       bool
	Load                        string // of the machine at the end, its own share included
	Lines                       []comparison
	Latency                     map[string][]float64 // ms of every key
	Scale                       []scaleLine          `json:",omitempty"`
}

// comparison is one figure with what was measured.
type comparison struct {
	figure
	Samples  map[string][]float64
	Values   map[string]spread
	Compared spread // ours against theirs, by rounds, in the figure's form
	Verdict  string // "reached", "missed", or "" without a goal
}

func (b *bench) report(quick bool, took time.Duration) report {
	r := report{When: time.Now().UTC().Format(time.DateTime), Took: took.Round(time.Second).String(), Quick: quick,
		Machine: machine(), Commit: commit(), Latency: map[string][]float64{}}
	load, _ := os.ReadFile("/proc/loadavg")
	r.Load = strings.Join(strings.Fields(string(load))[:3], " ")
	for side, samples := range b.latency {
		for _, x := range samples {
			r.Latency[side] = append(r.Latency[side], round(x))
		}
	}
	for _, f := range figures() {
		if b.samples[f.Key] != nil {
			r.Lines = append(r.Lines, judge(f, b.samples[f.Key]))
		}
	}
	return r
}

// judge compares what was measured with the goal.
func judge(f figure, samples map[string][]float64) comparison {
	l := comparison{figure: f, Samples: map[string][]float64{}, Values: map[string]spread{}}
	for side, xs := range samples {
		l.Values[side] = spreadOf(xs)
		for _, x := range xs {
			l.Samples[side] = append(l.Samples[side], round(x))
		}
	}
	ours, theirs := samples["ours"], samples[f.Against]
	switch f.Form {
	case difference:
		l.Compared = spreadOf(differences(ours, theirs))
	case atLeast, absolute:
		l.Compared = l.Values["ours"]
	default:
		l.Compared = spreadOf(ratios(ours, theirs))
	}
	reached := false
	switch f.Form {
	case noGoal:
		return l
	case atLeast, gain:
		reached = l.Compared.Median >= f.Goal
	default:
		reached = l.Compared.Median <= f.Goal
	}
	l.Verdict = map[bool]string{true: "reached", false: "missed"}[reached && l.Compared.N > 0]
	return l
}

// goal writes what is to be reached.
func (f *figure) goal() string {
	switch f.Form {
	case ratio:
		return fmt.Sprintf("≤ %g × %s", f.Goal, f.Against)
	case gain:
		return fmt.Sprintf("≥ %g × %s", f.Goal, f.Against)
	case difference:
		return fmt.Sprintf("≤ %s + %g", f.Against, f.Goal)
	case atLeast:
		return fmt.Sprintf("≥ %g", f.Goal)
	case absolute:
		return fmt.Sprintf("≤ %g", f.Goal)
	}
	return ""
}

// compared writes the comparison with its spread.
func (l *comparison) compared() string {
	c := l.Compared
	if c.N == 0 {
		return ""
	}
	switch l.Form {
	case difference:
		return fmt.Sprintf("%+.4g (%+.3g to %+.3g)", round(c.Median), c.Min, c.Max)
	case atLeast, absolute:
		return number(c.Median)
	}
	if c.N < 2 {
		return fmt.Sprintf("%.2f", c.Median)
	}
	return fmt.Sprintf("%.2f (%.2f to %.2f)", c.Median, c.Min, c.Max)
}

func number(x float64) string { return fmt.Sprintf("%.4g", round(x)) }

// table writes the report as a table of Markdown.
func (r *report) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, commit %s, %s; load %s; took %s\n\n", r.When, r.Commit, r.Machine, r.Load, r.Took)
	b.WriteString("| figure | unit | ours | stock | ssh | pty | floor | ours against | goal | |\n|---|---|---:|---:|---:|---:|---:|---:|---|---|\n")
	for i := range r.Lines {
		l := &r.Lines[i]
		fmt.Fprintf(&b, "| %s | %s |", l.Title, l.Unit)
		for _, side := range []string{"ours", "stock", "ssh", "pty", "floor"} {
			v, ok := l.Values[side]
			if !ok {
				b.WriteString(" |")
				continue
			}
			fmt.Fprintf(&b, " %s |", number(v.Median))
		}
		fmt.Fprintf(&b, " %s | %s | %s |\n", l.compared(), l.goal(), l.Verdict)
	}
	return b.String()
}

func (r *report) write(file string) error {
	b, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(b, '\n'), 0o644)
}

func machine() string {
	model := runtime.GOARCH
	b, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(b)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			model = strings.TrimSpace(value)
			break
		}
	}
	return fmt.Sprintf("%d × %s", runtime.NumCPU(), model)
}

func commit() string {
	out, err := exec.Command("git", "describe", "--always", "--dirty").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}
