package vt

import "time"

// Snapshot returns what the terminal shows. It is the same frame as before if nothing was written since, and
// while mode 2026 holds it back, at most until NextTimeout and for SyncOctets.
func (t *Terminal) Snapshot(now time.Time) *Frame {
	if t.held != nil {
		if now.Before(t.until) {
			return t.held
		}
		t.held = nil
	}
	if t.snap == nil || t.dirty {
		t.catchUp()
		t.snap, t.dirty = t.frame(), false
	}
	return t.snap
}

// NextTimeout is when the frame held back by mode 2026 is released: the zero time if none is.
func (t *Terminal) NextTimeout() time.Time {
	if t.held == nil {
		return time.Time{}
	}
	return t.until
}

// synchronize is mode 2026.
func (t *Terminal) synchronize(on bool) {
	switch {
	case t.o.Receiver:
	case !on:
		t.held = nil
	case !t.holds():
		t.held, t.until, t.heldMax = t.frame(), t.now.Add(SyncLimit), t.taken+SyncOctets
	}
}

// holds says that mode 2026 is set and not too much was written since.
func (t *Terminal) holds() bool { return t.held != nil && t.taken <= t.heldMax }

func (t *Terminal) frame() *Frame {
	t.epoch++
	f := &Frame{
		Width: t.width, Height: t.height, Rows: make([]*Row, t.height), Interns: t.interns,
		Cursor: t.cur, Pen: t.pen, Title: t.title, Icon: t.icon, TitleSet: t.titleSet, Bells: t.bells,
		Clipboard: t.clipboard, Modes: t.modes, Colors: t.colors,
	}
	f.Pen.Attr &^= protected
	for i, r := range t.rows {
		if r.protected {
			r = r.shown()
		}
		f.Rows[i] = r
	}
	return f
}

// shown returns a copy of r without the protected attribute, which is no part of what is seen.
func (r *Row) shown() *Row {
	c := r.Clone()
	for i := range c.Cells {
		c.Cells[i].Attr &^= protected
	}
	return c
}
