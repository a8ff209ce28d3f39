//go:build linux

package main

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"mosh/internal/netlab"
)

func TestPaint(t *testing.T) {
	cases := []struct{ in, want string }{
		{"abc", "abc"},
		{"\x1b[1;31mx\x1b[0m", "x"},
		{"\x1b]0;title m\x07y", "y"},
		{"\x1bP1$r0m\x1b\\z", "z"},
		{"\x1b(Bq\x1b7\x1b[?25hw\r\n", "qw"},
		{"\x1b[3\r1mv", "v"},
		{"é€", "é€"},
	}
	for _, c := range cases {
		for cut := range len(c.in) + 1 {
			var p paint
			var got []rune
			for _, part := range []string{c.in[:cut], c.in[cut:]} {
				p.feed([]byte(part), func(r rune) { got = append(got, r) })
			}
			if string(got) != c.want {
				t.Errorf("%q cut at %d: painted %q, want %q", c.in, cut, string(got), c.want)
			}
		}
	}
}

func TestScreenMatchesKeysInOrder(t *testing.T) {
	s := screen{note: func(string, ...any) {}}
	start := time.Now()
	s.waiting = []key{{'a', start}, {'b', start.Add(ms)}, {'c', start.Add(2 * ms)}}
	s.printed('x', start.Add(4*ms))
	s.printed('b', start.Add(5*ms)) // the frame that showed a alone was skipped
	if want := []time.Duration{5 * ms, 4 * ms}; !slices.Equal(s.samples, want) || len(s.waiting) != 1 {
		t.Errorf("samples %v, waiting %v", s.samples, s.waiting)
	}
}

func TestAlphabet(t *testing.T) {
	const bar = "mosh: Last contact 20 seconds ago. [To quit: Ctrl-^ .] Last reply Nothing received from server on UDP port"
	for _, r := range alphabet {
		if strings.ContainsRune(bar, r) || strings.Count(alphabet, string(r)) != 1 {
			t.Errorf("%q is in the notification bar or twice in the alphabet", r)
		}
	}
	if lineKeys%len(alphabet) == 0 {
		t.Error("a cell is painted with the letter it has")
	}
}

func TestSummaryAndGoals(t *testing.T) {
	var samples []time.Duration
	for i := range 100 {
		samples = append(samples, time.Duration(100-i)*ms)
	}
	s := summarize(samples)
	if s.N != 100 || s.Median != 51 || s.P99 != 100 || math.Abs(s.Mean-50.5) > 1e-9 {
		t.Errorf("%+v", s)
	}
	ours := &result{Variant: "ours", Samples: []time.Duration{80 * ms}}
	stock := &result{Variant: "stock", Samples: []time.Duration{100 * ms}}
	for _, c := range []struct {
		g    goal
		want string
	}{
		{goal{"median", "stock", 0.78, 0}, "MISSED: median (ratio to stock 0.80)"},
		{goal{"median", "stock", 0.81, 0}, "reached"},
		{goal{figure: "p95", plus: 79}, "MISSED"},
		{goal{"median", "ssh", 1, 0}, ""},
	} {
		if got := c.g.judge([]*result{ours, stock}); !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%+v: %q, want %q", c.g, got, c.want)
		}
	}
}

// TestTheSameOnBothSides runs the harness itself, with one program in two columns: every key is painted, and the
// octets that both columns need are alike.
func TestTheSameOnBothSides(t *testing.T) {
	i := slices.IndexFunc(profiles(), func(p profile) bool { return p.name == "lan" })
	p := profiles()[i]
	rigs := &rigs{}
	o := options{keys: 12, seed: 1, budget: time.Minute, variants: []string{"ours", "stock", "ssh"}, bin: "/usr/bin"}
	results, late, err := rigs.measure(p, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if len(r.Samples) != o.keys || r.Traffic[netlab.Up].Packets == 0 || r.Client.CPU == 0 || r.Server.Switches == 0 {
			t.Errorf("%s: %d samples, traffic %v, cost %v and %v", r.Variant, len(r.Samples), r.Traffic, r.Client, r.Server)
		}
	}
	if ratio := results[0].octets() / results[1].octets(); ratio < 0.7 || ratio > 1.4 {
		t.Errorf("stock needs %.2f of the octets of stock", ratio)
	}
	var table bytes.Buffer
	writeTable(&table, p, results, late)
	if got := table.String(); strings.Count(got, "\n") < 7 || !strings.Contains(got, "goal at most") {
		t.Errorf("table:\n%s", got)
	}
}
