package vt

import (
	"slices"
	"unicode/utf8"
)

// Row is one line of the screen. A row that is part of a Frame is never written again: whoever wants to
// change it copies it first.
type Row struct {
	// Cells has one entry per column.
	Cells []Cell
	// Wrapped says that the text of this row goes on in the next one (soft wrap).
	Wrapped bool

	epoch     uint64 // the terminal's snapshot epoch in which the row was made; see Terminal
	protected bool   // some cell may have the protected attribute (DECSCA)
	clean     int    // that many cells at the end are known to be zero, so that they need not be cleared
}

// NewRow returns a row of width blank cells with the background of pen p.
func NewRow(width int, p Rendition) *Row {
	r := newRow(width, p)
	r.clean = 0 // whoever writes to it does not know of that
	return r
}

func newRow(width int, p Rendition) *Row {
	r := &Row{Cells: make([]Cell, width), clean: width}
	r.erase(0, width, Blank(p))
	return r
}

// Clone returns a copy of r that may be written to.
func (r *Row) Clone() *Row {
	return &Row{Cells: slices.Clone(r.Cells), Wrapped: r.Wrapped, protected: r.protected}
}

// erase makes the cells from from to to (exclusive) the cell c.
func (r *Row) erase(from, to int, c Cell) {
	dirty := len(r.Cells) - r.clean // from here on all is zero
	if c != (Cell{}) {
		fill(r.Cells[from:to], c)
		r.touched(to)
		return
	}
	if from < dirty {
		clear(r.Cells[from:min(to, dirty)])
	}
	if from <= dirty && to >= dirty {
		r.clean = len(r.Cells) - from
	}
}

// touched says that cells left of column end may not be zero any more.
func (r *Row) touched(end int) { r.clean = min(r.clean, len(r.Cells)-end) }

// Equal says that r and o show the same; both must use the same Interns. An equal pointer is an equal row.
func (r *Row) Equal(o *Row) bool {
	if r == o {
		return true
	}
	if r.Wrapped != o.Wrapped || len(r.Cells) != len(o.Cells) {
		return false
	}
	n := len(r.Cells) - min(r.clean, o.clean)
	a, b := r.Cells[:n], o.Cells[:n]
	for len(a) >= 8 { // arrays are compared as memory
		if *(*[8]Cell)(a) != *(*[8]Cell)(b) {
			return false
		}
		a, b = a[8:], b[8:]
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func appendRune(dst []byte, r rune) []byte { return utf8.AppendRune(dst, r) }
