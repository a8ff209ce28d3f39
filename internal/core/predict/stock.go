package predict

import (
	"math"
	"time"

	"mosh/internal/core/vt"
)

// stock is the engine of mosh 1.4.0: spec/prediction.md sections 2 to 6, its defects included.
type stock struct {
	policy    *policy
	stats     *Stats
	overwrite bool

	epoch     uint64 // of the predictions made now
	confirmed uint64 // newest epoch in which one came true
	sent      uint64 // highest client state number ever sent
	echoAck   uint64
	now       time.Time

	width, height int // of the last frame seen
	cursors       []guess
	rows          []*overlay
	painted       *vt.Frame // what the person sees: keys are judged against it
	parser        stockParser
}

// overlay is the predicted part of one row: a slot per column.
type overlay struct {
	row   int
	slots []slot
}

// slot is the prediction of one cell.
type slot struct {
	active, unknown bool
	cell            vt.Cell
	originals       []vt.Content // what the cell showed before, to tell a change from a coincidence
	epoch, expires  uint64       // expires is the client state that carries the key
	at              time.Time
}

// guess is a predicted position of the cursor. The newest one counts.
type guess struct {
	row, col       int
	epoch, expires uint64
}

func newStock(p *policy, st *Stats, overwrite bool) stock {
	return stock{policy: p, stats: st, overwrite: overwrite, epoch: 1}
}

func (s *stock) tentative(epoch uint64) bool { return epoch > s.confirmed }

func (s *stock) becomeTentative() {
	if s.policy.preference != Experimental {
		s.epoch++
	}
}

func (s *stock) reset() {
	s.cursors = s.cursors[:0]
	s.rows = s.rows[:0]
	s.becomeTentative()
}

// active says that anything is predicted.
func (s *stock) active() bool {
	if len(s.cursors) > 0 {
		return true
	}
	for _, o := range s.rows {
		for i := range o.slots {
			if o.slots[i].active {
				return true
			}
		}
	}
	return false
}

func (s *stock) nextTimeout() time.Time {
	if !s.policy.ticking() || !s.active() {
		return time.Time{}
	}
	return s.now.Add(glitchTick)
}

func (s *stock) clear(c *slot) {
	c.active, c.unknown = false, false
	c.originals = c.originals[:0]
	c.epoch, c.expires = math.MaxUint64, math.MaxUint64
}

// arm makes the slot at row, col ready for a new prediction.
func (s *stock) arm(c *slot, f *vt.Frame, row, col int) {
	if c.active && !c.unknown {
		c.originals = append(c.originals, c.cell.Content)
	} else {
		c.originals = c.originals[:0]
	}
	c.active = true
	c.epoch, c.expires, c.at = s.epoch, s.sent+1, s.now
	if row < f.Height && col < f.Width {
		c.originals = append(c.originals, f.Cell(row, col).Content)
	}
}

// overlay returns the overlay of row, made with the width of f if there is none.
func (s *stock) overlay(f *vt.Frame, row int) *overlay {
	for _, o := range s.rows {
		if o.row == row {
			return o
		}
	}
	o := &overlay{row: row, slots: make([]slot, f.Width)}
	s.rows = append(s.rows, o)
	return o
}

// kill drops the predictions of epoch e and later, and starts again at the frame's cursor.
func (s *stock) kill(f *vt.Frame, e uint64) {
	keep := s.cursors[:0]
	for _, g := range s.cursors {
		if g.epoch < e {
			keep = append(keep, g)
		}
	}
	s.cursors = append(keep, s.here(f))
	for _, o := range s.rows {
		for i := range o.slots {
			if c := &o.slots[i]; c.active && c.epoch >= e {
				s.clear(c)
			}
		}
	}
	s.becomeTentative()
}

func (s *stock) here(f *vt.Frame) guess {
	return guess{row: f.Cursor.Row, col: f.Cursor.Col, epoch: s.epoch, expires: s.sent + 1}
}

// initCursor returns the newest predicted cursor, of the epoch of now.
func (s *stock) initCursor(f *vt.Frame) *guess {
	if n := len(s.cursors); n == 0 {
		s.cursors = append(s.cursors, s.here(f))
	} else if g := s.cursors[n-1]; g.epoch != s.epoch {
		g.epoch, g.expires = s.epoch, s.sent+1
		s.cursors = append(s.cursors, g)
	}
	return &s.cursors[len(s.cursors)-1]
}
