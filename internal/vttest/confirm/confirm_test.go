package confirm

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mosh/internal/core/vt"
	"mosh/internal/vttest"
)

const scripts = "../../core/vt/testdata/*.txt"

func TestXterm(t *testing.T) {
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

// eachCase runs f for the cases of all scripts.
func eachCase(t *testing.T, f func(t *testing.T, c vttest.Case)) {
	files, err := filepath.Glob(scripts)
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts (%v)", err)
	}
	for _, name := range files {
		cases, err := vttest.ReadScript(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			t.Run(strings.TrimSuffix(filepath.Base(name), ".txt")+"/"+c.Name, func(t *testing.T) { f(t, c) })
		}
	}
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

// compare runs c in r, whose name is who, and compares what the script says of screen, cursor and replies.
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
		case "reply":
			if who != "xterm" { // what terminals say of themselves
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

// plain returns the rows of a script without bars and marks.
func plain(rows []string) []string {
	var out []string
	for _, r := range rows {
		r = strings.TrimSuffix(strings.TrimPrefix(r, "|"), "+")
		out = append(out, strings.ReplaceAll(strings.TrimSuffix(r, "|"), "␣", " "))
	}
	return trim(out)
}
