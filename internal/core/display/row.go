package display

import "mosh/internal/core/vt"

// wraps says that the receiver can be told that row y of f, which is, is soft-wrapped: by printing its last cell
// and the first of the next row.
func (r *Renderer) wraps(f *vt.Frame, y int) bool {
	row := f.Rows[y]
	if y >= f.Height-1 || f.Width < 4 {
		return false
	}
	last, columns := row.Cells[f.Width-1].Content, 1
	if last.IsTail() {
		last, columns = row.Cells[f.Width-2].Content, 2
	}
	if r.caps.Widths == WidthsAgreed {
		return !last.Empty() && !joins(f.Interns, last, f.Rows[y+1].Cells[0].Content)
	}
	return !last.Empty() && (last < 0x80 || trust(r.caps.Widths, f.Interns, last, columns))
}

// paintRow brings row y of the receiver to that of new. carry says that a wrap into this row is pending and
// has to be carried out by printing its first cell. It returns whether one is pending into the next row.
func (r *Renderer) paintRow(y int, carry bool) bool {
	have, want := r.rows[y], r.new.Rows[y]
	r.wrap = want.Wrapped && r.wraps(r.new, y)
	if have.row == want && have.wrapped == r.wrap && !carry {
		return false
	}
	width := r.w.width
	lo, hi := width, 0
	switch {
	case have.row == want:
	case r.strange && have.row != &r.blank:
		lo, hi = 0, width
	default:
		lo, hi = difference(have.row.Cells, want.Cells)
	}
	if lo >= hi && have.wrapped == r.wrap && !carry {
		return false
	}
	copy(r.cur, have.row.Cells)
	copy(r.tgt, want.Cells)
	r.asKept(lo, hi)
	if have.wrapped != r.wrap { // only printing or erasing the last cell changes it
		last := width - 1
		if last > 0 && r.tgt[last].Content.IsTail() {
			last--
		}
		r.cur[last].Content = unknown
		lo, hi = min(lo, last), width
	}
	r.end = hi
	if carry {
		lo = min(lo, r.wrapInto(y))
	}
	r.w.wrapDue = false
	r.shortest(y, lo, have)
	// The last cell was printed for the sake of the wrap, or anyway: then the wrap has to be made again.
	return r.wrap && r.w.wrapDue
}

// asKept changes the cells [lo,hi) of both rows to what the receiver makes of them.
func (r *Renderer) asKept(lo, hi int) {
	if r.keepsAll && !r.strange {
		return
	}
	for x := lo; x < hi; x++ {
		r.tgt[x].Rendition = r.caps.rendition(r.tgt[x].Rendition)
		k := &r.cur[x]
		if _, cluster := k.Content.Cluster(); r.strange && k.Content != unknown && (cluster || k.Extra != 0) {
			k.Content = unknown // its indexes are into other tables
			continue
		}
		k.Rendition = r.caps.rendition(k.Rendition)
	}
}

// difference returns the columns between which a and b differ; lo >= hi if they do not.
func difference(a, b []vt.Cell) (lo, hi int) {
	hi = len(b)
	a = a[:hi]
	for lo < hi && a[lo] == b[lo] {
		lo++
	}
	for hi > lo && a[hi-1] == b[hi-1] {
		hi--
	}
	return lo, hi
}

// wrapInto prints the first cell of row y while the wrap is pending at the end of the row above. An empty cell,
// or one that takes more than a print, takes a space, which is replaced afterwards. It returns the column to go
// on with.
func (r *Renderer) wrapInto(y int) int {
	w := &r.w
	w.row, w.col, w.edge, w.wrapDue, w.left = y, 0, false, false, 0
	first, columns := r.tgt[0].Content, 1
	if first.Wide() {
		columns = 2
	}
	if first.Empty() || r.caps.Widths != WidthsAgreed && !isASCII(first) &&
		!trust(r.caps.Widths, r.interns, first, columns) {
		w.dst = append(w.dst, ' ')
		r.written(0, 1)
		r.cur[0].Content = unknown
		r.end = max(r.end, 1)
		w.advance(1)
		return 0
	}
	return r.put(0)
}

// written notes in the copy of the receiver's row that the wanted cells [x,x+n) are there now. What is left
// of a wide character that lost its other half is not known.
func (r *Renderer) written(x, n int) {
	r.orphan(x, x+n)
	copy(r.cur[x:x+n], r.tgt[x:x+n])
}

// orphan notes that the cells [from,to) of the receiver are overwritten.
func (r *Renderer) orphan(from, to int) {
	if from > 0 && r.cur[from].Content.IsTail() {
		r.cur[from-1].Content = unknown
	}
	if to < r.w.width && r.cur[to].Content.IsTail() {
		r.cur[to].Content = unknown
		r.end = max(r.end, to+1)
	}
}

// shortest writes the row from column lo on in the shortest of several ways.
func (r *Renderer) shortest(y, lo int, have line) {
	w := &r.w
	start, end := *w, r.end
	w.erased = 0
	narrow := end-lo < 8 || have.row == &r.blank
	if !narrow {
		r.asKept(0, lo)
		r.asKept(end, w.width)
		copy(r.alt, r.cur)
	}
	r.spans(y, lo)
	if narrow {
		return
	}
	if w.erased > 0 && r.caps.BCE {
		r.anotherWay(start, end, func() { r.eraseFirst(y, lo) })
	}
	if r.caps.EditChars && !r.wrap && !have.wrapped {
		if at, n := r.findShift(lo, end); n != 0 {
			r.anotherWay(start, end, func() { r.shift(y, at, n, lo) })
		}
	}
}

// anotherWay writes the row once more, by f, and keeps the shorter.
func (r *Renderer) anotherWay(start writer, end int, f func()) {
	w := &r.w
	first := *w
	copy(r.cur, r.alt)
	*w = start
	w.dst = first.dst
	r.end = end
	f()
	if w.shorter(len(start.dst), len(first.dst)) {
		first.dst = w.dst
		*w = first
	}
}

// eraseFirst erases the row from lo on and writes what is not blank.
func (r *Renderer) eraseFirst(y, lo int) {
	last := r.tgt[r.w.width-1]
	bg := last.BG
	if !last.Content.Empty() {
		bg = 0
	}
	r.reach(y, lo, false)
	r.setBackground(bg)
	r.erase(lo, r.w.width, bg)
	r.w.str(csi + "K")
	r.end = r.w.width
	r.spans(y, lo)
}

// spans writes the wanted cells that differ from those of the receiver, from column x on.
func (r *Renderer) spans(y, x int) {
	for x < r.end {
		t := r.tgt[x]
		wide := t.Content.Wide() && x+1 < r.w.width
		if r.cur[x] == t && (!wide || r.cur[x+1] == r.tgt[x+1]) {
			x++
			if wide {
				x++
			}
			continue
		}
		if t == vt.Blank(t.Rendition) {
			x = r.blankRun(y, x)
			continue
		}
		r.reach(y, x, true)
		if isASCII(t.Content) {
			x = r.text(x)
		} else {
			x += r.put(x)
		}
	}
}

// blankRun makes the cells from x on that are to be blank in one colour so, and returns where it stopped.
func (r *Renderer) blankRun(y, x int) int {
	w := &r.w
	t := r.tgt[x]
	end, last := x, x
	for end < w.width && r.tgt[end] == t {
		if r.cur[end] != t {
			last = end
		}
		end++
	}
	n := last + 1 - x
	if t.BG != 0 && !r.caps.BCE || end < w.width && !r.caps.ECH {
		r.reach(y, x, true)
		r.setPen(t.Rendition)
		for range n {
			w.dst = append(w.dst, ' ')
		}
		r.written(x, n)
		w.advance(n)
		w.left = 0
		return x + n
	}
	r.reach(y, x, false)
	r.setBackground(t.BG)
	if end < w.width {
		w.erased++
		w.seq(n, 'X')
		r.erase(x, x+n, t.BG)
		return x + n
	}
	if y+1 == r.blankFrom && t.BG == r.blankBG && !w.doneBelow && r.footDiffers() {
		w.str(csi + "J")
		w.doneBelow = true
	} else {
		w.str(csi + "K")
	}
	r.erase(x, w.width, t.BG)
	return w.width
}

// erase notes that the receiver's cells [from,to) are blank.
func (r *Renderer) erase(from, to int, bg vt.Color) {
	r.orphan(from, to)
	b := vt.Blank(vt.Rendition{BG: bg})
	for i := from; i < to; i++ {
		r.cur[i] = b
	}
	r.w.left, r.w.wrapDue = 0, false
	if r.w.col == r.w.width-1 {
		r.w.edge = true // erasing may or may not drop a pending wrap
	}
}

// reach brings the cursor to column x of row y, by printing what is already there again if that is shorter.
// print says that the next thing is a print, which must not wrap.
func (r *Renderer) reach(y, x int, print bool) {
	w := &r.w
	if w.at(y, x, print) {
		return
	}
	if w.rowKnown && w.penKnown && x > 0 {
		if w.colKnown && w.row == y && w.col < x && !w.edge {
			if r.retraceable(w.col, x, w.horizontal(x, r.caps.Tabs).cost) {
				r.retrace(x)
				return
			}
		} else if budget := w.cost(y, x, r.caps.Tabs) - w.cost(y, 0, false); r.retraceable(0, x, budget) {
			r.jump(y, 0)
			r.retrace(x)
			return
		}
	}
	r.jump(y, x)
}

// retraceable says that the cells [from,to) are plain text in the pen's rendition and no more than budget.
func (r *Renderer) retraceable(from, to, budget int) bool {
	if to-from > budget {
		return false
	}
	for i := from; i < to; i++ {
		k := r.cur[i]
		if !isASCII(k.Content) || k != r.tgt[i] || r.caps.rendition(k.Rendition) != r.w.pen {
			return false
		}
	}
	return true
}

// retrace prints the cells from the cursor to column x again.
func (r *Renderer) retrace(x int) {
	w := &r.w
	for ; w.col < x; w.col++ {
		w.left = r.cur[w.col].Content
		w.dst = append(w.dst, byte(w.left))
	}
}
