package display

import (
	"mosh/internal/core/vt"
)

// scrolled is a region of rows that moves up by n rows, or down if n is negative.
type scrolled struct{ top, bottom, n int }

// planner finds rows of the old frame that are at another place in the new one, by their contents: after
// P. Heckel, "A technique for isolating differences between files" (1978), as in ncurses. What it finds is a
// guess about what pays: the renderer goes by what each scroll does to its copy of the rows.
type planner struct {
	old, new []uint64  // hashes
	known    []*vt.Row // whose hashes are in new: most of these rows are in the next frame's old or new one
	from     []int     // for each new row the old row it was, or -1
	table    []slot    // open addressing by hash
	plan     []scrolled
}

type slot struct {
	hash     uint64
	old, new int // how often it is in either frame
	row      int // the last old row with this hash
}

func hashRow(r *vt.Row) uint64 {
	cells := r.Cells
	for len(cells) > 0 && cells[len(cells)-1] == (vt.Cell{}) {
		cells = cells[:len(cells)-1]
	}
	h := uint64(len(cells))
	for i := range cells {
		c := &cells[i]
		pen := uint64(c.BG) | uint64(c.Attr)<<32 | uint64(c.Extra)<<48
		h ^= uint64(c.Content) ^ uint64(c.FG)<<32 ^ pen*0xbf58476d1ce4e5b9
		h *= 0x9e3779b97f4a7c15
		h ^= h >> 29
	}
	return h
}

func (p *planner) slot(h uint64) *slot {
	mask := uint64(len(p.table) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		s := &p.table[i]
		if s.old+s.new == 0 {
			s.hash = h
			return s
		}
		if s.hash == h {
			return s
		}
	}
}

func (p *planner) reset(height int) {
	if len(p.old) != height {
		p.old, p.new, p.from = make([]uint64, height), make([]uint64, height), make([]int, height)
		p.known = make([]*vt.Row, height)
		size := 16
		for size < 4*height {
			size *= 2
		}
		p.table = make([]slot, size)
	}
	clear(p.table)
	p.plan = p.plan[:0]
}

// findScrolls returns what might be worth scrolling, in the order in which it has to be done.
func (r *Renderer) findScrolls() []scrolled {
	if !r.caps.EditLines && !r.caps.ScrollLines {
		return nil
	}
	p := &r.plan
	p.reset(r.w.height)
	for y := range p.old {
		old, now := r.old.Rows[y], r.new.Rows[y]
		if p.old[y] = p.new[y]; old != p.known[y] {
			p.old[y] = hashRow(old)
		}
		if now != p.known[y] {
			p.new[y] = p.old[y]
			if now != old {
				p.new[y] = hashRow(now)
			}
			p.known[y] = now
		}
		s := p.slot(p.old[y])
		s.old++
		s.row = y
		p.slot(p.new[y]).new++
	}
	for y := range p.from {
		p.from[y] = -1
		if s := p.slot(p.new[y]); s.old == 1 && s.new == 1 {
			p.from[y] = s.row
		}
	}
	p.grow()
	r.growAlike()
	p.hunks()
	return p.plan
}

// growAlike extends matches downward by one row that is alike: the line that was not finished yet.
func (r *Renderer) growAlike() {
	p := &r.plan
	h := len(p.from)
	for y := h - 1; y > 0; y-- {
		o := p.from[y-1] + 1
		if p.from[y] >= 0 || p.from[y-1] < 0 || o >= h || o == y {
			continue
		}
		if rowCost(r.old.Rows[o], r.new.Rows[y]) < rowCost(&r.blank, r.new.Rows[y]) {
			p.from[y] = o
		}
	}
}

// grow extends matches to equal neighbours that are not unique, such as blank rows.
func (p *planner) grow() {
	h := len(p.from)
	for y := 1; y < h; y++ {
		if o := p.from[y-1] + 1; p.from[y] < 0 && o > 0 && o < h && p.old[o] == p.new[y] {
			p.from[y] = o
		}
	}
	for y := h - 2; y >= 0; y-- {
		if o := p.from[y+1] - 1; p.from[y] < 0 && o >= 0 && p.old[o] == p.new[y] {
			p.from[y] = o
		}
	}
}

// hunks collects runs of rows that moved by the same distance: upward ones from the top, then downward ones
// from the bottom, so that none destroys the source of a later one if the rows kept their order.
func (p *planner) hunks() {
	h := len(p.from)
	for y := 0; y < h; {
		n := p.from[y] - y
		end := y + 1
		for end < h && p.from[end] >= 0 && p.from[end]-end == n {
			end++
		}
		if p.from[y] >= 0 && n > 0 {
			p.plan = append(p.plan, scrolled{y, end - 1 + n, n})
		}
		y = end
	}
	for y := h - 1; y >= 0; {
		n := p.from[y] - y
		start := y
		for start > 0 && p.from[start-1] >= 0 && p.from[start-1]-(start-1) == n {
			start--
		}
		if p.from[y] >= 0 && n < 0 {
			p.plan = append(p.plan, scrolled{start + n, y, n})
		}
		y = start - 1
	}
}

// scroll does those of the scrolls that pay and says whether there were any.
func (r *Renderer) scroll(scrolls []scrolled) (some bool) {
	for _, s := range scrolls {
		if r.pays(s) {
			r.scrollRegion(s)
			r.shiftRows(s)
			some = true
		}
	}
	return some
}

// pays says that after s there is less to write than before, by more than it costs.
func (r *Renderer) pays(s scrolled) bool {
	gain := -12 // margins, scroll, margins
	switch {
	case s.bottom < r.w.height-1:
	case s.top == 0:
		gain = -3
	default:
		gain = -8
	}
	for y := s.top; y <= s.bottom; y++ {
		from := y + s.n
		moved := &r.blank
		if from >= s.top && from <= s.bottom {
			moved = r.rows[from].row
		}
		gain += rowCost(r.rows[y].row, r.new.Rows[y]) - rowCost(moved, r.new.Rows[y])
	}
	return gain > 0
}

// rowCost is about how many bytes it takes to make row b from row a, the move to it included.
func rowCost(a, b *vt.Row) (n int) {
	if a == b {
		return 0
	}
	end := len(b.Cells)
	for end > 0 && b.Cells[end-1] == (vt.Cell{}) {
		end--
	}
	for x, c := range b.Cells[:end] {
		if a.Cells[x] != c {
			n++
		}
	}
	for _, c := range a.Cells[end:] {
		if c != (vt.Cell{}) {
			n += 3
			break
		}
	}
	if n > 0 {
		n += 2
	}
	return n
}

// shiftRows does to the copy of the receiver's rows what s does to the receiver's.
func (r *Renderer) shiftRows(s scrolled) {
	region := r.rows[s.top : s.bottom+1]
	n := min(max(s.n, -s.n), len(region))
	vacated := region[:n]
	if s.n > 0 {
		copy(region, region[n:])
		vacated = region[len(region)-n:]
	} else {
		copy(region[n:], region)
	}
	for i := range vacated {
		vacated[i] = line{row: &r.blank}
	}
}

// scrollRegion writes s. The vacated rows are blank without colour.
func (r *Renderer) scrollRegion(s scrolled) {
	w := &r.w
	n := max(s.n, -s.n)
	last := w.height - 1
	r.setBackground(0)
	whole := s.top == 0 && s.bottom == last
	switch {
	case whole && s.n > 0 && w.rowKnown && w.row == last && n <= seqCost(n):
		w.repeat('\n', n)
		w.left, w.wrapDue = 0, false
	case whole && r.caps.ScrollLines:
		r.seqScroll(s.n)
	case s.bottom == last && r.caps.EditLines:
		r.jump(s.top, w.nearColumn())
		if s.n > 0 {
			w.seq(n, 'M')
		} else {
			w.seq(n, 'L')
		}
		w.place(s.top, 0)
		// xterm goes to the first column (ECMA-48 8.3.67), tmux 3.3a stays where it was.
		w.colKnown = w.colKnown && !r.caps.Terminal
	default:
		r.seen()
		w.rowRegion(s.top, s.bottom)
		switch {
		case r.caps.ScrollLines:
			r.seqScroll(s.n)
		case s.n > 0:
			w.move(s.bottom, 0, false)
			w.repeat('\n', n)
		default:
			w.move(s.top, 0, false)
			for range n {
				w.str(esc + "M")
			}
		}
		w.str(csi + "r")
		w.place(0, 0)
	}
}

// seqScroll writes SU or SD.
func (r *Renderer) seqScroll(n int) {
	w := &r.w
	if n > 0 {
		w.seq(n, 'S')
	} else {
		w.seq(-n, 'T')
	}
	w.left, w.wrapDue = 0, false
	w.edge = w.edge || w.col == w.width-1
}

func (w *writer) repeat(c byte, n int) {
	for range n {
		w.dst = append(w.dst, c)
	}
}

// nearColumn returns the column for a move where only the row matters.
func (w *writer) nearColumn() int {
	if w.colKnown && !w.edge {
		return w.col
	}
	return 0
}

// rowRegion writes DECSTBM for the rows from top to bottom, zero-based, which puts the cursor home.
func (w *writer) rowRegion(top, bottom int) {
	w.str(csi)
	if top > 0 {
		w.dst = appendNumber(w.dst, top+1)
	}
	w.dst = append(w.dst, ';')
	w.dst = appendNumber(w.dst, bottom+1)
	w.dst = append(w.dst, 'r')
	w.place(0, 0)
}
