package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Both charts are well-formed and name what they show.
func TestCharts(t *testing.T) {
	dir := t.TempDir()
	lab, bench := filepath.Join(dir, "lab.json"), filepath.Join(dir, "bench.json")
	write(t, lab, `[{"Profile":"loss29","Variant":"ours","Samples":[100000000,120000000]},
		{"Profile":"loss29","Variant":"stock","Samples":[150000000,480000000]},{"Profile":"idle","Variant":"ours"}]`)
	write(t, bench, `{"Lines":[{"Title":"server CPU of a flood","Against":"stock","Form":0,"Goal":0.15,"Compared":{"Median":0.1}},
		{"Title":"frames","Against":"stock","Form":1,"Goal":55,"Compared":{"Median":59}}]}`)
	if err := run(lab, bench, dir); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]string{"latency.svg": {"loss29", "ours", "stock"}, "cost.svg": {"server CPU of a flood", "0.10"}} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		d := xml.NewDecoder(strings.NewReader(string(b)))
		for err == nil {
			_, err = d.Token()
		}
		if !errors.Is(err, io.EOF) {
			t.Errorf("%s: %v", name, err)
		}
		for _, w := range want {
			if !strings.Contains(string(b), w) {
				t.Errorf("%s does not say %q", name, w)
			}
		}
	}
}

func TestCumulated(t *testing.T) {
	all := []result{{"a", "ours", []time.Duration{3e6, 1e6}}, {"b", "ours", []time.Duration{9e6}}, {"a", "ours", []time.Duration{2e6}}}
	got := cumulated(all, "a", "ours")
	if len(got) != 3 || got[0].X != 1 || got[2].X != 3 || got[2].Y != 1 {
		t.Errorf("%v", got)
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
