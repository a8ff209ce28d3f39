package statesync

import (
	"slices"

	"mosh/internal/core/vt"
)

// rowCost is what a changed row costs beside its cells, and cellShare what a cell costs, in octets, compressed.
const (
	rowCost   = 6
	cellShare = 0.8
)

// Part returns a screen on the way from base to s: the rows around the cursor are those of s, as far as n
// octets go, the others still those of base. It reports whether any was left out. A path that needs a
// noticeable time for a whole screen shows first what the user looks at (docs/network.md, Queues).
func (s Screen) Part(base Screen, n int) (Screen, bool) {
	f, old := s.Frame, base.Frame
	if f.Width != old.Width || f.Height != old.Height || f.Interns != old.Interns {
		return s, false
	}
	part := *f
	part.Rows = slices.Clone(f.Rows)
	left := float64(n)
	short := false
	for _, i := range fromCursor(f) {
		if f.Rows[i].Equal(old.Rows[i]) {
			continue
		}
		if left <= 0 {
			part.Rows[i] = old.Rows[i]
			short = true
			continue
		}
		left -= rowCost + cellShare*float64(changedCells(f.Rows[i], old.Rows[i]))
	}
	if short {
		s.Frame = &part
	}
	return s, short
}

// fromCursor is the order of rows by their distance from the cursor, those above before those below.
func fromCursor(f *vt.Frame) []int {
	order := make([]int, 0, f.Height)
	for d := range f.Height {
		if i := f.Cursor.Row - d; i >= 0 {
			order = append(order, i)
		}
		if i := f.Cursor.Row + d; d > 0 && i < f.Height {
			order = append(order, i)
		}
	}
	return order
}

func changedCells(a, b *vt.Row) int {
	n := 0
	for i := range a.Cells {
		if a.Cells[i] != b.Cells[i] {
			n++
		}
	}
	return n
}
