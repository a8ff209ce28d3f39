package vt

// margins are the scroll region, all inclusive and zero-based.
type margins struct{ top, bottom, left, right int }

func (t *Terminal) fullMargins() margins { return margins{0, t.height - 1, 0, t.width - 1} }

// insideMargins says that the cursor is inside all four margins.
func (t *Terminal) insideMargins() bool {
	m := t.margins
	return t.cur.Row >= m.top && t.cur.Row <= m.bottom && t.cur.Col >= m.left && t.cur.Col <= m.right
}

// narrow says that the left and right margins are not those of the screen.
func (t *Terminal) narrow() bool { return t.margins.left > 0 || t.margins.right < t.width-1 }

// setRows is DECSTBM; top and bottom are one-based, zero is the default.
func (t *Terminal) setRows(top, bottom int) {
	top = max(top, 1)
	if bottom <= 0 || bottom > t.height {
		bottom = t.height
	}
	if top >= bottom {
		return
	}
	t.margins.top, t.margins.bottom = top-1, bottom-1
	t.position(0, 0)
}

// setColumns is DECSLRM, as setRows.
func (t *Terminal) setColumns(left, right int) {
	left = max(left, 1)
	if right <= 0 || right > t.width {
		right = t.width
	}
	if left >= right {
		return
	}
	t.margins.left, t.margins.right = left-1, right-1
	t.position(0, 0)
}

// scrollUp scrolls the lines of the region from row top on up by n.
func (t *Terminal) scrollUp(top, n int) {
	if m := t.margins; t.narrow() {
		t.shiftRect(top, m.bottom, m.left, m.right, n)
		return
	}
	t.rotateUp(top, t.margins.bottom, n)
}

// scrollDown scrolls the lines of the region from row top on down by n.
func (t *Terminal) scrollDown(top, n int) {
	if m := t.margins; t.narrow() {
		t.shiftRect(top, m.bottom, m.left, m.right, -n)
		return
	}
	t.rotateDown(top, t.margins.bottom, n)
}

// index is IND: down one line, scrolling at the bottom margin.
func (t *Terminal) index() {
	if t.cur.Row != t.margins.bottom {
		t.cur.Row = min(t.cur.Row+1, t.height-1)
	} else if !t.narrow() {
		t.rotateUp(t.margins.top, t.margins.bottom, 1)
	} else if t.insideMargins() {
		t.scrollUp(t.margins.top, 1)
	}
	t.moved()
}

// reverseIndex is RI.
func (t *Terminal) reverseIndex() {
	if t.cur.Row != t.margins.top {
		t.cur.Row = max(t.cur.Row-1, 0)
	} else if !t.narrow() || t.insideMargins() {
		t.scrollDown(t.margins.top, 1)
	}
	t.moved()
}

// lineFeed is LF, VT and FF.
func (t *Terminal) lineFeed() {
	t.index()
	if t.flags.newline {
		t.carriageReturn()
	}
}

// insertLines is IL, deleteLines is DL: nothing outside the margins.
func (t *Terminal) insertLines(n int) {
	if t.insideMargins() {
		t.scrollDown(t.cur.Row, n)
		t.moveTo(t.cur.Row, t.margins.left)
	}
}

func (t *Terminal) deleteLines(n int) {
	if t.insideMargins() {
		t.scrollUp(t.cur.Row, n)
		t.moveTo(t.cur.Row, t.margins.left)
	}
}
