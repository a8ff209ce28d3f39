package display

import (
	"math/rand/v2"
	"strings"
	"testing"

	"mosh/internal/core/vt"
	"mosh/internal/core/width"
)

// terminals are users' terminals: what we think they can do, and how they count columns.
func terminals() map[string]func() (Caps, width.Table) {
	return map[string]func() (Caps, width.Table){
		"vt100": func() (Caps, width.Table) {
			c := Terminal()
			c.BCE, c.ECH = false, false
			return c, width.Stock
		},
		"linux": func() (Caps, width.Table) {
			c := Terminal()
			c.EditChars, c.EditLines = true, true
			return c, width.Stock
		},
		"xterm": func() (Caps, width.Table) {
			c := xtermCaps()
			c.EditChars, c.EditLines, c.ScrollLines, c.Keys = true, true, true, true
			return c, width.Unicode17Plain
		},
		"modern": func() (Caps, width.Table) {
			c := xtermCaps()
			c.EditChars, c.EditLines, c.ScrollLines, c.Keys, c.Sync = true, true, true, true, true
			c.Links, c.Underlines, c.Kitty = true, true, true
			c.Enter, c.Leave = "\x1b[?1049h", "\x1b[?1049l"
			return c, width.Unicode17
		},
		"screen": func() (Caps, width.Table) {
			c := xtermCaps()
			c.BCE, c.ECH = false, false
			c.EditChars, c.EditLines, c.ScrollLines = true, true, true
			return c, width.Stock
		},
	}
}

// look describes what a person sees of f: a blank is a space.
func look(c *Caps, f, want *vt.Frame) []string {
	g := f.Edit()
	for y := range g.Rows {
		g.Rows[y] = g.Rows[y].Clone()
		for x := range g.Rows[y].Cells {
			if k := &g.Rows[y].Cells[x]; k.Content.Empty() {
				k.Content = ' '
			}
		}
		g.Rows[y].Wrapped = f.Rows[y].Wrapped && f.Cell(y, f.Width-1).Content != 0 // a terminal without BCE cannot say
	}
	if f != want {
		g.Modes.Alternate = true // 1007 is for the alternate screen of the program, which the terminal does not know
	}
	out := show(c, g, want)
	if !c.Title {
		last := len(out) - 1
		out[last], _, _ = strings.Cut(out[last], " title")
	}
	return out
}

func checkTerminal(t *testing.T, c Caps, table width.Table, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 4))
	columns, height := 1+r.IntN(40), 1+r.IntN(12)
	source := vt.New(columns, height, vt.Options{})
	terminal := vt.New(columns, height, vt.Options{Widths: &table})
	before := terminal.Snapshot(epoch)
	terminal.Write(epoch, AppendOpen(nil, &c))
	var d Renderer
	var painted *vt.Frame
	for step := range 12 {
		if r.IntN(12) == 0 {
			columns, height = 1+r.IntN(40), 1+r.IntN(12)
			source.Resize(columns, height)
			terminal.Resize(columns, height)
		}
		source.Write(epoch, output(r, columns, height))
		next := source.Snapshot(epoch)
		var diff []byte
		if painted != nil {
			diff = d.AppendDiff(nil, &c, painted, next)
		}
		if painted == nil || r.IntN(6) == 0 {
			diff = d.AppendRepaint(diff, &c, next)
		}
		terminal.Write(epoch, diff)
		if n := len(terminal.AppendReplies(nil)); n > 0 {
			t.Fatalf("seed %d: the terminal answered %q", seed, diff)
		}
		a, b := look(&c, terminal.Snapshot(epoch), next), look(&c, next, next)
		for y := range b {
			if a[y] != b[y] {
				t.Fatalf("seed %d step %d, %dx%d: part %d\n got %s\nwant %s\ndiff %q", seed, step, columns, height, y, a[y], b[y], diff)
			}
		}
		painted = next
	}
	terminal.Write(epoch, AppendClose(nil, &c, painted))
	after := terminal.Snapshot(epoch)
	if after.Modes != before.Modes || after.Pen != before.Pen || after.Colors != nil && *after.Colors != (vt.Colors{}) {
		t.Fatalf("seed %d: left behind: modes %+v, pen %+v, colours %v", seed, after.Modes, after.Pen, after.Colors)
	}
}

// TestTerminals: the user's terminal shows what it shall and is left as it was found, but for characters that it
// judges differently; those change nothing else.
func TestTerminals(t *testing.T) {
	for name, make := range terminals() {
		t.Run(name, func(t *testing.T) {
			c, table := make()
			for seed := range uint64(60) {
				checkTerminal(t, c, table, seed)
			}
		})
	}
}

// TestSyncBracketsJumps: a frame painted in several places is one update; a typed character is only itself.
func TestSyncBracketsJumps(t *testing.T) {
	c := xtermCaps()
	c.Sync = true
	term := vt.New(20, 4, vt.Options{})
	a := term.Snapshot(epoch)
	term.Write(epoch, []byte("x"))
	b := term.Snapshot(epoch)
	if got := string(AppendDiff(nil, &c, a, b)); got != "x" {
		t.Errorf("one character: %q", got)
	}
	term.Write(epoch, []byte("\x1b[3;3Hy\x1b[H"))
	got := string(AppendDiff([]byte("before"), &c, b, term.Snapshot(epoch)))
	if !strings.HasPrefix(got, "before\x1b[?2026h") || !strings.HasSuffix(got, "\x1b[?2026l") {
		t.Errorf("two places: %q", got)
	}
	c.Sync = false
	got = string(AppendDiff(nil, &c, b, term.Snapshot(epoch)))
	if !strings.HasPrefix(got, "\x1b[?25l") || !strings.HasSuffix(got, "\x1b[?25h") {
		t.Errorf("the cursor is seen on its way: %q", got)
	}
}
