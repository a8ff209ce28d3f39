package vt

import (
	"encoding/binary"
	"unicode/utf8"

	"mosh/internal/core/vtparse"
	"mosh/internal/core/width"
)

// plain takes the text and the line ends that p begins with, by far the most of what programs write, past the parser
// and the general case of printing. It returns how many octets it took; the rest begins with something else. It must
// leave the terminal as Next, printText, printRune and execute would have.
func (t *Terminal) plain(p []byte) (n int) {
	if !t.p.Ground() || t.flags.insert || !t.charsets.plain() {
		return 0
	}
	for n < len(p) {
		switch c := p[n]; {
		case c >= 0x20:
			if m := t.line(p[n:]); m > 0 {
				n += m
				continue
			}
			r, m := utf8.DecodeRune(p[n:])
			if m == 1 || r < 0xa0 {
				return n
			}
			t.printRune(r)
			n += m
		case c == '\r':
			t.carriageReturn()
			t.last = 0
			n++
		case c == '\n':
			t.lineFeed()
			t.last = 0
			n++
		default:
			return n
		}
	}
	return n
}

// line prints the characters that p begins with and that are simple, up to the end of the line. It returns their
// octets: zero if the first one is not simple.
func (t *Terminal) line(p []byte) (n int) {
	row := t.rows[t.cur.Row]
	if t.cur.Pending || row.epoch != t.epoch {
		n = vtparse.Printable(p)
		t.printText(p[:n])
		return n
	}
	if p[0] >= 0x80 && t.join >= 0 && t.cluster.Open() {
		return 0
	}
	start, right := t.cur.Col, t.rightLimit()
	cells, used := row.Cells[start:right+1], 0
	for {
		m := min(vtparse.Printable(p[n:]), len(cells)-used)
		ink(cells[used:used+m], p[n:n+m], &t.pen)
		used += m
		if n += m; used == len(cells) || n == len(p) || p[n] < 0x80 {
			break
		}
		m, w := simple(cells[used:], p[n:], &t.pen, t.widths)
		if m == 0 {
			break
		}
		used += w
		n += m
	}
	if n == 0 {
		return 0
	}
	if start > 0 && row.Cells[start-1].Content.Wide() {
		row.Cells[start-1] = t.blank()
	}
	col := start + used
	if col == len(row.Cells) {
		row.Wrapped = false
	} else if row.Cells[col].Content.IsTail() {
		row.Cells[col] = t.blank()
		if col == len(row.Cells)-1 {
			row.Wrapped = false
		}
	}
	row.touched(col)
	if t.pen.Attr&protected != 0 {
		row.protected = true
	}
	t.join, t.cluster = col-1, 0
	if row.Cells[t.join].Content.IsTail() {
		t.join--
	}
	t.last = rune(row.Cells[t.join].Content & contentIndex)
	t.steps += uint64(used)
	t.advance(used, right)
	return n
}

// simple writes the simple characters that p begins with into cells, from the first one on. It returns their octets
// and columns. Longer runs of ASCII are for ink.
func simple(cells []Cell, p []byte, pen *Rendition, widths width.Table) (n, col int) {
	c := Cell{Rendition: *pen}
	for n < len(p) && col < len(cells) {
		var r rune
		var m int
		switch b := p[n]; {
		case b < 0x80:
			if b-0x20 >= 0x7f-0x20 || len(p)-n >= 8 && binary.LittleEndian.Uint64(p[n:])&0x8080808080808080 == 0 {
				return n, col
			}
			c.Content = Content(b)
			cells[col] = c
			col++
			n++
			continue
		case b < 0xe0:
			if len(p)-n < 2 || !continuation(p[n+1]) || b < 0xc2 {
				return n, col
			}
			r, m = rune(b&0x1f)<<6|rune(p[n+1]&0x3f), 2
		case b < 0xf0:
			if len(p)-n < 3 || !continuation(p[n+1]) || !continuation(p[n+2]) {
				return n, col
			}
			r, m = rune(b&0x0f)<<12|rune(p[n+1]&0x3f)<<6|rune(p[n+2]&0x3f), 3
			if r < 0x800 {
				return n, col
			}
		default:
			if r, m = utf8.DecodeRune(p[n:]); m == 1 {
				return n, col
			}
		}
		w := widths.Simple(r)
		if w <= 0 || col+w > len(cells) {
			return n, col
		}
		c.Content = Content(r)
		if w == 2 {
			c.Content |= contentLead
			cells[col+1] = Cell{Tail, c.Rendition}
		}
		cells[col] = c
		col += w
		n += m
	}
	return n, col
}

func continuation(b byte) bool { return int8(b) < -0x40 }

// ink puts src, which is as long as dst, into dst.
//
//go:noinline
func ink(dst []Cell, src []byte, pen *Rendition) {
	c := Cell{Rendition: *pen}
	for i := range dst {
		if i >= len(src) {
			break
		}
		c.Content = Content(src[i])
		dst[i] = c
	}
}
