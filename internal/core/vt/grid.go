package vt

// blankRow returns a row that everybody shares: its epoch is nobody's, so it is copied before it is written.
func blankRow(width int) *Row { return newRow(width, Rendition{}) }

func blankRows(width, height int) []*Row {
	rows := make([]*Row, height)
	b := blankRow(width)
	for i := range rows {
		rows[i] = b
	}
	return rows
}

// row returns row i of the active screen for writing.
func (t *Terminal) row(i int) *Row { return t.rowTo(i, t.width) }

// rowTo returns row i of the active screen for writing left of column end only.
func (t *Terminal) rowTo(i, end int) *Row {
	r := t.rows[i]
	if r.epoch != t.epoch {
		r = t.own(i)
	}
	r.touched(end)
	return r
}

// own makes row i of the active screen a copy that is ours alone.
func (t *Terminal) own(i int) *Row {
	r := t.rows[i].Clone()
	r.epoch, r.clean = t.epoch, t.rows[i].clean
	t.rows[i] = r
	t.steps += uint64(t.width)
	return r
}

// fresh returns a blank row with the pen's background. old, which leaves the screen, is used again unless a
// snapshot or a clone holds it.
func (t *Terminal) fresh(old *Row) *Row {
	t.steps += uint64(t.width)
	if old.epoch != t.epoch {
		r := newRow(t.width, t.pen)
		r.epoch = t.epoch
		return r
	}
	old.erase(0, t.width, t.blank())
	old.Wrapped, old.protected = false, false
	return old
}

// blank is what erasures leave (background colour erase).
func (t *Terminal) blank() Cell { return Blank(t.pen) }

func fill(cells []Cell, c Cell) {
	if c == (Cell{}) {
		clear(cells)
		return
	}
	for i := range cells {
		cells[i] = c
	}
}

// push scrolls the whole screen up by one row. The rows are a window that slides over a larger slice, so
// that this costs no move of the others in most cases.
func (t *Terminal) push() {
	h := t.height
	r := t.fresh(t.rows[0])
	if cap(t.rows) == h {
		if len(t.store) < 3*h {
			t.store = make([]*Row, 3*h)
		}
		n := copy(t.store, t.rows[1:])
		clear(t.store[n:])
		t.rows = t.store[:h]
	} else {
		t.rows[0] = nil
		t.rows = t.rows[1 : h+1]
	}
	t.rows[h-1] = r
}

// rotateUp moves rows top to bottom (inclusive) up by n and blanks what comes in.
func (t *Terminal) rotateUp(top, bottom, n int) {
	n = min(n, bottom-top+1)
	if n <= 0 {
		return
	}
	t.join = -1
	if n == 1 && top == 0 && bottom == t.height-1 {
		t.push()
		return
	}
	rows := t.rows[top : bottom+1]
	t.steps += uint64(len(rows))
	t.scratch = append(t.scratch[:0], rows[:n]...)
	copy(rows, rows[n:])
	for i, r := range t.scratch {
		rows[len(rows)-n+i] = t.fresh(r)
	}
	clear(t.scratch)
}

// rotateDown moves rows top to bottom (inclusive) down by n and blanks what comes in.
func (t *Terminal) rotateDown(top, bottom, n int) {
	n = min(n, bottom-top+1)
	if n <= 0 {
		return
	}
	t.join = -1
	rows := t.rows[top : bottom+1]
	t.steps += uint64(len(rows))
	t.scratch = append(t.scratch[:0], rows[len(rows)-n:]...)
	copy(rows[n:], rows)
	for i, r := range t.scratch {
		rows[i] = t.fresh(r)
	}
	clear(t.scratch)
}

// split makes sure that no wide character lies across the border left of column col, by erasing it.
func (t *Terminal) split(r *Row, col int) {
	if col > 0 && col < len(r.Cells) && r.Cells[col].Content.IsTail() {
		r.Cells[col-1], r.Cells[col] = t.blank(), t.blank()
		if col == len(r.Cells)-1 {
			r.Wrapped = false
		}
	}
}

// eraseCells blanks columns from to to (exclusive) of row i, and the other half of a wide character at
// either end.
func (t *Terminal) eraseCells(i, from, to int) {
	if from >= to {
		return
	}
	t.join = -1
	if from == 0 && to == t.width {
		t.rows[i] = t.fresh(t.rows[i])
		return
	}
	if t.blankThere(i, from, to) {
		return
	}
	r := t.rowTo(i, 0)
	t.split(r, from)
	t.split(r, to)
	r.erase(from, to, t.blank())
	t.steps += uint64(to - from)
	if to == t.width {
		r.Wrapped = false
	}
}

// blankThere says that a row which a snapshot or a clone holds has been erased from from to to already (see there).
func (t *Terminal) blankThere(i, from, to int) bool {
	r, blank := t.rows[i], t.blank()
	if r.epoch == t.epoch || r.Wrapped {
		return false
	}
	for _, c := range r.Cells[from:to] {
		if c != blank {
			return false
		}
	}
	return true
}

// eraseRows blanks rows from to to (exclusive).
func (t *Terminal) eraseRows(from, to int) {
	t.join = -1
	for i := from; i < to; i++ {
		t.rows[i] = t.fresh(t.rows[i])
	}
}

// insertCells shifts the cells from col up to column right (inclusive) to the right by n.
func (t *Terminal) insertCells(i, col, right, n int) {
	n = min(n, right-col+1)
	if n <= 0 {
		return
	}
	t.join = -1
	r := t.row(i)
	t.split(r, col)
	t.split(r, right+1)
	cells := r.Cells[col : right+1]
	t.split(r, right+1-n)
	copy(cells[n:], cells)
	fill(cells[:n], t.blank())
	t.steps += uint64(len(cells))
	if right == t.width-1 {
		r.Wrapped = false
	}
}

// deleteCells shifts the cells right of col up to column right (inclusive) to the left by n.
func (t *Terminal) deleteCells(i, col, right, n int) {
	n = min(n, right-col+1)
	if n <= 0 {
		return
	}
	t.join = -1
	r := t.row(i)
	t.split(r, col)
	t.split(r, col+n)
	t.split(r, right+1)
	cells := r.Cells[col : right+1]
	copy(cells, cells[n:])
	fill(cells[len(cells)-n:], t.blank())
	t.steps += uint64(len(cells))
	if right == t.width-1 {
		r.Wrapped = false
	}
}

// shiftRect moves the cells of rows top to bottom and columns left to right (all inclusive) up by n rows, or
// down if n is negative, and blanks what comes in.
func (t *Terminal) shiftRect(top, bottom, left, right, n int) {
	t.join = -1
	for i := top; i <= bottom; i++ {
		r := t.row(i)
		t.split(r, left)
		t.split(r, right+1)
		if right == t.width-1 {
			r.Wrapped = false
		}
	}
	from, to, step := top, bottom+1, 1
	if n < 0 {
		from, to, step = bottom, top-1, -1
	}
	for i := from; i != to; i += step {
		dst := t.rows[i].Cells[left : right+1]
		t.steps += uint64(len(dst))
		if s := i + n; s >= top && s <= bottom {
			copy(dst, t.rows[s].Cells[left:right+1])
			t.rows[i].protected = t.rows[i].protected || t.rows[s].protected
		} else {
			fill(dst, t.blank())
		}
	}
}
