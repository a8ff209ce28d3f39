package display

import (
	"slices"

	"mosh/internal/core/vt"
)

// Renderer makes diffs. It holds scratch memory only: the result depends on the arguments alone. The zero
// value is ready; it is not for concurrent use.
type Renderer struct {
	w        writer
	caps     *Caps
	old, new *vt.Frame
	interns  *vt.Interns // of new

	rows      []line // the receiver's rows as they are now
	blank     vt.Row // what a scroll or a clear leaves; of the width of new
	dirty     []bool // rows that are not the same object or content in both frames
	blankFrom int    // from this row down new is blank, with background blankBG
	blankBG   vt.Color
	moved     bool // dirty says nothing any more: rows were scrolled or erased
	keepsAll  bool // the receiver keeps every rendition
	strange   bool // old and new have different tables of clusters and links

	cur, tgt, alt []vt.Cell // the receiver's and the wanted cells of the row in work, and a spare row
	end           int       // no cell of the row in work differs from here on
	wrap          bool      // the row in work is to be soft-wrapped

	plan planner
}

// line is one row of the receiver.
type line struct {
	row     *vt.Row
	wrapped bool
}

// unknown is the content of a cell of which nothing is known; no frame has it.
const unknown = ^vt.Content(0)

// AppendDiff appends the bytes that take the receiver from old, which it is known to show, to new.
// The frames are only read.
func (r *Renderer) AppendDiff(dst []byte, c *Caps, old, new *vt.Frame) []byte {
	r.begin(dst, c, old, new)
	start := len(dst)
	r.events(old, new)
	r.names(old, new)
	r.w.row, r.w.col = old.Cursor.Row, old.Cursor.Col
	r.w.rowKnown, r.w.colKnown = true, true
	r.w.edge = old.Cursor.Col >= old.Width-1
	r.w.left = contentLeftOf(old)
	r.w.pen, r.w.penKnown = c.rendition(old.Pen), true
	if r.strange && r.w.pen.Extra != 0 {
		r.w.pen.Extra, r.w.penKnown = 0, false
	}
	r.w.visible = old.Modes.CursorVisible
	if old.Width != new.Width || old.Height != new.Height {
		r.w.rowKnown, r.w.colKnown = false, false
		r.clear()
		r.allDirty()
		r.paint()
	} else {
		r.change()
	}
	r.finish()
	om, nm := c.modes(old.Modes), c.modes(new.Modes)
	r.switches(&om, &nm)
	r.colors(old.Colors, new.Colors)
	return r.bracket(start)
}

// AppendRepaint appends the bytes that make a receiver show new whatever its screen, pen and modes are. Bells and
// clipboard are events, not state, and are not repeated; colours and cursor style are written only if new has
// changed them, for what they are without us is the user's choice. Whoever repaints over a frame that was
// painted before appends the diff from that one first.
func (r *Renderer) AppendRepaint(dst []byte, c *Caps, new *vt.Frame) []byte {
	r.begin(dst, c, new, new)
	start := len(dst)
	r.names(nil, new)
	r.w.visible = !new.Modes.CursorVisible // to be stated at the end
	if !c.Atomic && !c.Sync {
		r.w.str(csi + "?25l")
		r.w.visible = false
	}
	r.w.str(csi + "r")
	r.w.jumped = true
	r.clear()
	r.allDirty()
	r.paint()
	r.finish()
	nm := c.modes(new.Modes)
	r.switches(nil, &nm)
	r.colors(nil, new.Colors)
	return r.bracket(start)
}

// AppendDiff is Renderer.AppendDiff without scratch memory to be used again.
func AppendDiff(dst []byte, c *Caps, old, new *vt.Frame) []byte {
	var r Renderer
	return r.AppendDiff(dst, c, old, new)
}

// AppendRepaint is Renderer.AppendRepaint without scratch memory to be used again.
func AppendRepaint(dst []byte, c *Caps, new *vt.Frame) []byte {
	var r Renderer
	return r.AppendRepaint(dst, c, new)
}

func (r *Renderer) begin(dst []byte, c *Caps, old, new *vt.Frame) {
	r.w = writer{dst: dst, width: new.Width, height: new.Height}
	r.caps, r.old, r.new, r.interns = c, old, new, new.Interns
	if len(r.cur) != new.Width {
		r.cur = make([]vt.Cell, new.Width)
		r.tgt = make([]vt.Cell, new.Width)
		r.alt = make([]vt.Cell, new.Width)
		r.blank.Cells = make([]vt.Cell, new.Width)
	}
	if len(r.rows) != new.Height {
		r.rows = make([]line, new.Height)
		r.dirty = make([]bool, new.Height)
	}
	r.blankFrom = new.Height
	r.strange = old.Interns != new.Interns
	r.keepsAll = c.Attrs&allAttrs == allAttrs && c.Underlines && c.Links
}

// clear erases the receiver's screen.
func (r *Renderer) clear() {
	r.setBackground(0)
	r.w.cup(0, 0)
	r.w.str(csi + "J")
	r.w.place(0, 0)
	for y := range r.rows {
		r.rows[y] = line{row: &r.blank}
	}
}

func (r *Renderer) allDirty() {
	for y := range r.dirty {
		r.dirty[y] = true
	}
	r.moved = true
	r.findBlankFoot(2)
}

// change paints new over old by the shortest of: row by row; after scrolling; after erasing everything.
func (r *Renderer) change() {
	dirty := r.compare()
	if dirty == 0 {
		return
	}
	r.findBlankFoot(dirty)
	start := r.w
	if dirty == 1 {
		r.paint()
		return
	}
	whole := r.estimate()
	done := false
	if scrolls := r.findScrolls(); len(scrolls) > 0 && r.scroll(scrolls) {
		r.moved = true
		r.paint()
		done = true
	}
	if !done || len(r.w.dst)-len(start.dst) > whole/2 {
		r.attempt(start, done, false)
	}
	if dirty >= r.w.height/2 && len(r.w.dst)-len(start.dst) > r.estimateBlank() {
		r.attempt(start, true, true)
	}
}

// compare notes which rows differ and returns how many.
func (r *Renderer) compare() (dirty int) {
	r.moved = false
	for y, row := range r.new.Rows {
		o := r.old.Rows[y]
		r.rows[y] = line{o, o.Wrapped && r.wraps(r.old, y)}
		r.dirty[y] = o != row && (r.strange || !o.Equal(row)) ||
			row.Wrapped && r.rows[y].wrapped != r.wraps(r.new, y)
		if r.dirty[y] {
			dirty++
		}
	}
	return dirty
}

// attempt paints from start, after erasing the screen if cleared, and keeps the shorter of that and what was
// painted already, if done says that there is something.
func (r *Renderer) attempt(start writer, done, cleared bool) {
	first := r.w
	r.w = start
	r.w.dst = first.dst
	if r.moved = cleared; cleared {
		r.clear()
	} else {
		for y, o := range r.old.Rows {
			r.rows[y] = line{o, o.Wrapped && r.wraps(r.old, y)}
		}
	}
	r.paint()
	if done && r.w.shorter(len(start.dst), len(first.dst)) {
		first.dst = r.w.dst
		r.w = first
	}
}

// estimate is about how many bytes the dirty rows take; estimateBlank, all rows from an empty screen.
func (r *Renderer) estimate() (n int) {
	for y, dirty := range r.dirty {
		if dirty {
			n += rowCost(r.rows[y].row, r.new.Rows[y])
		}
	}
	return n
}

func (r *Renderer) estimateBlank() (n int) {
	for _, row := range r.new.Rows {
		n += rowCost(&r.blank, row)
	}
	return n
}

// findBlankFoot finds the rows at the bottom of new that are blank in one colour, if there is something to
// gain from erasing them together.
func (r *Renderer) findBlankFoot(dirty int) {
	r.blankFrom = r.w.height
	if dirty < 2 {
		return
	}
	r.blankBG = r.new.Rows[r.w.height-1].Cells[0].BG
	if r.blankBG != 0 && !r.caps.BCE {
		return
	}
	count := 0
	want := vt.Cell{Rendition: vt.Rendition{BG: r.blankBG}}
	y := r.w.height
	for y > 0 && isFilled(r.new.Rows[y-1].Cells, want) {
		y--
		if r.dirty[y] {
			count++
		}
	}
	if count >= 2 {
		r.blankFrom = y
	}
}

func isFilled(cells []vt.Cell, want vt.Cell) bool {
	for _, c := range cells {
		if c != want {
			return false
		}
	}
	return true
}

// paint brings the receiver's rows to those of new.
func (r *Renderer) paint() {
	carry := false
	for y := range r.rows {
		if y == r.blankFrom && !carry && !r.w.doneBelow && r.footDiffers() {
			r.jump(y, 0)
			r.setBackground(r.blankBG)
			r.w.str(csi + "J")
			r.w.left = 0
			r.w.doneBelow = true
		}
		if y >= r.blankFrom && r.w.doneBelow && !carry {
			return
		}
		if carry || r.moved || r.dirty[y] {
			carry = r.paintRow(y, carry)
		}
	}
}

// footDiffers says that at least two of the rows below blankFrom are not yet blank.
func (r *Renderer) footDiffers() bool {
	n := 0
	want := vt.Cell{Rendition: vt.Rendition{BG: r.blankBG}}
	for y := r.blankFrom; y < r.w.height && n < 2; y++ {
		if l := r.rows[y]; l.wrapped || l.row != r.new.Rows[y] && !isFilled(l.row.Cells, want) {
			n++
		}
	}
	return n >= 2
}

// jump is a move that a person would see.
func (r *Renderer) jump(row, col int) {
	r.seen()
	r.w.move(row, col, r.caps.Tabs)
}

// seen is told before the cursor goes somewhere where it does not stay.
func (r *Renderer) seen() {
	if r.w.jumped {
		return
	}
	r.w.jumped = true
	if !r.caps.Atomic && !r.caps.Sync && r.w.visible {
		r.w.str(csi + "?25l")
		r.w.visible = false
	}
}

// finish leaves cursor and pen as they are in new.
func (r *Renderer) finish() {
	c := r.new.Cursor
	if !r.w.at(c.Row, c.Col, false) {
		r.w.move(c.Row, c.Col, r.caps.Tabs)
	}
	if r.w.visible != r.new.Modes.CursorVisible {
		r.mode(25, r.new.Modes.CursorVisible)
	}
	r.setPen(r.new.Pen)
}

// bracket puts what was written since start into a synchronized update, if the cursor moved about in it.
func (r *Renderer) bracket(start int) []byte {
	if r.caps.Sync && !r.caps.Atomic && r.w.jumped {
		r.w.dst = slices.Insert(r.w.dst, start, []byte(csi+"?2026h")...)
		r.w.str(csi + "?2026l")
	}
	r.old, r.new, r.interns, r.caps = nil, nil, nil, nil
	dst := r.w.dst
	r.w.dst = nil
	return dst
}

// contentLeftOf returns what the next code point could join if it were printed at the cursor of f.
func contentLeftOf(f *vt.Frame) vt.Content {
	c := f.Cursor
	if c.Row >= f.Height || c.Col >= f.Width || c.Col == 0 {
		return 0
	}
	cells := f.Rows[c.Row].Cells
	k := cells[c.Col-1].Content
	if k.IsTail() && c.Col >= 2 {
		k = cells[c.Col-2].Content
	}
	return k
}
