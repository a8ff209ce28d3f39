package predict

import "mosh/internal/core/vt"

// sheet is a frame with keys done to it: the rows that changed, and the cursor. Its arrays are kept from use to use.
type sheet struct {
	base     *vt.Frame
	row, col int  // cursor
	pending  bool // the next character wraps
	scroll   int  // rows that the frame was scrolled up
	lines    [maxLines]line
	n        int // lines in use
}

// line is a row of the sheet, numbered as on the screen.
type line struct {
	row   int
	cells []vt.Cell
	marks []mark
}

// mark says what is known of a cell.
type mark uint8

const (
	untouched mark = iota
	known
	unknown // it will change, nobody knows into what
)

const maxLines = 6

// start makes s the frame f, to which nothing was done.
func (s *sheet) start(f *vt.Frame) {
	s.base = f
	s.row, s.col, s.pending = f.Cursor.Row, f.Cursor.Col, f.Cursor.Pending
	s.scroll, s.n = 0, 0
}

// line returns row for writing; nil if there are too many already.
func (s *sheet) line(row int) *line {
	for i := range s.lines[:s.n] {
		if s.lines[i].row == row {
			return &s.lines[i]
		}
	}
	if s.n == maxLines {
		return nil
	}
	l := &s.lines[s.n]
	s.n++
	l.row = row
	l.cells = l.cells[:0]
	if from := row + s.scroll; from < s.base.Height {
		l.cells = append(l.cells, s.base.Rows[from].Cells...)
	}
	for len(l.cells) < s.base.Width {
		l.cells = append(l.cells, vt.Cell{})
	}
	l.marks = append(l.marks[:0], make([]mark, len(l.cells))...)
	return l
}

// peek returns the cells of row for reading.
func (s *sheet) peek(row int) []vt.Cell {
	for i := range s.lines[:s.n] {
		if s.lines[i].row == row {
			return s.lines[i].cells
		}
	}
	if from := row + s.scroll; from < s.base.Height {
		return s.base.Rows[from].Cells
	}
	return nil
}

// newline moves to the start of the next row and scrolls on the last one.
func (s *sheet) newline() {
	s.col, s.pending = 0, false
	if s.row < s.base.Height-1 {
		s.row++
		return
	}
	s.scroll++
	for i := range s.lines[:s.n] {
		s.lines[i].row--
	}
}

func (l *line) put(col int, c vt.Cell) {
	l.cells[col] = c
	l.marks[col] = known
}

// blank erases the columns from a to b, b excluded.
func (l *line) blank(a, b int) {
	for i := a; i < b; i++ {
		l.put(i, vt.Cell{})
	}
}

// shift moves the columns from a to b, b excluded, by n, of which those that leave the row vanish.
func (l *line) shift(a, b, n int) {
	end := max(a+n, min(b+n, len(l.cells)))
	copy(l.cells[a+n:end], l.cells[a:b])
	copy(l.marks[a+n:end], l.marks[a:b])
	for i := a + n; i < end; i++ {
		if l.marks[i] != unknown {
			l.marks[i] = known
		}
	}
}

// doubt marks the last n columns of the row as unknown.
func (l *line) doubt(n int) {
	for i := max(0, len(l.marks)-n); i < len(l.marks); i++ {
		l.marks[i] = unknown
	}
}

// matches says that f shows what the sheet says, as far as it is certain: the cursor, the text left of it, and what was
// written in other rows. What is right of the cursor is left out unless whole: suggestions and right prompts live there.
// So are blanks that were written: a host may have put something there.
func (s *sheet) matches(f *vt.Frame, whole bool) bool {
	if f.Cursor.Row != s.row || f.Cursor.Col != s.col {
		return false
	}
	cells := s.peek(s.row)
	end := s.col
	if whole {
		end = len(cells)
	}
	for c := range cells[:end] {
		if !sameContent(cells[c].Content, f.Cell(s.row, c).Content) && !s.isUnknown(s.row, c) {
			return false
		}
	}
	for i := range s.lines[:s.n] {
		l := &s.lines[i]
		if l.row < 0 || l.row == s.row {
			continue
		}
		for c := range l.cells {
			if l.marks[c] == known && !isBlank(l.cells[c].Content) && l.cells[c].Content != f.Cell(l.row, c).Content {
				return false
			}
		}
	}
	return true
}

func (s *sheet) isUnknown(row, col int) bool {
	for i := range s.lines[:s.n] {
		if s.lines[i].row == row {
			return s.lines[i].marks[col] == unknown
		}
	}
	return false
}

// paint lays s over f.
func (s *sheet) paint(f *vt.Frame, underline bool) *vt.Frame {
	if s.scroll > 0 {
		out := f.Edit()
		blank := vt.NewRow(f.Width, vt.Rendition{})
		for i := range out.Rows {
			if from := i + s.scroll; from < f.Height {
				out.Rows[i] = f.Rows[from]
			} else {
				out.Rows[i] = blank
			}
		}
		f = out
	}
	l := layer{base: f, out: f}
	for i := range s.lines[:s.n] {
		ln := &s.lines[i]
		if ln.row < 0 {
			continue
		}
		for c := range ln.cells {
			if ln.marks[c] == known {
				l.put(ln.row, c, ln.cells[c], false, underline)
			}
		}
		if l.out.Rows[ln.row] != f.Rows[ln.row] {
			mend(l.out.Rows[ln.row].Cells)
		}
	}
	l.moveCursor(s.row, s.col)
	return l.out
}

// mend blanks what lost its other half.
func mend(cells []vt.Cell) {
	for i := range cells {
		c := &cells[i]
		switch {
		case c.Content.Wide() && (i+1 == len(cells) || !cells[i+1].Content.IsTail()),
			c.Content.IsTail() && (i == 0 || !cells[i-1].Content.Wide()):
			c.Content = 0
		}
	}
}

// copy makes s the same as from.
func (s *sheet) copy(from *sheet) {
	lines := s.lines
	*s = *from
	s.lines = lines
	for i := range from.lines[:from.n] {
		l, f := &s.lines[i], &from.lines[i]
		l.row = f.row
		l.cells = append(l.cells[:0], f.cells...)
		l.marks = append(l.marks[:0], f.marks...)
	}
}

// cursor returns the cursor of s as a frame has it.
func (s *sheet) cursor() vt.Cursor { return vt.Cursor{Row: s.row, Col: s.col, Pending: s.pending} }

// agrees says that f shows what s says, blanks and what is right of the cursor included.
func (s *sheet) agrees(f *vt.Frame) bool {
	if s.base == nil || f.Cursor.Row != s.row || f.Cursor.Col != s.col {
		return false
	}
	for r := range f.Height {
		cells := s.peek(r)
		if cells == nil || len(cells) != f.Width {
			return false
		}
		if r != s.row && !s.wrote(r) {
			continue
		}
		for c := range cells {
			if !sameContent(cells[c].Content, f.Cell(r, c).Content) {
				return false
			}
		}
	}
	return true
}

func (s *sheet) wrote(row int) bool {
	for i := range s.lines[:s.n] {
		if s.lines[i].row == row {
			return true
		}
	}
	return false
}

// typeAtMargin writes a character into the last columns; where the cursor goes is the question.
func (s *sheet) typeAtMargin(c vt.Content, w int) {
	if l := s.line(s.row); l != nil && s.col+w == len(l.cells) {
		s.place(l, c, w)
	}
}
