package predict

import (
	"mosh/internal/core/vt"
	"mosh/internal/core/width"
)

// tails says what was learnt about the text right of the cursor when something is typed before it.
type tails struct {
	plain, dim tailRule // dim: greyed out, as suggestions are
}

type tailRule uint8

const (
	tailAuto  tailRule = iota
	tailShift          // it moves
	tailStay           // it stays or is painted anew
)

// gap is the number of blanks that separates texts which do not move together, such as a prompt on the right. Two
// are common between sentences, columns of a table are not typed into.
const gap = 4

// isBorder says that c is a line of a frame: panes and windows end there.
func isBorder(c vt.Content) bool {
	r, ok := c.Rune()
	return ok && r >= 0x2500 && r <= 0x259F
}

// isDim says that r is how shells show what is not there: suggestions.
func isDim(r vt.Rendition) bool {
	if r.Attr&vt.Faint != 0 {
		return true
	}
	if n, ok := r.FG.Palette(); ok {
		return n == 8 || n >= 237 && n <= 247
	}
	red, green, blue, ok := r.FG.Direct()
	return ok && red == green && green == blue && red >= 0x40 && red <= 0xA0
}

// run returns the end of the text that starts at col: whole rows of it, or up to the first wide gap or suggestion. Blanks
// before it belong to it. It is col if there is none.
func run(cells []vt.Cell, col int, whole bool) int {
	end, blanks := col, 0
	for i := col; i < len(cells); i++ {
		c := cells[i].Content
		if isBorder(c) || !whole && isDim(cells[i].Rendition) && suggestion(cells, i) > i {
			break
		}
		if !isBlank(c) {
			end, blanks = i+1, 0
		} else if blanks++; blanks >= gap && !whole {
			break
		}
	}
	return end
}

// suggestion returns the end of the greyed text at col, which may start with a blank; col if there is none.
func suggestion(cells []vt.Cell, col int) int {
	at := col
	for at < len(cells) && at < col+gap && isBlank(cells[at].Content) {
		at++
	}
	if at >= len(cells) || isBlank(cells[at].Content) || !isDim(cells[at].Rendition) {
		return col
	}
	if col > 0 && !isBlank(cells[col-1].Content) && cells[col-1].FG == cells[at].FG {
		return col
	}
	end := at
	for i := at; i < len(cells) && (isBlank(cells[i].Content) || isDim(cells[i].Rendition)); i++ {
		if !isBlank(cells[i].Content) {
			end = i + 1
		}
	}
	return end
}

// insert types c of w columns at the cursor. fresh says that it can be seen to appear. ok is false if there is no
// room before the margin: what happens there is another question.
func (s *sheet) insert(c vt.Content, w int, o *options) (fresh, ok bool) {
	if s.pending {
		s.newline()
	}
	l := s.line(s.row)
	if l == nil || s.col+w >= len(l.cells)-2*btoi(o.whole) { // editors put marks there, or scroll sideways
		return false, false
	}
	fresh = !isBlank(c) && l.cells[s.col].Content != c
	if !o.overwrite {
		s.makeRoom(l, w, o)
	}
	s.place(l, c, w)
	s.col += w
	return fresh, true
}

// place writes c over w columns at the cursor, blanking the other halves of what it cuts.
func (s *sheet) place(l *line, c vt.Content, w int) {
	pen := s.base.Pen
	for i := s.col - 1; i >= 0; i-- {
		pen = l.cells[i].Rendition
		if !isBlank(l.cells[i].Content) || !isDim(pen) {
			break // a blank may have been left by a suggestion
		}
	}
	if l.cells[s.col].Content.IsTail() && s.col > 0 && l.cells[s.col-1].Content.Wide() {
		l.put(s.col-1, vt.Cell{Rendition: l.cells[s.col-1].Rendition})
	}
	if end := s.col + w; end < len(l.cells) && l.cells[end].Content.IsTail() && !l.cells[end-1].Content.IsTail() {
		l.put(end, vt.Cell{Rendition: l.cells[end].Rendition})
	}
	l.put(s.col, vt.Cell{Content: c, Rendition: pen})
	if w == 2 {
		l.put(s.col+1, vt.Cell{Content: vt.Tail, Rendition: pen})
	}
}

// makeRoom does to the text right of the cursor what an insertion does to it.
func (s *sheet) makeRoom(l *line, w int, o *options) {
	if o.tails.plain == tailStay || o.tails.dim != tailShift && suggestion(l.cells, s.col) > s.col {
		return
	}
	end := run(l.cells, s.col, o.whole)
	if end == s.col {
		return
	}
	stop := end
	for stop < len(l.cells) && stop < end+w && (isBlank(l.cells[stop].Content) || isDim(l.cells[stop].Rendition)) {
		stop++
	}
	l.shift(s.col, max(s.col, min(end, stop-w)), w)
	if stop == len(l.cells) && end+w >= stop {
		l.doubt(w)
	}
}

// erase takes the character left of the cursor away, as Backspace does.
func (s *sheet) erase(o *options) bool {
	if s.pending || s.col == 0 || s.col <= o.start && s.row == o.startRow {
		return s.col > 0 && !s.pending && s.row == o.startRow // at the prompt nothing happens
	}
	l := s.line(s.row)
	if l == nil {
		return false
	}
	w := 1
	if s.col > 1 && l.cells[s.col-1].Content.IsTail() {
		w = 2
	}
	if o.overwrite {
		s.col -= w
		l.blank(s.col, s.col+w)
		return true
	}
	s.cut(l, s.col-w, s.col, o)
	return true
}

// cut removes the columns from a to b, b excluded; the cursor is at a afterwards.
func (s *sheet) cut(l *line, a, b int, o *options) {
	s.col = a
	end := run(l.cells, b, o.whole)
	if o.tails.plain == tailStay || o.tails.dim != tailShift && suggestion(l.cells, b) > b {
		end = b
	}
	if end == b {
		l.blank(a, b)
		return
	}
	if end == len(l.cells) {
		// The text goes on: the last column may hold a mark that says so, and what follows it is not known.
		l.shift(b, end-1, a-b)
		l.doubt(b - a + 1)
		return
	}
	l.shift(b, end, a-b)
	l.blank(end-(b-a), end)
}

// right moves over one character.
func (s *sheet) right() bool {
	cells := s.peek(s.row)
	n := 1
	if s.col < len(cells) && cells[s.col].Content.Wide() {
		n = 2
	}
	if s.pending || s.col+n >= len(cells) {
		return false
	}
	s.col += n
	return true
}

// left moves back over one character.
func (s *sheet) left() bool {
	cells := s.peek(s.row)
	if s.pending || s.col == 0 {
		return false
	}
	s.col--
	if s.col > 0 && cells[s.col].Content.IsTail() {
		s.col--
	}
	return true
}

// joins says that r belongs to the character left of the cursor by table t.
func (s *sheet) joins(r rune, t width.Table) bool {
	cells, at := s.peek(s.row), s.col-1
	if s.pending || at < 0 {
		return false
	}
	if cells[at].Content.IsTail() && at > 0 {
		at--
	}
	_, joined, _ := t.Next(t.ClusterOf(string(s.base.Interns.AppendContent(nil, cells[at].Content))), r)
	return joined
}

// combine adds r to the character left of the cursor.
func (s *sheet) combine(r rune, t width.Table) bool {
	l := s.line(s.row)
	if l == nil || s.col == 0 || s.pending {
		return false
	}
	at := s.col - 1
	if l.cells[at].Content.IsTail() && at > 0 {
		at--
	}
	old := l.cells[at].Content
	if old.Empty() {
		return false
	}
	text := string(s.base.Interns.AppendContent(nil, old))
	w, joined, _ := t.Next(t.ClusterOf(text), r)
	if !joined || (w == 2) != old.Wide() {
		return false
	}
	c, ok := s.base.Interns.Cluster(text+string(r), old.Wide())
	if !ok {
		return false
	}
	l.put(at, vt.Cell{Content: c, Rendition: l.cells[at].Rendition})
	return true
}
