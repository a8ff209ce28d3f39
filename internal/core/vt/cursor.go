package vt

// savedCursor is what DECSC saves. The zero value is what DECRC gives without DECSC, but for autowrap.
type savedCursor struct {
	cursor   Cursor
	pen      Rendition
	extra    Extra
	charsets charsets
	origin   bool
}

// moved notes that the cursor was moved by a function: the wrap is not pending any more, and combining marks
// go to the cell under the cursor.
func (t *Terminal) moved() {
	t.cur.Pending = false
	t.join = -1
}

// moveTo puts the cursor at row, col of the screen, clamped.
func (t *Terminal) moveTo(row, col int) {
	t.cur.Row = min(max(row, 0), t.height-1)
	t.cur.Col = min(max(col, 0), t.width-1)
	t.moved()
}

// position puts the cursor at row, col, zero-based, in the coordinates of DECOM: relative to the margins and
// inside them if it is set.
func (t *Terminal) position(row, col int) {
	if !t.flags.origin {
		t.moveTo(row, col)
		return
	}
	m := t.margins
	t.moveTo(min(max(row, 0)+m.top, m.bottom), min(max(col, 0)+m.left, m.right))
}

// where returns the cursor in the coordinates of DECOM. DECRC can have put it above or left of the margins: no report
// has negative numbers.
func (t *Terminal) where() (row, col int) {
	if t.flags.origin {
		return max(t.cur.Row-t.margins.top, 0), max(t.cur.Col-t.margins.left, 0)
	}
	return t.cur.Row, t.cur.Col
}

// up is CUU: it stops at the top margin if it begins inside the margins or below.
func (t *Terminal) up(n int) {
	limit := 0
	if t.cur.Row >= t.margins.top {
		limit = t.margins.top
	}
	t.moveTo(max(t.cur.Row-n, limit), t.cur.Col)
}

// down is CUD: it stops at the bottom margin if it begins inside the margins or above.
func (t *Terminal) down(n int) {
	limit := t.height - 1
	if t.cur.Row <= t.margins.bottom {
		limit = t.margins.bottom
	}
	t.moveTo(min(t.cur.Row+n, limit), t.cur.Col)
}

// forward is CUF: it stops at the right margin if it begins at it or left of it.
func (t *Terminal) forward(n int) { t.moveTo(t.cur.Row, min(t.cur.Col+n, t.rightLimit())) }

// backward is CUB and BS: it stops at the left margin if it begins at it or right of it. With reverse wrap
// (45) it goes on at the end of the line above, and from the top to the bottom, as in xterm before 380.
func (t *Terminal) backward(n int) {
	left := t.margins.left
	if t.cur.Col < left {
		left = 0
	}
	reverse := t.flags.reverseWrap && t.flags.autowrap
	if reverse && t.cur.Pending {
		n--
	}
	col := t.cur.Col - n
	if col >= left || !reverse {
		t.moveTo(t.cur.Row, max(col, left))
		return
	}
	perRow := t.margins.right - left + 1
	total := perRow * t.height
	offset := (perRow*t.cur.Row+col-left)%total + total
	offset %= total
	t.moveTo(offset/perRow, offset%perRow+left)
}

// backspace is BS.
func (t *Terminal) backspace() {
	if t.o.Receiver && t.cur.Pending {
		// Stock mosh's writer believes the cursor to be one column further right (spec/terminal.md, 5.9).
		t.moved()
		return
	}
	t.backward(1)
}

// carriageReturn is CR: to the left margin, or to column 0 if the cursor is left of it.
func (t *Terminal) carriageReturn() {
	col := t.margins.left
	if t.cur.Col < col && !t.flags.origin {
		col = 0
	}
	t.cur.Col = col
	t.moved()
}

// saveCursor is DECSC.
func (t *Terminal) saveCursor() {
	t.saved = savedCursor{t.cur, t.pen, t.extra, t.charsets, t.flags.origin}
}

// restoreCursor is DECRC.
func (t *Terminal) restoreCursor() {
	s := t.saved
	t.pen, t.extra, t.charsets, t.flags.origin = s.pen, s.extra, s.charsets, s.origin
	row, col := s.cursor.Row, s.cursor.Col
	if s.origin {
		row, col = min(row, t.margins.bottom), min(col, t.margins.right)
	}
	t.moveTo(row, col)
	t.cur.Pending = s.cursor.Pending && col == t.cur.Col
}
