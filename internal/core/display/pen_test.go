package display

import (
	"math/rand/v2"
	"testing"

	"mosh/internal/core/vt"
)

// TestOnlyGains: where a pen loses nothing, the changes alone are never longer than the whole list, which is therefore
// not written to be compared with.
func TestOnlyGains(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	color := func() vt.Color {
		switch r.IntN(4) {
		case 0:
			return vt.PaletteColor(uint8(r.IntN(256)))
		case 1:
			return vt.DirectColor(uint8(r.IntN(256)), uint8(r.IntN(256)), uint8(r.IntN(256)))
		}
		return 0
	}
	pen := func() vt.Rendition {
		some := vt.Attr(r.Uint32()) & allAttrs
		some &= vt.Attr(r.Uint32())
		return vt.Rendition{FG: color(), BG: color(), Attr: some.WithUnderline(vt.Underline(r.IntN(6)))}
	}
	gains := 0
	for range 100_000 {
		a, b, under := pen(), pen(), color()
		if r.IntN(2) == 0 {
			b.Attr |= a.Attr & plainAttrs
		}
		var changes, whole sgrList
		changes.change(a, b, under, under)
		whole.code(0)
		whole.change(vt.Rendition{}, b, 0, under)
		if !onlyGains(a, b) {
			continue
		}
		gains++
		if len(changes.dst) > len(whole.dst) {
			t.Fatalf("from %+v to %+v: %q, but the whole list is %q", a, b, changes.dst, whole.dst)
		}
	}
	if gains < 1000 {
		t.Errorf("only %d pens lose nothing", gains)
	}
}
