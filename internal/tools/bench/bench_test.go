//go:build linux

package main

import (
	"math"
	"strings"
	"sync/atomic"
	"testing"
)

func TestRatiosAreTakenRoundByRound(t *testing.T) {
	// Both sides are four times as slow in the second round: the machine was busy.
	samples := map[string][]float64{"ours": {1, 4, 1.1}, "stock": {10, 40, 10}}
	l := judge(figure{Key: "x", Against: "stock", Form: ratio, Goal: 0.15}, samples)
	if l.Compared.Median != 0.1 || math.Abs(l.Compared.Max-0.11) > 1e-9 || l.Verdict != "reached" {
		t.Errorf("compared %+v, %s", l.Compared, l.Verdict)
	}
	if l.Values["stock"] != (spread{Median: 10, Min: 10, Max: 40, N: 3}) {
		t.Errorf("stock %+v", l.Values["stock"])
	}
}

func TestVerdicts(t *testing.T) {
	cases := []struct {
		f            figure
		ours, theirs float64
		want         string
	}{
		{figure{Form: ratio, Goal: 0.5, Against: "stock"}, 6, 10, "missed"},
		{figure{Form: gain, Goal: 8, Against: "stock"}, 80, 10, "reached"},
		{figure{Form: gain, Goal: 8, Against: "stock"}, 79, 10, "missed"},
		{figure{Form: difference, Goal: 1.5, Against: "stock"}, 11.4, 10, "reached"},
		{figure{Form: difference, Goal: 1.5, Against: "stock"}, 11.6, 10, "missed"},
		{figure{Form: atLeast, Goal: 55, Against: "stock"}, 54, 10, "missed"},
		{figure{Form: absolute, Goal: 15, Against: "stock"}, 14, 1, "reached"},
		{figure{Form: noGoal, Against: "stock"}, 14, 1, ""},
	}
	for _, c := range cases {
		l := judge(c.f, map[string][]float64{"ours": {c.ours}, "stock": {c.theirs}})
		if l.Verdict != c.want {
			t.Errorf("form %d, %g against %g: %q, want %q", c.f.Form, c.ours, c.theirs, l.Verdict, c.want)
		}
	}
	if l := judge(figure{Form: ratio, Goal: 1, Against: "ssh"}, map[string][]float64{"ours": {1}}); l.Verdict != "missed" {
		t.Error("a comparison without the other side was taken for reached")
	}
}

// TestTurns shows that the sides take turns and that another one is first in each round.
func TestTurns(t *testing.T) {
	b := &bench{sides: map[string]side{"ours": {Name: "ours"}, "stock": {Name: "stock"}}, samples: map[string]map[string][]float64{}}
	var order []string
	var n atomic.Int64
	err := b.play(row{sides: "ours stock", rounds: 3, measure: func(_ *bench, x side) (map[string]float64, error) {
		order = append(order, x.Name)
		return map[string]float64{"x": float64(n.Add(1))}, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(order, " "); got != "ours stock stock ours ours stock" {
		t.Errorf("order %s", got)
	}
	if got := b.samples["x"]; len(got["ours"]) != 3 || got["ours"][1] != 4 || got["stock"][1] != 3 {
		t.Errorf("samples %v", got)
	}
}

// TestSameProgram runs stock mosh against itself: the harness must find them equal. Octets are compared, which do
// not depend on how busy the machine is as times do; typing at this pace they vary by what is sent together. That the
// test can tell is shown by a side that does everything twice.
func TestSameProgram(t *testing.T) {
	b, err := newBench("/usr/bin", "/usr/bin", true)
	if err != nil {
		t.Fatal(err)
	}
	defer b.close()
	b.scripts["twice"] = append(b.scripts["repaint"], b.scripts["repaint"]...)
	same := compareScripts(t, b, "repaint", "repaint")
	if same.Verdict != "reached" || same.Compared.Median < 1/1.4 {
		t.Errorf("the same program differs from itself: %+v", same)
	}
	double := compareScripts(t, b, "twice", "repaint")
	if double.Verdict != "missed" || double.Compared.Median < 1.6 {
		t.Errorf("a side that does everything twice is not seen: %+v", double)
	}
	t.Logf("the same %.2f, twice %.2f", same.Compared.Median, double.Compared.Median)
}

// compareScripts plays a script on each side, at the same time, and judges their octets by a goal of 1.4.
func compareScripts(t *testing.T, b *bench, ours, stock string) comparison {
	t.Helper()
	b.samples = map[string]map[string][]float64{}
	err := b.play(row{sides: "ours stock", rounds: 1, together: true, measure: func(b *bench, x side) (map[string]float64, error) {
		name := map[string]string{"ours": ours, "stock": stock}[x.Name]
		r, err := screen(name)(b, x)
		return map[string]float64{"octets": r[name+"-bytes"]}, err
	}})
	if err != nil {
		t.Fatal(err)
	}
	return judge(figure{Key: "octets", Against: "stock", Form: ratio, Goal: 1.4}, b.samples["octets"])
}

func TestQuantile(t *testing.T) {
	xs := []float64{1, 2, 3, 4}
	if quantile(xs, 0.5) != 2.5 || quantile(xs, 0.99) != 4 || quantile(nil, 0.5) != 0 {
		t.Errorf("%g %g", quantile(xs, 0.5), quantile(xs, 0.99))
	}
	if round(0.0123456) != 0.0123 || round(1234567) != 1230000 || round(0) != 0 {
		t.Errorf("%g %g", round(0.0123456), round(1234567))
	}
}
