package display

import (
	"strconv"

	"mosh/internal/core/vt"
)

// pen-and-cursor side of a diff: what was written and where that leaves the receiver.
type writer struct {
	dst           []byte
	width, height int

	row, col           int
	rowKnown, colKnown bool
	// edge: the cursor is in the last column and a wrap may be pending.
	edge bool
	// wrapDue: the last thing written was a print into the last column.
	wrapDue bool
	// left is the content of the cell that was printed last and stands left of the cursor, which the next
	// code point may join; zero if there is none.
	left vt.Content

	pen      vt.Rendition
	penKnown bool

	visible bool // DECTCEM as the receiver has it
	jumped  bool // the cursor was seen somewhere between its old and its new place
	erased  int  // erasures in the current row

	doneBelow bool // the blank rows at the foot have been erased
}

const esc = "\x1b"
const csi = esc + "["

func (w *writer) str(s string) { w.dst = append(w.dst, s...) }

// seq writes CSI n final, leaving out n if it is 1.
func (w *writer) seq(n int, final byte) {
	w.dst = append(w.dst, csi...)
	if n != 1 {
		w.dst = appendNumber(w.dst, n)
	}
	w.dst = append(w.dst, final)
}

func seqCost(n int) int {
	if n == 1 {
		return 3
	}
	return 3 + digits(n)
}

func digits(n int) int {
	switch {
	case n < 10:
		return 1
	case n < 100:
		return 2
	case n < 1000:
		return 3
	}
	return len(strconv.Itoa(n))
}

// at says that the cursor is known to be at row, col; with print also that a print there does not wrap.
func (w *writer) at(row, col int, print bool) bool {
	return w.rowKnown && w.colKnown && w.row == row && w.col == col && (!print || !w.edge)
}

// a step is one way of changing the row or the column alone.
type step struct {
	cost int
	kind byte // final byte of the sequence, or one of the controls below
	n    int
	back int // for HT: how many BS follow
}

// vertical returns the cheapest way to row that leaves the column alone.
func (w *writer) vertical(row int) step {
	d := row - w.row
	if d == 0 {
		return step{}
	}
	s := step{cost: seqCost(row + 1), kind: 'd', n: row + 1}
	switch {
	case d > 0 && d <= s.cost:
		s = step{cost: d, kind: '\n', n: d}
		fallthrough
	case d > 0:
		if c := seqCost(d); c < s.cost {
			s = step{cost: c, kind: 'B', n: d}
		}
	default:
		if c := seqCost(-d); c < s.cost {
			s = step{cost: c, kind: 'A', n: -d}
		}
	}
	return s
}

// horizontal returns the cheapest way to col that leaves the row alone.
func (w *writer) horizontal(col int, tabs bool) step {
	if col == 0 {
		return step{cost: 1, kind: '\r', n: 1}
	}
	s := step{cost: seqCost(col + 1), kind: 'G', n: col + 1}
	if !w.colKnown || w.edge {
		return s
	}
	d := col - w.col
	if d < 0 {
		if -d < s.cost {
			s = step{cost: -d, kind: '\b', n: -d}
		}
		if c := seqCost(-d); c < s.cost {
			s = step{cost: c, kind: 'D', n: -d}
		}
		return s
	}
	if c := seqCost(d); c < s.cost {
		s = step{cost: c, kind: 'C', n: d}
	}
	if tabs {
		stop := (col + 7) / 8 * 8
		n, back := stop/8-w.col/8, stop-col
		if stop < w.width-1 && n > 0 && n+back < s.cost {
			s = step{cost: n + back, kind: '\t', n: n, back: back}
		}
	}
	return s
}

func (w *writer) take(s step) {
	switch s.kind {
	case 0:
	case '\n', '\r', '\b', '\t':
		for range s.n {
			w.dst = append(w.dst, s.kind)
		}
		for range s.back {
			w.dst = append(w.dst, '\b')
		}
	default:
		w.seq(s.n, s.kind)
	}
}

// path returns the cheapest way to row, col: a step each, or CUP if relative is false.
func (w *writer) path(row, col int, tabs bool) (v, h step, cost int, relative bool) {
	cost = 3
	if row > 0 {
		cost += digits(row + 1)
	}
	if col > 0 {
		cost += 1 + digits(col+1)
	}
	// If the row is in doubt, so is the column.
	if !w.rowKnown {
		return v, h, cost, false
	}
	v = w.vertical(row)
	// Where a wrap is pending the column is said too: tmux keeps the wrap through a move to another row.
	if !w.colKnown || w.col != col || w.edge {
		h = w.horizontal(col, tabs)
	}
	if v.cost+h.cost <= cost {
		return v, h, v.cost + h.cost, true
	}
	return v, h, cost, false
}

// cost is how many bytes move takes.
func (w *writer) cost(row, col int, tabs bool) int {
	if w.at(row, col, true) {
		return 0
	}
	_, _, cost, _ := w.path(row, col, tabs)
	return cost
}

// move puts the cursor at row, col by the fewest bytes and leaves no wrap pending.
func (w *writer) move(row, col int, tabs bool) {
	if w.at(row, col, true) {
		return
	}
	if v, h, _, relative := w.path(row, col, tabs); relative {
		w.take(v)
		w.take(h)
	} else {
		w.cup(row, col)
	}
	w.place(row, col)
}

// place notes that a function put the cursor at row, col.
func (w *writer) place(row, col int) {
	w.row, w.col, w.rowKnown, w.colKnown, w.edge, w.wrapDue, w.left = row, col, true, true, false, false, 0
}

// cup writes CUP, leaving out ones.
func (w *writer) cup(row, col int) {
	w.str(csi)
	if row > 0 {
		w.dst = appendNumber(w.dst, row+1)
	}
	if col > 0 {
		w.dst = append(w.dst, ';')
		w.dst = appendNumber(w.dst, col+1)
	}
	w.dst = append(w.dst, 'H')
}

// advance follows the print of n columns; the caller says by edge whether the last column was reached.
func (w *writer) advance(n int) {
	w.col += n
	if w.col >= w.width {
		w.col, w.edge, w.wrapDue = w.width-1, true, true
	}
}
