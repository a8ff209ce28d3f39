package vt

// rectangle is an area of the screen: rows top to bottom, columns left to right, all inclusive.
type rectangle struct{ top, left, bottom, right int }

// area reads a rectangle from the parameters from i on: top, left, bottom, right, one-based, relative to the
// margins if DECOM is set, and cut to the screen. ok is false if nothing is left.
func (t *Terminal) area(i int) (r rectangle, ok bool) {
	p := &t.p
	m := t.fullMargins()
	if t.flags.origin {
		m = t.margins
	}
	r.top = m.top + p.Param(i, 1) - 1
	r.left = m.left + p.Param(i+1, 1) - 1
	r.bottom = min(m.top+p.Param(i+2, m.bottom-m.top+1)-1, m.bottom)
	r.right = min(m.left+p.Param(i+3, m.right-m.left+1)-1, m.right)
	return r, r.top <= r.bottom && r.left <= r.right
}

// rectangles runs the rectangular area operations of the VT420. It says whether f is one.
func (t *Terminal) rectangles(f uint32) bool {
	p := &t.p
	first := 0
	if f == dollar|'x' {
		first = 1
	}
	r, ok := t.area(first)
	switch f {
	case dollar | 'v': // DECCRA
		if ok {
			t.copyArea(r, p.Param(5, 1)-1, p.Param(6, 1)-1)
		}
	case dollar | 'x': // DECFRA
		if c := p.Param(0, 0); ok && (c >= 0x20 && c < 0x7f || c >= 0xa0 && c <= 0xff) {
			t.fillArea(r, RuneContent(rune(c), false))
		}
	case dollar | 'z': // DECERA
		t.eachRow(r, ok, func(row int) { t.eraseCells(row, r.left, r.right+1) })
	case dollar | '{': // DECSERA
		t.eachRow(r, ok, func(row int) { t.eraseSpan(row, r.left, r.right+1, true) })
	case dollar | 'r': // DECCARA
		if ok {
			t.changeArea(r, t.attributes(false))
		}
	case dollar | 't': // DECRARA
		if ok {
			t.changeArea(r, t.attributes(true))
		}
	case asterisk | 'x': // DECSACE
		t.flags.areaExact = p.Param(0, 0) == 2
	default:
		return false
	}
	return true
}

func (t *Terminal) eachRow(r rectangle, ok bool, f func(row int)) {
	for row := r.top; ok && row <= r.bottom; row++ {
		f(row)
	}
}

// copyArea copies r to where its top left corner is then row, col, in the coordinates of DECOM; what does not
// fit is cut off.
func (t *Terminal) copyArea(r rectangle, row, col int) {
	m := t.fullMargins()
	if t.flags.origin {
		m = t.margins
	}
	row, col = row+m.top, col+m.left
	height := min(r.bottom-r.top+1, m.bottom-row+1)
	width := min(r.right-r.left+1, m.right-col+1)
	if height <= 0 || width <= 0 {
		return
	}
	from, to, step := 0, height, 1
	if row > r.top { // source and target may overlap
		from, to, step = height-1, -1, -1
	}
	for i := from; i != to; i += step {
		t.copyCells(r.top+i, r.left, row+i, col, width)
	}
}

// copyCells copies width cells of row from, column left, to row to, column col. Wide characters of which
// only a half is copied or overwritten are erased.
func (t *Terminal) copyCells(from, left, to, col, width int) {
	t.join = -1
	dst := t.row(to)
	src := t.rows[from] // may be dst
	end := left + width
	t.strip = append(t.strip[:0], src.Cells[left:end]...)
	if t.strip[0].Content.IsTail() {
		t.strip[0] = t.blank()
	}
	if end < t.width && src.Cells[end].Content.IsTail() {
		t.strip[width-1] = t.blank()
	}
	t.split(dst, col)
	t.split(dst, col+width)
	copy(dst.Cells[col:], t.strip)
	dst.protected = dst.protected || src.protected
	t.steps += uint64(width)
	if col+width == t.width {
		dst.Wrapped = false
	}
}

// fillArea fills r with a character of one column and the pen.
func (t *Terminal) fillArea(r rectangle, c Content) {
	t.join = -1
	for i := r.top; i <= r.bottom; i++ {
		row := t.row(i)
		t.split(row, r.left)
		t.split(row, r.right+1)
		fill(row.Cells[r.left:r.right+1], Cell{c, t.pen})
		t.steps += uint64(r.right - r.left + 1)
		row.protected = row.protected || t.pen.Attr&protected != 0
		if r.right == t.width-1 {
			row.Wrapped = false
		}
	}
}

// attributeChange is what DECCARA and DECRARA do to a cell: bits to clear, to set, to reverse.
type attributeChange struct{ clear, set, flip Attr }

// attributes reads the SGR parameters of DECCARA, or DECRARA if reverse, from the fifth parameter on. xterm
// and the VT420 take these only: bold, underline, blink, inverse, invisible.
func (t *Terminal) attributes(reverse bool) (a attributeChange) {
	single := Attr(0).WithUnderline(UnderlineSingle)
	all := Bold | Blink | Inverse | Invisible | underlineMask
	for i := 4; i < max(t.p.NumParams(), 5); i++ {
		var bit Attr
		switch v := t.p.Param(i, 0); v {
		case 0:
			if reverse {
				a.flip ^= Bold | Blink | Inverse | Invisible | single
			} else {
				a = attributeChange{clear: all}
			}
		case 1, 22:
			bit = Bold
		case 4, 24:
			bit = single
		case 5, 25:
			bit = Blink
		case 7, 27:
			bit = Inverse
		case 8, 28:
			bit = Invisible
		}
		mask := bit
		if bit == single {
			mask = underlineMask
		}
		switch off := t.p.Param(i, 0) >= 20; {
		case reverse && !off:
			a.flip ^= bit
		case reverse:
		case off:
			a.clear |= mask
			a.set &^= mask
		default:
			a.clear |= mask
			a.set |= bit
		}
	}
	return a
}

// changeArea changes attributes in r, or, unless DECSACE asked for the rectangle itself, in the stream of
// characters from its first corner to its last, which with DECOM goes from margin to margin.
func (t *Terminal) changeArea(r rectangle, a attributeChange) {
	m := t.fullMargins()
	if t.flags.origin {
		m = t.margins
	}
	for i := r.top; i <= r.bottom; i++ {
		from, to := r.left, r.right+1
		if !t.flags.areaExact {
			if i > r.top {
				from = m.left
			}
			if i < r.bottom {
				to = m.right + 1
			}
		}
		if from >= to {
			continue
		}
		row := t.row(i)
		// Both halves of a wide character look alike.
		if row.Cells[from].Content.IsTail() {
			from--
		}
		if to < t.width && row.Cells[to].Content.IsTail() {
			to++
		}
		for j := from; j < to; j++ {
			c := &row.Cells[j]
			c.Attr = c.Attr&^a.clear | a.set
			if a.flip&underlineMask != 0 && c.Attr&underlineMask != 0 {
				c.Attr &^= underlineMask
				c.Attr ^= a.flip &^ underlineMask
			} else {
				c.Attr ^= a.flip
			}
		}
		t.steps += uint64(to - from)
	}
}
