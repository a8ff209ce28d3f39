package display

import (
	"strconv"

	"mosh/internal/core/vt"
)

// sgrList writes the parameters of one SGR sequence.
type sgrList struct {
	dst  []byte
	some bool
}

func (l *sgrList) code(n int) {
	if l.some {
		l.dst = append(l.dst, ';')
	}
	l.some = true
	l.dst = appendNumber(l.dst, n)
}

// appendNumber writes a parameter: nearly all have up to three digits, and a picture in true colour has three such
// numbers in each of its cells.
func appendNumber(dst []byte, n int) []byte {
	switch u := uint(n); {
	case u < 10:
		return append(dst, '0'+byte(u))
	case u < 100:
		return append(dst, '0'+byte(u/10), '0'+byte(u%10))
	case u < 1000:
		return append(dst, '0'+byte(u/100), '0'+byte(u/10%10), '0'+byte(u%10))
	}
	return strconv.AppendInt(dst, int64(n), 10)
}

func (l *sgrList) color(c vt.Color, base int) {
	if n, ok := c.Palette(); ok {
		switch {
		case n < 8:
			l.code(base + int(n))
		case n < 16:
			l.code(base + 60 + int(n) - 8)
		default:
			l.code(base + 8)
			l.code(5)
			l.code(int(n))
		}
		return
	}
	if r, g, b, ok := c.Direct(); ok {
		l.code(base + 8)
		l.code(2)
		l.code(int(r))
		l.code(int(g))
		l.code(int(b))
		return
	}
	l.code(base + 9)
}

// underlineColor writes SGR 58 in the colon form, which a reader that lacks it can skip.
func (l *sgrList) underlineColor(c vt.Color) {
	if n, ok := c.Palette(); ok {
		l.code(58)
		l.dst = append(l.dst, ":5:"...)
		l.dst = strconv.AppendInt(l.dst, int64(n), 10)
		return
	}
	if r, g, b, ok := c.Direct(); ok {
		l.code(58)
		l.dst = append(l.dst, ":2:"...)
		for _, v := range [...]uint8{r, g, b} {
			l.dst = append(l.dst, ':')
			l.dst = strconv.AppendInt(l.dst, int64(v), 10)
		}
		return
	}
	l.code(59)
}

func (l *sgrList) underline(u vt.Underline) {
	switch u {
	case vt.UnderlineNone:
		l.code(24)
	case vt.UnderlineSingle:
		l.code(4)
	default:
		l.code(4)
		l.dst = append(l.dst, ':', '0'+byte(u))
	}
}

var attrCodes = [...]struct {
	attr    vt.Attr
	on, off int
}{
	{vt.Bold, 1, 22},
	{vt.Faint, 2, 22},
	{vt.Italic, 3, 23},
	{vt.Blink, 5, 25},
	{vt.Inverse, 7, 27},
	{vt.Invisible, 8, 28},
	{vt.Strike, 9, 29},
	{vt.Overline, 53, 55},
}

const plainAttrs = ^(vt.Attr(7) << 8)

// change writes the codes that lead from one rendition to another, from and to being the colours of the
// underlines.
func (l *sgrList) change(a, b vt.Rendition, from, to vt.Color) {
	lost := a.Attr &^ b.Attr & plainAttrs
	gained := b.Attr &^ a.Attr & plainAttrs
	if lost&(vt.Bold|vt.Faint) != 0 {
		l.code(22)
		lost &^= vt.Bold | vt.Faint
		gained |= b.Attr & (vt.Bold | vt.Faint)
	}
	if lost|gained != 0 {
		for _, c := range attrCodes {
			switch {
			case lost&c.attr != 0:
				l.code(c.off)
			case gained&c.attr != 0:
				l.code(c.on)
			}
		}
	}
	if u := b.Attr.Underline(); u != a.Attr.Underline() {
		l.underline(u)
	}
	if a.FG != b.FG {
		l.color(b.FG, 30)
	}
	if a.BG != b.BG {
		l.color(b.BG, 40)
	}
	if from != to {
		l.underlineColor(to)
	}
}

// setPen makes p the receiver's rendition, by the shorter of the changes alone and the whole list.
func (r *Renderer) setPen(p vt.Rendition) {
	w := &r.w
	if !r.keepsAll {
		p = r.caps.rendition(p)
	}
	if p == w.pen && w.penKnown {
		return
	}
	was := w.pen
	known := w.penKnown
	w.pen, w.penKnown = p, true
	var from, to vt.Extra
	if p.Extra != was.Extra || !known {
		from, to = r.interns.Extra(was.Extra), r.interns.Extra(p.Extra)
		if r.caps.Links && (from.Link != to.Link || !known) {
			w.link(to.Link)
		}
	}
	if !r.caps.Underlines {
		from.UnderlineColor, to.UnderlineColor = 0, 0
	} else if p.Extra == was.Extra && known && p.Extra != 0 {
		from = r.interns.Extra(p.Extra)
		to = from
	}
	was.Extra = p.Extra
	if known && p == was && from.UnderlineColor == to.UnderlineColor {
		return
	}
	start := len(w.dst)
	if known {
		l := sgrList{dst: append(w.dst, csi...)}
		l.change(was, p, from.UnderlineColor, to.UnderlineColor)
		w.dst = append(l.dst, 'm')
		if from.UnderlineColor == to.UnderlineColor && onlyGains(was, p) {
			return
		}
	}
	middle := len(w.dst)
	l := sgrList{dst: append(w.dst, csi...)}
	if plain := (vt.Rendition{Extra: p.Extra}); p != plain || to.UnderlineColor != 0 {
		l.code(0)
		l.change(plain, p, 0, to.UnderlineColor)
	}
	w.dst = append(l.dst, 'm')
	w.shorter(start, middle)
}

// onlyGains says that a loses nothing on its way to b: then the changes are a part of b's whole list, and the shorter.
func onlyGains(a, b vt.Rendition) bool {
	u := b.Attr.Underline()
	return a.Attr&^b.Attr&plainAttrs == 0 && (u != vt.UnderlineNone || u == a.Attr.Underline()) &&
		(b.FG != 0 || a.FG == 0) && (b.BG != 0 || a.BG == 0)
}

// shorter keeps the shorter of the two strings dst[start:middle] and dst[middle:], if the first is there.
func (w *writer) shorter(start, middle int) (first bool) {
	if middle > start && middle-start <= len(w.dst)-middle {
		w.dst = w.dst[:middle]
		return true
	}
	w.dst = append(w.dst[:start], w.dst[middle:]...)
	return false
}

// setBackground makes bg the background of the receiver's pen, for an erasure.
func (r *Renderer) setBackground(bg vt.Color) {
	w := &r.w
	if w.penKnown && w.pen.BG == bg {
		return
	}
	if bg == 0 {
		r.setPen(vt.Rendition{Extra: w.pen.Extra})
		return
	}
	p := w.pen
	p.BG = bg
	r.setPen(p)
}

// link writes OSC 8, ended by BEL so that a pending wrap stays (spec/terminal.md, 5.12).
func (w *writer) link(l vt.Link) {
	w.str(esc + "]8;")
	if l.ID != "" {
		w.str("id=")
		w.str(l.ID)
	}
	w.dst = append(w.dst, ';')
	w.str(l.URI)
	w.dst = append(w.dst, '\a')
}
