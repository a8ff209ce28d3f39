package vt

// shiftColumns moves the columns from col to the right margin, in the rows between the margins, to the right
// by n, or to the left if n is negative.
func (t *Terminal) shiftColumns(col, n int) {
	for i := t.margins.top; i <= t.margins.bottom; i++ {
		if n > 0 {
			t.insertCells(i, col, t.margins.right, n)
		} else {
			t.deleteCells(i, col, t.margins.right, -n)
		}
	}
}

// insertColumns is DECIC, deleteColumns is DECDC: nothing outside the margins.
func (t *Terminal) insertColumns(n int) {
	if t.insideMargins() {
		t.shiftColumns(t.cur.Col, n)
	}
}

func (t *Terminal) deleteColumns(n int) {
	if t.insideMargins() {
		t.shiftColumns(t.cur.Col, -n)
	}
}

// scrollLeft is SL, scrollRight is SR of ECMA-48.
func (t *Terminal) scrollLeft(n int)  { t.scrollSideways(-n) }
func (t *Terminal) scrollRight(n int) { t.scrollSideways(n) }

// scrollSideways does nothing while the cursor is above or below the margins, as in xterm.
func (t *Terminal) scrollSideways(n int) {
	if t.cur.Row >= t.margins.top && t.cur.Row <= t.margins.bottom {
		t.shiftColumns(t.margins.left, n)
	}
}

// backIndex is DECBI: one column left, scrolling right at the left margin.
func (t *Terminal) backIndex() {
	if t.cur.Col != t.margins.left {
		t.moveTo(t.cur.Row, t.cur.Col-1)
	} else if t.insideMargins() {
		t.scrollRight(1)
	}
}

// forwardIndex is DECFI: one column right, scrolling left at the right margin.
func (t *Terminal) forwardIndex() {
	if t.cur.Col != t.margins.right {
		t.moveTo(t.cur.Row, t.cur.Col+1)
	} else if t.insideMargins() {
		t.scrollLeft(1)
	}
}
