package confirm

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mosh/internal/core/vt"
	"mosh/internal/vttest"
)

func TestXterm(t *testing.T) {
	t.Parallel()
	all := t
	display := startX(t)
	terms := map[[2]int]*xterm{}
	eachCase(t, func(t *testing.T, c vttest.Case) {
		size := [2]int{c.Width, c.Height}
		x := terms[size]
		if x == nil {
			x = startXterm(all, display, c.Width, c.Height)
			terms[size] = x
		}
		if resizes(c) {
			delete(terms, size)
		}
		x.t = t
		x.write([]byte(fresh)) // RIS alone leaves the alternate screen as it is
		compare(t, c, "xterm", x)
	})
}

// notTmux are the scripts of what tmux does not have, or tells to nobody.
var notTmux = []string{"charsets", "columns", "rectangles", "reports", "keyboard", "osc", "strings", "sync", "modes", "vectors", "resize"}

func TestTmux(t *testing.T) {
	t.Parallel()
	x := startTmux(t)
	eachCase(t, func(t *testing.T, c vttest.Case) {
		if script := strings.Split(t.Name(), "/")[1]; slices.Contains(notTmux, script) {
			return
		}
		x.t = t
		x.fresh(c.Width, c.Height)
		compare(t, c, "tmux", x)
	})
}

// TestStock shows that stock mosh differs where the scripts say so, and nowhere else.
func TestStock(t *testing.T) {
	for name, cases := range scripts(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // a frame takes 20 ms and more
			x := startStock(t)
			for _, c := range cases {
				t.Run(c.Name, func(t *testing.T) {
					x.t = t
					x.fresh(c.Width, c.Height, slices.ContainsFunc(c.Steps, func(s vttest.Step) bool { return s.Verb == "reply" }))
					compare(t, c, "stock", x)
				})
			}
		})
	}
}

// eachCase runs f for the cases of all scripts.
func eachCase(t *testing.T, f func(t *testing.T, c vttest.Case)) {
	all := scripts(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for _, c := range all[name] {
			t.Run(name+"/"+c.Name, func(t *testing.T) { f(t, c) })
		}
	}
}

// scripts returns the cases of all scripts by their names.
func scripts(t *testing.T) map[string][]vttest.Case {
	files, err := filepath.Glob("../../core/vt/testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts (%v)", err)
	}
	all := map[string][]vttest.Case{}
	for _, f := range files {
		cases, err := vttest.ReadScript(f)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(f), ".txt")] = cases
	}
	return all
}

func resizes(c vttest.Case) bool {
	return slices.ContainsFunc(c.Steps, func(s vttest.Step) bool { return s.Verb == "resize" })
}

// reference is a terminal that scripts can be run in.
type reference interface {
	write(b []byte) (replies string)
	resize(width, height int)
	rows() []string
	cursor() (row, col int, ok bool) // not ok if it cannot be told
	frame(width, height int) *vt.Frame
}

// compare runs c in r, whose name is who, and compares what the script says with what can be known of r.
func compare(t *testing.T, c vttest.Case, who string, r reference) {
	var differences []string
	differ := func(s vttest.Step, got, want any) {
		differences = append(differences, fmt.Sprintf("line %d, %s\n  %s %v\nscript %v", s.Line, s.Verb, who, got, want))
	}
	ours, now := vt.New(c.Width, c.Height, vt.Options{}), time.Unix(0, 0)
	replies := ""
	for _, s := range c.Steps {
		switch s.Verb {
		case "write":
			b, err := vttest.Decode(s.Arg)
			if err != nil {
				t.Fatal(err)
			}
			ours.Write(now, b)
			replies += r.write(b)
		case "resize":
			var w, h int
			fmt.Sscan(s.Arg, &w, &h)
			ours.Resize(w, h)
			r.resize(w, h)
		case "screen":
			if got, want := decompose(r.rows()), plain(s.Rows); !slices.Equal(got, want) {
				differ(s, got, want)
			}
		case "cursor":
			var want [2]int
			fmt.Sscan(s.Arg, &want[0], &want[1])
			if row, col, ok := r.cursor(); ok && [2]int{row, col} != want {
				differ(s, [2]int{row, col}, want)
			}
		case "attrs":
			f := ours.Snapshot(now)
			if got, want := renditions(f, r.frame(ours.Size())), renditions(f, f); !slices.Equal(got, want) {
				differ(s, got, want)
			}
		case "pen", "modes": // only stock's are known, by its frames
			if x, ok := r.(*stock); ok {
				f, o := x.session.Final(), ours.Snapshot(now)
				got, want := vttest.SGR(f, f.Pen), vttest.SGR(o, o.Pen)
				if s.Verb == "modes" {
					got, want = fmt.Sprint(f.Modes.Stock()), fmt.Sprint(o.Modes.Stock())
				}
				if got != want {
					differ(s, got, want)
				}
			}
		case "reply":
			if who == "tmux" { // what terminals say of themselves
				break
			}
			if got := vttest.Encode([]byte(replies)); got != s.Arg {
				differ(s, got, s.Arg)
			}
			replies = ""
		}
	}
	why, marked := c.Unlike[who]
	switch {
	case marked && len(differences) == 0:
		t.Errorf("line %d: is like %s after all (%s)", c.Line, who, why)
	case !marked && len(differences) > 0:
		t.Error(strings.Join(differences, "\n"))
	}
}

// renditions returns those of f at the places where ours shows something, as far as xterm prints them:
// neither hyperlinks nor the colours and styles of underlines, no direct colours, no invisible cells.
func renditions(ours, f *vt.Frame) []string {
	var all []string
	for i, r := range ours.Rows {
		for col, c := range r.Cells {
			if _, _, _, direct := c.FG.Direct(); direct || c.Content.Empty() || c.Content.IsTail() || c.Attr&vt.Invisible != 0 {
				continue
			}
			got := f.Cell(i, col).Rendition
			got.Extra = 0
			if u := got.Attr.Underline(); u > vt.UnderlineDouble {
				got.Attr = got.Attr.WithUnderline(vt.UnderlineSingle)
			}
			all = append(all, fmt.Sprintf("%d,%d %s", i, col, vttest.SGR(f, got)))
		}
	}
	return all
}

// decompose undoes the composition that xterm does, as far as the scripts need it.
func decompose(rows []string) []string {
	r := strings.NewReplacer("á", "a\u0301", "é", "e\u0301", "Á", "A\u0301", "ạ", "a\u0323")
	for i, row := range rows {
		rows[i] = strings.ReplaceAll(r.Replace(row), "\u0323\u0301", "\u0301\u0323") // as they were written
	}
	return rows
}
