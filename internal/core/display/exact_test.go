package display

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"mosh/internal/core/vt"
	"mosh/internal/core/width"
	"mosh/internal/corpus"
)

var epoch = time.Unix(1_700_000_000, 0)

// show describes what of f a receiver with c keeps, as a string per row and one for the rest. Cells whose
// columns the receiver of want may judge differently are left out: their neighbours are not.
func show(c *Caps, f, want *vt.Frame) []string {
	r := Renderer{caps: c}
	var out []string
	for y, row := range f.Rows {
		var s strings.Builder
		for x, k := range row.Cells {
			if y < want.Height && x < want.Width && !trusted(c, want, y, x) {
				s.WriteString("[?]")
				continue
			}
			k.Rendition = c.rendition(k.Rendition)
			if k.Content.Empty() && k != vt.Blank(k.Rendition) {
				k.Content = ' '
			}
			fmt.Fprintf(&s, "[%s%x", f.Interns.AppendContent(nil, k.Content), uint32(k.Content)>>30)
			s.WriteString(showPen(f, k.Rendition) + "]")
		}
		out = append(out, fmt.Sprint(s.String(), row.Wrapped && r.wraps(f, y)))
	}
	m := c.modes(f.Modes)
	var rest strings.Builder
	fmt.Fprintf(&rest, "cursor %d,%d pen %s modes %+v", f.Cursor.Row, f.Cursor.Col, showPen(f, c.rendition(f.Pen)), m)
	fmt.Fprintf(&rest, " title %q icon %q", f.Title, f.Icon)
	if c.Rich && f.Colors != nil {
		for i, k := range append(f.Colors.Palette[:], f.Colors.Dynamic[:]...) {
			if k != 0 {
				fmt.Fprintf(&rest, " colour %d %x", i, uint32(k))
			}
		}
	}
	return append(out, rest.String())
}

func trusted(c *Caps, f *vt.Frame, y, x int) bool {
	if c.Widths == WidthsAgreed {
		return true
	}
	k, columns := f.Cell(y, x).Content, 1
	if k.IsTail() {
		k = f.Cell(y, x-1).Content
	}
	if k.Wide() {
		columns = 2
	}
	return k.Empty() || trust(c.Widths, f.Interns, k, columns)
}

func showPen(f *vt.Frame, p vt.Rendition) string {
	s := ""
	if p.FG != 0 || p.BG != 0 || p.Attr != 0 {
		s = fmt.Sprintf("/%x,%x,%x", p.FG, p.BG, p.Attr)
	}
	if p.Extra != 0 {
		s += fmt.Sprint(f.Interns.Extra(p.Extra))
	}
	return s
}

// checkExact runs a random program and takes a receiver from snapshot to snapshot, sometimes from an older
// one, and demands that it shows the same each time.
func checkExact(t *testing.T, c *Caps, sends, receives width.Table, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 1))
	columns, height := 1+r.IntN(40), 1+r.IntN(12)
	sender := vt.New(columns, height, vt.Options{Widths: &sends})
	sender.SetDefaults(vt.Defaults{KittyKeyboard: true})
	receiver := vt.New(columns, height, vt.Options{Receiver: true, Widths: &receives})
	have := sender.Snapshot(epoch)
	var d Renderer
	var older *vt.Frame
	var olderReceiver *vt.Terminal
	for step := range 12 {
		if r.IntN(12) == 0 {
			columns, height = 1+r.IntN(40), 1+r.IntN(12)
			sender.Resize(columns, height)
		}
		p := output(r, columns, height)
		sender.Write(epoch, p)
		want := sender.Snapshot(epoch)
		if older != nil && r.IntN(4) == 0 {
			have, receiver = older, olderReceiver.Clone()
		}
		if r.IntN(3) == 0 {
			older, olderReceiver = have, receiver.Clone()
		}
		diff := d.AppendDiff(nil, c, have, want)
		if again := AppendDiff(nil, c, have, want); !bytes.Equal(diff, again) {
			t.Fatalf("seed %d step %d: two diffs of the same frames:\n%q\n%q", seed, step, diff, again)
		}
		if have.Width != columns || have.Height != height {
			receiver.Resize(columns, height)
		}
		receiver.Write(epoch, diff)
		got := receiver.Snapshot(epoch)
		a, b := show(c, got, want), show(c, want, want)
		for y := range b {
			if a[y] != b[y] {
				t.Fatalf("seed %d step %d, %dx%d: part %d of the frame\n got %s\nwant %s\nhad  %s\nprogram %q\ndiff %q\ncursor was %+v",
					seed, step, columns, height, y, a[y], b[y], at(show(c, have, have), y), p, diff, have.Cursor)
			}
		}
		have = want
	}
}

// output is what a program might write, or what none would.
func output(r *rand.Rand, columns, height int) []byte {
	if r.IntN(4) == 0 {
		return corpus.Program(r.Uint64(), 300)
	}
	return corpus.Steps(r, columns, height, 1+r.IntN(12))
}

func at(s []string, i int) string {
	if i < len(s) {
		return s[i]
	}
	return ""
}

func TestExact(t *testing.T) {
	for _, k := range []struct {
		name            string
		caps            Caps
		sends, receives width.Table
	}{
		{"own", Own(), width.Unicode17, width.Unicode17},
		{"stock", Stock(), width.Stock, width.Stock},
		{"stock, clusters", Stock(), width.Unicode17, width.Stock},
	} {
		t.Run(k.name, func(t *testing.T) {
			for seed := range uint64(60) {
				checkExact(t, &k.caps, k.sends, k.receives, seed)
			}
		})
	}
}

// FuzzExact is TestExact with any seed: own and stock receivers by turns.
func FuzzExact(f *testing.F) {
	f.Add(uint64(1), true, true)
	f.Add(uint64(2), false, false)
	f.Fuzz(func(t *testing.T, seed uint64, own, clusters bool) {
		sends := width.Stock
		if clusters {
			sends = width.Unicode17
		}
		if own {
			c := Own()
			checkExact(t, &c, width.Unicode17, width.Unicode17, seed)
		} else {
			c := Stock()
			checkExact(t, &c, sends, width.Stock, seed)
		}
	})
}
