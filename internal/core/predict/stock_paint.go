package predict

import "mosh/internal/core/vt"

// apply is section 6 of the spec.
func (s *stock) apply(server *vt.Frame) *vt.Frame {
	s.painted = server
	if !s.policy.show() {
		return server
	}
	l := layer{base: server, out: server}
	for _, g := range s.cursors {
		if !s.tentative(g.epoch) {
			l.moveCursor(g.row, g.col)
		}
	}
	for _, o := range s.rows {
		if o.row >= server.Height {
			continue
		}
		for col := range min(len(o.slots), server.Width) {
			if c := &o.slots[col]; c.active && !s.tentative(c.epoch) {
				l.put(o.row, col, c.cell, c.unknown, s.policy.flagging)
			}
		}
	}
	s.painted = l.out
	return l.out
}

// layer paints over a frame and copies no more of it than it changes.
type layer struct{ base, out *vt.Frame }

func (l *layer) moveCursor(row, col int) {
	c := vt.Cursor{Row: row, Col: col}
	if c == l.out.Cursor {
		return
	}
	l.edit()
	l.out.Cursor = c
}

func (l *layer) edit() {
	if l.out == l.base {
		l.out = l.base.Edit()
	}
}

// put shows cell at row, col. Of an unknown cell only the underline is shown. What looks like the frame is left alone.
func (l *layer) put(row, col int, cell vt.Cell, unknown, underline bool) {
	was := l.base.Cell(row, col)
	switch {
	case unknown:
		if !underline || col == l.base.Width-1 {
			return
		}
		cell = was
	case cell == was:
		return
	case isBlank(cell.Content) && isBlank(was.Content):
		underline = false
	}
	if underline {
		cell.Attr = cell.Attr.WithUnderline(vt.UnderlineSingle)
	}
	l.edit()
	l.out.SetCell(l.base, row, col, cell)
}
