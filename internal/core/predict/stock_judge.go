package predict

import (
	"time"

	"mosh/internal/core/vt"
)

// verdict is what the newest frame says about a prediction.
type verdict uint8

const (
	inactive verdict = iota
	pending
	correct
	coincidence // correct, but no evidence that the host echoes
	incorrect
)

func (s *stock) frame(now time.Time, server *vt.Frame, echoAck uint64) {
	s.now, s.echoAck = now, echoAck
	s.pass(server)
}

// pass is section 5 of the spec.
func (s *stock) pass(f *vt.Frame) {
	if s.width != f.Width || s.height != f.Height {
		s.width, s.height = f.Width, f.Height
		s.reset()
	}
	s.policy.pass(s.active())
	if s.passRows(f) {
		s.passCursors(f)
	}
}

// passRows judges the cells; false means that a shown one was wrong and everything is gone.
func (s *stock) passRows(f *vt.Frame) bool {
	keep := s.rows[:0]
	for _, o := range s.rows {
		if o.row < f.Height {
			keep = append(keep, o)
		}
	}
	s.rows = keep
	for _, o := range s.rows {
		for col := range o.slots {
			if !s.passSlot(f, o, col) {
				return false
			}
		}
	}
	return true
}

func (s *stock) passSlot(f *vt.Frame, o *overlay, col int) bool {
	c := &o.slots[col]
	switch s.judge(f, c, o.row, col) {
	case incorrect:
		switch {
		case s.policy.preference == Experimental:
			s.clear(c)
		case s.tentative(c.epoch):
			s.kill(f, c.epoch)
		default:
			s.stats.Wrong++
			s.reset()
			return false
		}
	case correct:
		s.stats.Confirmed++
		s.confirmed = max(s.confirmed, c.epoch)
		s.policy.confirmed(s.now, c.at)
		r := f.Cell(o.row, col).Rendition
		for i := col; i < len(o.slots); i++ {
			o.slots[i].cell.Rendition = r
		}
		s.clear(c)
	case coincidence:
		s.clear(c)
	case pending:
		s.policy.waiting(s.now, c.at)
	}
	return true
}

func (s *stock) judge(f *vt.Frame, c *slot, row, col int) verdict {
	switch {
	case !c.active:
		return inactive
	case row >= f.Height || col >= f.Width:
		return incorrect
	case s.echoAck < c.expires:
		return pending
	case c.unknown, isBlank(c.cell.Content):
		return coincidence
	case !sameContent(c.cell.Content, f.Cell(row, col).Content):
		return incorrect
	}
	for _, was := range c.originals {
		if sameContent(was, c.cell.Content) {
			return coincidence
		}
	}
	return correct
}

func (s *stock) passCursors(f *vt.Frame) {
	n := len(s.cursors)
	if n == 0 {
		return
	}
	if s.judgeCursor(f, s.cursors[n-1]) == incorrect {
		if s.policy.preference == Experimental {
			s.cursors = s.cursors[:0]
			return
		}
		if !s.tentative(s.cursors[n-1].epoch) {
			s.stats.Wrong++
		}
		s.reset()
		return
	}
	keep := s.cursors[:0]
	for _, g := range s.cursors {
		if s.judgeCursor(f, g) == pending {
			keep = append(keep, g)
		}
	}
	s.cursors = keep
}

func (s *stock) judgeCursor(f *vt.Frame, g guess) verdict {
	switch {
	case g.row >= f.Height || g.col >= f.Width:
		return incorrect
	case s.echoAck < g.expires:
		return pending
	case g.row == f.Cursor.Row && g.col == f.Cursor.Col:
		return correct
	}
	return incorrect
}

// isBlank says that c looks like nothing: erased, a space or a no-break space.
func isBlank(c vt.Content) bool {
	r, ok := c.Rune()
	return c.Empty() || ok && (r == ' ' || r == 0xA0)
}

// sameContent says that a and b look the same.
func sameContent(a, b vt.Content) bool { return a == b || isBlank(a) && isBlank(b) }
