package vt

// maxClusterBytes bounds a cell's text: room for the longest emoji sequences in use, not for a program that
// stacks marks without end. Stock mosh stops at 32.
const (
	maxClusterBytes      = 64
	maxStockClusterBytes = 32
)

// joinRune adds r to the cluster of the last printed cell.
func (t *Terminal) joinRune(r rune) { t.extend(t.join, r) }

// attach adds the combining r to the last printed cell, or to the cell under the cursor if the cursor was
// moved since. Without a base it is dropped, as in xterm.
func (t *Terminal) attach(r rune) {
	col := t.join
	if col < 0 {
		col = t.cur.Col
	}
	t.extend(col, r)
}

// extend adds r to the cell at column col of the cursor's row.
func (t *Terminal) extend(col int, r rune) {
	cells := t.rows[t.cur.Row].Cells
	if cells[col].Content.IsTail() {
		col--
	}
	c := cells[col].Content
	if c.Empty() {
		return
	}
	var buf [maxClusterBytes + 8]byte
	text := appendRune(t.interns.AppendContent(buf[:0], c), r)
	if len(text) > maxClusterBytes {
		return
	}
	t.steps++
	n, ok := t.interns.Cluster(string(text), c.Wide())
	if !ok {
		if !t.renewInterns() {
			return
		}
		if n, ok = t.interns.Cluster(string(text), c.Wide()); !ok {
			return
		}
	}
	t.row(t.cur.Row).Cells[col].Content = n
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
