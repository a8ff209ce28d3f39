package vt

import "mosh/internal/core/width"

// maxClusterBytes bounds a cell's text: room for the longest emoji sequences in use, not for a program that
// stacks marks without end. Stock mosh stops at 32.
const maxClusterBytes = 64

// clusterAt returns what the text of the cell at column col of the cursor's row is to the next code point.
func (t *Terminal) clusterAt(col int) width.Cluster {
	content := t.rows[t.cur.Row].Cells[col].Content
	if r, ok := content.Rune(); ok {
		_, _, c := t.widths.Next(0, r)
		return c
	}
	var buf [maxClusterBytes]byte
	return t.widths.ClusterOf(string(t.interns.AppendContent(buf[:0], content)))
}

// attach adds the combining r to the cell under the cursor, where it goes after the cursor was moved. Without
// a base it is dropped, as in xterm.
func (t *Terminal) attach(r rune) {
	cells, col := t.rows[t.cur.Row].Cells, t.cur.Col
	if cells[col].Content.IsTail() {
		col--
	}
	if cells[col].Content.Empty() {
		return
	}
	if w, joined, _ := t.widths.Next(t.clusterAt(col), r); joined {
		t.extend(col, r, w)
	}
}

// extend adds r to the cell at column col of the cursor's row, whose text then takes w columns.
func (t *Terminal) extend(col int, r rune, w int) {
	old := t.rows[t.cur.Row].Cells[col]
	var buf [maxClusterBytes + 4]byte
	text := appendRune(t.interns.AppendContent(buf[:0], old.Content), r)
	if len(text) > maxClusterBytes {
		return
	}
	t.steps++
	c, ok := t.intern(text, w == 2)
	switch {
	case !ok:
	case w == 1 || old.Content.Wide():
		t.rowTo(t.cur.Row, col+1).Cells[col].Content = c
	default:
		t.widen(col, Cell{c, old.Rendition})
	}
}

// intern returns the content for a cluster. If the tables are full they are renewed.
func (t *Terminal) intern(text []byte, wide bool) (c Content, ok bool) {
	if c, ok = t.interns.cluster(text, wide); !ok && t.renewInterns() {
		c, ok = t.interns.cluster(text, wide)
	}
	return c, ok
}

// widen makes the character at column col two columns wide, as U+FE0F does with some. If there is no room
// for that, it goes to the next line as a wide character does, or stays as it was.
func (t *Terminal) widen(col int, c Cell) {
	printed := t.join == col
	pen := t.pen
	t.pen = c.Rendition
	defer func() { t.pen = pen }()
	right := t.margins.right
	if col > right {
		right = t.width - 1
	}
	switch {
	case col < right:
		t.putContent(t.cur.Row, col, c.Content, 2)
		if printed {
			t.cur.Col = col + 1
			t.advance(1, right)
		}
	case printed && t.flags.autowrap && t.margins.left < right:
		t.cur.Pending = false
		t.eraseCells(t.cur.Row, col, col+1)
		t.printContent(c.Content, 2)
	}
}

// renewInterns starts new tables with what our own cells still use. It says whether that was done: not again
// before as much was written as it costs.
func (t *Terminal) renewInterns() bool {
	cost := uint64(2 * t.width * t.height)
	if t.steps-t.internAt < cost {
		return false
	}
	old := t.interns
	t.interns = NewInterns()
	for _, s := range []*screen{&t.screen, &t.other} {
		for i := range s.rows {
			s.rows[i] = t.interns.adopt(old, s.rows[i], t.epoch)
		}
		s.saved.pen.Extra, _ = t.interns.AddExtra(s.saved.extra)
	}
	t.pen.Extra, _ = t.interns.AddExtra(t.extra)
	t.steps += cost
	t.internAt = t.steps
	return true
}

// adopt returns r with its indexes into old replaced by those into n: r itself if it has none.
func (n *Interns) adopt(old *Interns, r *Row, epoch uint64) *Row {
	var c *Row
	for col := range r.Cells {
		cell := r.Cells[col]
		i, isCluster := cell.Content.Cluster()
		if !isCluster && cell.Extra == 0 {
			continue
		}
		if c == nil {
			c = r.Clone()
			c.epoch = epoch
		}
		if isCluster {
			c.Cells[col].Content, _ = n.Cluster(old.clusters[i], cell.Content.Wide())
		}
		c.Cells[col].Extra, _ = n.AddExtra(old.Extra(cell.Extra))
	}
	if c == nil {
		return r
	}
	return c
}
