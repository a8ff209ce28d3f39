package vt

import "mosh/internal/core/width"

// rightLimit is the last column that printing reaches from the cursor: the right margin, unless the cursor
// is beyond it.
func (t *Terminal) rightLimit() int {
	if t.cur.Col > t.margins.right {
		return t.width - 1
	}
	return t.margins.right
}

// printText prints a run of 20 to 7E.
func (t *Terminal) printText(p []byte) {
	if !t.charsets.plain() {
		p = t.printMapped(p)
	}
	if len(p) == 0 {
		return
	}
	t.last = rune(p[len(p)-1])
	t.steps += uint64(len(p))
	for len(p) > 0 {
		if t.cur.Pending {
			t.resolvePending()
		}
		right := t.rightLimit()
		n := min(right+1-t.cur.Col, len(p))
		if t.flags.insert {
			t.insertCells(t.cur.Row, t.cur.Col, right, n)
		}
		t.put(p[:n])
		p = p[n:]
		t.join, t.cluster = t.cur.Col+n-1, 0
		t.advance(n, right)
	}
}

// put writes p into the cells from the cursor on, which must be inside the row.
func (t *Terminal) put(p []byte) {
	col := t.cur.Col
	end := col + len(p)
	if t.there(p, col) {
		return
	}
	r := t.rowTo(t.cur.Row, end)
	if r.Cells[col].Content.IsTail() {
		r.Cells[col-1] = t.blank()
	}
	if end == len(r.Cells) {
		r.Wrapped = false
	} else if r.Cells[end].Content.IsTail() {
		t.split(r, end)
	}
	pen := t.pen
	cells := r.Cells[col:end]
	for i := range cells {
		c := &cells[i]
		c.Content = Content(p[i])
		c.Rendition = pen
	}
	if pen.Attr&protected != 0 {
		r.protected = true
	}
}

// there says that a row which a snapshot or a clone holds has p in its cells from col on already, as where a program
// paints its whole screen anew: it need not be copied, and is found unchanged without a look at its cells.
func (t *Terminal) there(p []byte, col int) bool {
	r := t.rows[t.cur.Row]
	if r.epoch == t.epoch || col+len(p) == len(r.Cells) || t.pen.Attr&protected != 0 {
		return false
	}
	pen := t.pen
	for i, c := range r.Cells[col : col+len(p)] {
		if c.Content != Content(p[i]) || c.Rendition != pen {
			return false
		}
	}
	return true
}

// advance moves the cursor right by n columns after printing, up to column right, where the wrap is pending.
func (t *Terminal) advance(n, right int) {
	t.cur.Col += n
	if t.cur.Col > right {
		t.cur.Col = right
		t.cur.Pending = true
	}
}

// resolvePending does the wrap that is due before the next character (DECAWM).
func (t *Terminal) resolvePending() {
	t.cur.Pending = false
	if t.flags.autowrap {
		t.wrap(true)
	}
}

// wrap goes to the beginning of the next line. soft says that the text goes on there.
func (t *Terminal) wrap(soft bool) {
	if last := t.width - 1; soft && t.cur.Col == last && t.margins.left == 0 && !t.rows[t.cur.Row].Cells[last].Content.Empty() {
		t.rowTo(t.cur.Row, 0).Wrapped = true
	}
	t.index()
	t.cur.Col = t.margins.left
}

// printRune prints a code point from U+00A0 on.
func (t *Terminal) printRune(r rune) {
	t.charsets.single = 0
	var c width.Cluster
	if t.join >= 0 {
		if t.cluster == 0 {
			t.cluster = t.clusterAt(t.join)
		}
		c = t.cluster
	}
	w, joined, next := t.widths.Next(c, r)
	switch {
	case joined:
		t.extend(t.join, r, w)
		t.cluster = next
	case w == 0:
		t.attach(r)
	default:
		t.last = r
		t.printContent(RuneContent(r, w == 2), w)
		t.cluster = next
	}
}

// printContent prints one character of w columns, 1 or 2.
func (t *Terminal) printContent(c Content, w int) {
	t.steps += uint64(w)
	if t.cur.Pending {
		t.resolvePending()
	}
	right := t.rightLimit()
	if w == 2 && t.cur.Col == right {
		// A wide character never lies across the edge. Without DECAWM, or between margins of one column,
		// there is no place for it.
		if !t.flags.autowrap || t.margins.left >= right {
			t.join = -1
			return
		}
		t.wrap(false)
		right = t.rightLimit()
	}
	if t.flags.insert {
		t.insertCells(t.cur.Row, t.cur.Col, right, w)
	}
	t.join, t.cluster = t.cur.Col, 0
	t.putContent(t.cur.Row, t.cur.Col, c, w)
	t.advance(w, right)
}

// putContent writes a character of w columns with the pen; it must fit into the row.
func (t *Terminal) putContent(i, col int, c Content, w int) {
	r := t.rowTo(i, col+w)
	t.split(r, col)
	t.split(r, col+w)
	r.Cells[col] = Cell{c, t.pen}
	if w == 2 {
		r.Cells[col+1] = Cell{Tail, t.pen}
	}
	if col+w == t.width {
		r.Wrapped = false
	}
	if t.pen.Attr&protected != 0 {
		r.protected = true
	}
}

// repeat prints the graphic character r n times more (REP), at most to the end of the screen.
func (t *Terminal) repeat(r rune, n int) {
	if r == 0 {
		return
	}
	n = min(n, (t.height-t.cur.Row)*t.width-t.cur.Col)
	b := [1]byte{byte(r)}
	w, _, _ := t.widths.Next(0, r) // as printRune has it: never negative
	for range n {
		if r < 0x7f {
			t.printText(b[:])
		} else {
			t.printContent(RuneContent(r, w == 2), w)
		}
	}
	t.last = 0
}
