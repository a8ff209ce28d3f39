package vt

// eraseLine is EL and, if selective, DECSEL. As in xterm the wrap stays pending if protection left nothing to
// erase, but for the erasure to the end.
func (t *Terminal) eraseLine(how int, selective bool) {
	row, col := t.cur.Row, t.cur.Col
	switch how {
	case 0:
		t.eraseSpan(row, col, t.width, selective)
		t.cur.Pending = false
	case 1:
		if t.eraseSpan(row, 0, col+1, selective) {
			t.cur.Pending = false
		}
	case 2:
		if t.eraseSpan(row, 0, t.width, selective) {
			t.cur.Pending = false
		}
	}
}

// eraseDisplay is ED and, if selective, DECSED.
func (t *Terminal) eraseDisplay(how int, selective bool) {
	from, to := 0, t.height
	switch how {
	case 0:
		t.eraseLine(0, selective)
		from = t.cur.Row + 1
	case 1:
		t.eraseLine(1, selective)
		to = t.cur.Row
	case 2:
		t.cur.Pending = false
	default:
		return
	}
	for i := from; i < to; i++ {
		t.eraseSpan(i, 0, t.width, selective)
	}
}

// eraseSpan erases columns from to to (exclusive) of row i, if selective only what is not protected. It says
// whether there was anything to erase.
func (t *Terminal) eraseSpan(i, from, to int, selective bool) (any bool) {
	if !selective && !t.flags.guarded || !t.rows[i].protected {
		t.eraseCells(i, from, to)
		return true
	}
	for col := from; col < to; col++ {
		if t.rows[i].Cells[col].Attr&protected == 0 {
			t.eraseCells(i, col, col+1)
			any = true
		}
	}
	return any
}

// eraseChars is ECH.
func (t *Terminal) eraseChars(n int) {
	t.eraseSpan(t.cur.Row, t.cur.Col, min(t.cur.Col+n, t.width), false)
	t.cur.Pending = false
}

// insertChars is ICH, deleteChars is DCH: nothing outside the margins.
func (t *Terminal) insertChars(n int) {
	if t.cur.Col >= t.margins.left && t.cur.Col <= t.margins.right {
		t.insertCells(t.cur.Row, t.cur.Col, t.margins.right, n)
	}
	t.cur.Pending = false
}

func (t *Terminal) deleteChars(n int) {
	if t.cur.Col >= t.margins.left && t.cur.Col <= t.margins.right {
		t.deleteCells(t.cur.Row, t.cur.Col, t.margins.right, n)
	}
	t.cur.Pending = false
}

// alignment is DECALN: the screen full of E, margins and DECOM reset, cursor home. As in xterm, the pen keeps
// its colours only.
func (t *Terminal) alignment() {
	t.pen.Attr &= protected
	t.margins, t.flags.origin = t.fullMargins(), false
	for i := range t.rows {
		t.rows[i] = t.fresh(t.rows[i])
		t.rows[i].erase(0, t.width, Cell{Content: 'E'})
	}
	t.moveTo(0, 0)
}
