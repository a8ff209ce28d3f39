package display

import (
	"math/rand/v2"
	"testing"

	"mosh/internal/core/vt"
)

// FuzzFrames: no two frames make the renderer panic or write outside what it may, not even such as no terminal
// makes: halves of wide characters, tails alone, any attribute.
func FuzzFrames(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 5))
		width, height := 1+r.IntN(12), 1+r.IntN(5)
		a := anyFrame(r, width, height, nil)
		b := anyFrame(r, width, height, a.Interns)
		if r.IntN(3) == 0 {
			b = anyFrame(r, 1+r.IntN(12), 1+r.IntN(5), nil)
		}
		for _, c := range []Caps{Own(), Stock(), Terminal(), xtermCaps()} {
			if n := len(AppendRepaint(AppendDiff(nil, &c, a, b), &c, b)); n > 1<<16 {
				t.Errorf("%d octets for a small screen", n)
			}
		}
	})
}

func anyFrame(r *rand.Rand, width, height int, n *vt.Interns) *vt.Frame {
	f := vt.NewFrame(width, height)
	if n != nil {
		f.Interns = n
	}
	for y := range f.Rows {
		row := vt.NewRow(width, vt.Rendition{})
		row.Wrapped = r.IntN(2) == 0
		for x := range row.Cells {
			row.Cells[x] = anyCell(r, f.Interns)
		}
		f.Rows[y] = row
	}
	f.Cursor = vt.Cursor{Row: r.IntN(height), Col: r.IntN(width)}
	f.Pen = anyCell(r, f.Interns).Rendition
	f.Title, f.Bells = string(rune(r.IntN(0x200))), uint64(r.IntN(2))
	return f
}

func anyCell(r *rand.Rand, n *vt.Interns) vt.Cell {
	k := vt.Cell{Rendition: vt.Rendition{FG: vt.Color(r.IntN(4) << 24), Attr: vt.Attr(r.IntN(1 << 16))}}
	switch r.IntN(6) {
	case 0:
		k.Content = vt.Tail
	case 1:
		k.Content = vt.RuneContent('中', r.IntN(2) == 0)
	case 2:
		k.Content = vt.RuneContent(rune(r.IntN(0x20000)), r.IntN(2) == 0)
	case 3:
		k.Content, _ = n.Cluster("👩\u200d👧", r.IntN(2) == 0)
	case 4:
		k.Content = 'x'
	}
	if r.IntN(3) == 0 {
		k.Extra, _ = n.AddExtra(vt.Extra{UnderlineColor: vt.PaletteColor(3), Link: vt.Link{URI: "x:y"}})
	}
	return k
}
