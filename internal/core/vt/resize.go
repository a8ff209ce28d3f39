package vt

// Resize changes the size. As in xterm the line of the cursor stays: if there are too many lines, those above
// go first as far as needed. Nothing is reflowed; what is added is blank.
func (t *Terminal) Resize(width, height int) {
	width, height = clampSide(width), clampSide(height)
	if width == t.width && height == t.height {
		return
	}
	t.catchUp()
	t.dirty, t.held = true, nil
	up := t.screen.resize(width, height, t.cur.Row, t.epoch)
	t.cur.Row -= up
	t.other.resize(width, height, t.other.saved.cursor.Row, t.epoch)
	if width < t.width {
		t.tabs.forget(width)
	}
	t.width, t.height = width, height
	t.margins = t.fullMargins()
	t.cur.Col = min(t.cur.Col, width-1)
	t.join = -1
	if t.flags.inBandSize {
		t.reportSize()
	}
}

// resize returns by how many rows the contents went up so that row keep stays on the screen.
func (s *screen) resize(width, height, keep int, epoch uint64) (up int) {
	up = max(min(keep, len(s.rows)-1)-height+1, 0)
	old := s.rows[up:min(len(s.rows), up+height)]
	rows := make([]*Row, height)
	for i, r := range old {
		rows[i] = r.resized(width, epoch)
	}
	if len(old) < height {
		b := blankRow(width)
		for i := len(old); i < height; i++ {
			rows[i] = b
		}
	}
	s.rows, s.store = rows, nil
	s.saved.cursor.Row = max(s.saved.cursor.Row-up, 0)
	return up
}

// resized returns r with another width, blank where it grew: r itself if it has that width already.
func (r *Row) resized(width int, epoch uint64) *Row {
	if len(r.Cells) == width {
		return r
	}
	n := &Row{Cells: make([]Cell, width), protected: r.protected, epoch: epoch}
	copy(n.Cells, r.Cells)
	if width < len(r.Cells) && r.Cells[width].Content.IsTail() {
		n.Cells[width-1] = Cell{}
	}
	return n
}
