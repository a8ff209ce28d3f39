package vt

// Equal says that f and o are the same state for a peer (spec/protocol.md, 8.5: what
// "the state changed" means). own says that the peer is one of ours and keeps all of it; otherwise
// what stock mosh cannot keep is left out. Counters (bells, clipboard) are compared as they are, so that both
// frames must come from one terminal or its clones. Rows are compared by pointer first.
func (f *Frame) Equal(o *Frame, own bool) bool {
	if f == o {
		return true
	}
	if f.Width != o.Width || f.Height != o.Height ||
		f.Cursor.Row != o.Cursor.Row || f.Cursor.Col != o.Cursor.Col ||
		f.Title != o.Title || f.Icon != o.Icon || f.Bells != o.Bells || f.Clipboard != o.Clipboard {
		return false
	}
	if own {
		if f.Modes != o.Modes || !f.Colors.equal(o.Colors) {
			return false
		}
	} else if f.Modes.Stock() != o.Modes.Stock() {
		return false
	}
	c := comparison{f.Interns, o.Interns, own}
	if !c.renditions(f.Pen, o.Pen) {
		return false
	}
	for i, r := range f.Rows {
		if !c.rows(r, o.Rows[i]) {
			return false
		}
	}
	return true
}

// Stock returns the part of m that stock mosh keeps. It stores 1007 too, but never sends it.
func (m Modes) Stock() Modes {
	return Modes{
		CursorVisible: m.CursorVisible, ReverseVideo: m.ReverseVideo, BracketedPaste: m.BracketedPaste,
		Focus: m.Focus, Mouse: m.Mouse, Encoding: m.Encoding,
	}
}

// Stock returns the part of r that stock mosh keeps: any underline is a single one.
func (r Rendition) Stock() Rendition {
	u := r.Attr.Underline()
	r.Attr &= Bold | Italic | Blink | Inverse | Invisible
	if u != UnderlineNone {
		r.Attr = r.Attr.WithUnderline(UnderlineSingle)
	}
	r.Extra = 0
	return r
}

func (c *Colors) equal(o *Colors) bool {
	var none Colors
	if c == nil {
		c = &none
	}
	if o == nil {
		o = &none
	}
	return *c == *o
}

// comparison compares parts of two frames, whose indexes may be into different tables.
type comparison struct {
	f, o *Interns
	own  bool
}

func (c *comparison) rows(a, b *Row) bool {
	if c.f == c.o && a.Equal(b) {
		return true
	}
	if c.f == c.o && c.own || a.Wrapped != b.Wrapped || len(a.Cells) != len(b.Cells) {
		return false
	}
	for i, cell := range a.Cells {
		if !c.cells(cell, b.Cells[i]) {
			return false
		}
	}
	return true
}

func (c *comparison) cells(a, b Cell) bool {
	if a == b && (c.f == c.o || a.Extra == 0 && a.Content&contentCluster == 0) {
		return true
	}
	return c.contents(a.Content, b.Content) && c.renditions(a.Rendition, b.Rendition)
}

func (c *comparison) contents(a, b Content) bool {
	i, aCluster := a.Cluster()
	j, bCluster := b.Cluster()
	if !aCluster || !bCluster || c.f == c.o {
		return a == b
	}
	return a&^contentIndex == b&^contentIndex && c.f.clusters[i] == c.o.clusters[j]
}

func (c *comparison) renditions(a, b Rendition) bool {
	if !c.own {
		return a.Stock() == b.Stock()
	}
	if c.f != c.o {
		if c.f.Extra(a.Extra) != c.o.Extra(b.Extra) {
			return false
		}
		a.Extra, b.Extra = 0, 0
	}
	return a == b
}
