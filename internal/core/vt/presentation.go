package vt

import (
	"fmt"
	"strconv"
	"strings"
)

// reportPresentation is DECRQPSR: the cursor (DECCIR) or the tab stops (DECTABSR).
func (t *Terminal) reportPresentation(n int) {
	switch n {
	case 1:
		t.reply("\x1bP1$u" + t.cursorInformation() + "\x1b\\")
	case 2:
		var stops []string
		for col := range t.width {
			if t.tabs.has(col) {
				stops = append(stops, fmt.Sprint(col+1))
			}
		}
		t.reply("\x1bP2$u" + strings.Join(stops, "/") + "\x1b\\")
	}
}

// cursorInformation is the content of DECCIR (VT510 programmer information, DECCIR).
func (t *Terminal) cursorInformation() string {
	bits := func(on ...bool) rune {
		c := '@'
		for i, b := range on {
			if b {
				c |= 1 << i
			}
		}
		return c
	}
	a, s := t.pen.Attr, &t.charsets
	row, col := t.where()
	designated, size := "", make([]bool, len(s.g))
	for i, g := range s.g {
		designated += finals[g : g+1]
		size[i] = g == latin1
	}
	return fmt.Sprintf("%d;%d;1;%c;%c;%c;%d;2;%c;%s", row+1, col+1,
		bits(a&Bold != 0, a.Underline() != UnderlineNone, a&Blink != 0, a&Inverse != 0),
		bits(a&protected != 0),
		bits(t.flags.origin, s.single == 2, s.single == 3, t.cur.Pending),
		s.gl, bits(size...), designated)
}

// restorePresentation is DECRSPS: it takes back what reportPresentation gave.
func (t *Terminal) restorePresentation(n int, data string) {
	switch n {
	case 1:
		t.restoreCursorInformation(strings.Split(data, ";"))
	case 2:
		t.tabs.clear()
		for s := range strings.SplitSeq(data, "/") {
			if col, err := strconv.Atoi(s); err == nil && col >= 1 && col <= t.width {
				t.tabs.put(col-1, true)
			}
		}
	}
}

// restoreCursorInformation takes the fields of DECCIR. Malformed ones are left out, as are the page and the
// right half.
func (t *Terminal) restoreCursorInformation(fields []string) {
	if len(fields) < 10 {
		return
	}
	number := func(i, limit int) (n int, ok bool) {
		n, err := strconv.Atoi(fields[i])
		return n, err == nil && n >= 0 && n <= limit
	}
	bits := func(i int) (b byte, ok bool) {
		return fields[i][0] - '@', len(fields[i]) == 1 && fields[i][0] >= '@' && fields[i][0] < 0x7f
	}
	for i, f := range fields {
		if f == "" {
			fields[i] = "0"
		}
	}
	if b, ok := bits(3); ok {
		t.pen.Attr = t.pen.Attr&protected | Attr(0).with(Bold, b&1 != 0).with(Blink, b&4 != 0).with(Inverse, b&8 != 0)
		if b&2 != 0 {
			t.pen.Attr = t.pen.Attr.WithUnderline(UnderlineSingle)
		}
	}
	if b, ok := bits(4); ok {
		t.pen.Attr = t.pen.Attr.with(protected, b&1 != 0)
	}
	flags, ok := bits(5)
	if ok {
		t.flags.origin = flags&1 != 0
		t.charsets.single = [4]byte{0, 2, 3, 0}[flags>>1&3]
	}
	if n, ok := number(6, 3); ok {
		t.charsets.gl = byte(n)
	}
	if size, ok := bits(8); ok {
		t.restoreCharsets(size, strings.Join(fields[9:], ";"))
	}
	row, rowOK := number(0, maxSide)
	col, colOK := number(1, maxSide)
	if rowOK && colOK {
		t.position(row-1, col-1)
		t.cur.Pending = flags&8 != 0 && t.cur.Col == t.rightLimit()
	}
}

// restoreCharsets takes the designations of DECCIR: for each of G0 to G3 a final, perhaps after an
// intermediate. Bits of size say which are sets of 96.
func (t *Terminal) restoreCharsets(size byte, designated string) {
	for i := range t.charsets.g {
		intermediate := false
		for len(designated) > 0 && designated[0] < 0x30 {
			designated, intermediate = designated[1:], true
		}
		if designated == "" {
			return
		}
		final := designated[0]
		designated = designated[1:]
		if size>>i&1 != 0 && final == 'A' {
			t.charsets.g[i] = latin1
		} else if s, ok := set94(final); ok && !intermediate {
			t.charsets.g[i] = s
		}
	}
}

// with returns a with the bits of b set or cleared.
func (a Attr) with(b Attr, on bool) Attr {
	if on {
		return a | b
	}
	return a &^ b
}
