package predict

import (
	"time"

	"mosh/internal/core/vt"
	"mosh/internal/core/width"
)

// keys is section 4 of the spec: each byte is judged against what the person sees and then predicted.
func (s *stock) keys(now time.Time, b []byte, sent uint64, server *vt.Frame) {
	s.now, s.sent = now, sent
	if len(b) > bulk {
		s.reset()
		return
	}
	f := s.painted
	if f == nil {
		f = server
	}
	for _, c := range b {
		if s.policy.preference == Experimental {
			s.epoch = s.confirmed
		}
		s.pass(f)
		if act, ok := s.parser.next(c); ok {
			s.stats.Keys++
			s.act(f, act)
		}
	}
}

func (s *stock) act(f *vt.Frame, a stockAction) {
	switch {
	case a.kind == stockPrint && a.r == 0x7F:
		s.backspace(f)
	case a.kind == stockPrint && a.r >= 0x20 && width.Stock.Rune(a.r) == 1:
		s.insert(f, a.r)
	case a.kind == stockPrint:
		s.initCursor(f)
		s.becomeTentative()
	case a.kind == stockExecute && a.r == '\r':
		s.becomeTentative()
		s.newline(f)
	case a.kind == stockCSI && a.r == 'C':
		if g := s.initCursor(f); g.col < f.Width-1 {
			g.col, g.expires = g.col+1, s.sent+1
			s.stats.Predicted++
		}
	case a.kind == stockCSI && a.r == 'D':
		if g := s.initCursor(f); g.col > 0 {
			g.col, g.expires = g.col-1, s.sent+1
			s.stats.Predicted++
		}
	default:
		s.becomeTentative()
	}
}

// frameCell returns the cell of f, blank outside.
func frameCell(f *vt.Frame, row, col int) vt.Cell {
	if row < 0 || row >= f.Height || col < 0 || col >= f.Width {
		return vt.Cell{}
	}
	return f.Cell(row, col)
}

// take makes slot c show what slot from shows, or the frame's cell at row, col if that one predicts nothing.
func take(c, from *slot, f *vt.Frame, row, col int) {
	switch {
	case from.active && from.unknown:
		c.unknown = true
	case from.active:
		c.unknown, c.cell = false, from.cell
	default:
		c.unknown, c.cell = false, frameCell(f, row, col)
	}
}

func (s *stock) insert(f *vt.Frame, r rune) {
	g := s.initCursor(f)
	row, col := g.row, g.col
	o := s.overlay(f, row)
	w := min(len(o.slots), f.Width)
	if col >= w {
		s.becomeTentative()
		return
	}
	if col+1 >= w {
		s.becomeTentative()
	}
	if !s.overwrite {
		for i := w - 1; i > col; i-- {
			c := &o.slots[i]
			s.arm(c, f, row, i)
			if i == w-1 {
				c.unknown = true
			} else {
				take(c, &o.slots[i-1], f, row, i-1)
			}
		}
	}
	c := &o.slots[col]
	s.arm(c, f, row, col)
	c.unknown = false
	c.cell = vt.Cell{Content: vt.RuneContent(r, false), Rendition: s.leftRendition(f, o, col)}
	s.stats.Predicted++
	if !s.tentative(s.epoch) && s.policy.show() {
		s.stats.Shown++
	}
	g.expires = s.sent + 1
	if col < w-1 {
		g.col++
		return
	}
	s.becomeTentative()
	s.newline(f)
}

// leftRendition is the rendition of the left neighbour; in column 0 the pen of the frame.
func (s *stock) leftRendition(f *vt.Frame, o *overlay, col int) vt.Rendition {
	if col == 0 {
		return f.Pen
	}
	if left := &o.slots[col-1]; left.active && !left.unknown {
		return left.cell.Rendition
	}
	return frameCell(f, o.row, col-1).Rendition
}

func (s *stock) backspace(f *vt.Frame) {
	g := s.initCursor(f)
	if g.col == 0 {
		return
	}
	g.col, g.expires = g.col-1, s.sent+1
	o := s.overlay(f, g.row)
	w := min(len(o.slots), f.Width)
	if g.col >= w {
		return
	}
	s.stats.Predicted++
	if s.overwrite {
		c := &o.slots[g.col]
		under := frameCell(f, f.Cursor.Row, f.Cursor.Col)
		s.arm(c, f, f.Cursor.Row, f.Cursor.Col)
		c.unknown = false
		c.cell = under
		c.cell.Content = vt.RuneContent(' ', false)
		return
	}
	for i := g.col; i < w; i++ {
		c := &o.slots[i]
		s.arm(c, f, g.row, i)
		if i+2 < w {
			take(c, &o.slots[i+1], f, g.row, i+1)
		} else {
			c.unknown = true
		}
	}
}

// newline moves to the next row. On the last one a blank row is predicted: no scrolling is modelled.
func (s *stock) newline(f *vt.Frame) {
	g := s.initCursor(f)
	g.col, g.expires = 0, s.sent+1
	if g.row < f.Height-1 {
		g.row++
		return
	}
	o := s.overlay(f, g.row)
	for i := range o.slots {
		c := &o.slots[i]
		c.active = true
		c.epoch, c.expires, c.at = s.epoch, s.sent+1, s.now
		c.cell.Content = 0
	}
}
