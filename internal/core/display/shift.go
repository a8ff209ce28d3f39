package display

import "mosh/internal/core/vt"

// maxShift is how far text is looked for that moved inside its row. Tabs and words move it by less.
const maxShift = 24

// findShift looks for text that moved right (n > 0, by ICH at column at) or left (n < 0, by DCH) in the row.
func (r *Renderer) findShift(lo, hi int) (at, n int) {
	old, tgt := r.alt, r.tgt
	if lo >= hi {
		return 0, 0
	}
	plain := mismatches(old[lo:hi], tgt[lo:hi])
	best := plain - 6 // what moving costs in bytes, about
	for k := 1; k <= maxShift && lo+k < hi; k++ {
		if old[lo] == tgt[lo+k] && old[lo].Content > ' ' {
			if m := k + mismatches(old[lo:len(old)-k], tgt[lo+k:]); m < best && r.mayInsert(lo, k) {
				best, at, n = m, lo, k
			}
		}
		if old[lo+k] == tgt[lo] && tgt[lo].Content > ' ' {
			if m := k + mismatches(old[lo+k:], tgt[lo:len(tgt)-k]); m < best && r.mayDelete(lo, k) {
				best, at, n = m, lo, -k
			}
		}
	}
	return at, n
}

func mismatches(a, b []vt.Cell) (n int) {
	for i := range a {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

// mayInsert and mayDelete say that no wide character is cut.
func (r *Renderer) mayInsert(at, n int) bool {
	old := r.alt
	return !old[at].Content.IsTail() && !old[len(old)-n].Content.IsTail()
}

func (r *Renderer) mayDelete(at, n int) bool {
	old := r.alt
	return !old[at].Content.IsTail() && !old[at+n].Content.IsTail()
}

// shift inserts n blanks at column at, or deletes -n cells, and then writes the row from lo on.
func (r *Renderer) shift(y, at, n, lo int) {
	w := &r.w
	bg := r.tgt[w.width-1].BG
	if n > 0 || !r.tgt[w.width-1].Content.Empty() || !r.caps.BCE {
		bg = 0
	}
	r.reach(y, at, false)
	r.setBackground(bg)
	blank := vt.Blank(vt.Rendition{BG: bg})
	if n > 0 {
		w.seq(n, '@')
		copy(r.cur[at+n:], r.cur[at:])
		for i := at; i < at+n; i++ {
			r.cur[i] = blank
		}
	} else {
		w.seq(-n, 'P')
		copy(r.cur[at:], r.cur[at-n:])
		for i := w.width + n; i < w.width; i++ {
			r.cur[i] = blank
		}
	}
	w.left = 0
	if w.col == w.width-1 {
		w.edge = true
	}
	r.end = w.width
	r.spans(y, min(lo, at))
}
