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
}

// NewRow returns a row of width blank cells with the background of pen p.
func NewRow(width int, p Rendition) *Row {
	r := &Row{Cells: make([]Cell, width)}
	if b := Blank(p); b != (Cell{}) {
		for i := range r.Cells {
			r.Cells[i] = b
		}
	}
	return r
}

// Clone returns a copy of r that may be written to.
func (r *Row) Clone() *Row {
	return &Row{Cells: slices.Clone(r.Cells), Wrapped: r.Wrapped, protected: r.protected}
}

// Equal says that r and o show the same; both must use the same Interns. An equal pointer is an equal row.
func (r *Row) Equal(o *Row) bool {
	return r == o || r.Wrapped == o.Wrapped && slices.Equal(r.Cells, o.Cells)
}

func appendRune(dst []byte, r rune) []byte { return utf8.AppendRune(dst, r) }
