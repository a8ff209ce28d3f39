package vt

// charsets are the designated character sets and the shifts between them (ECMA-35). The zero value is ASCII.
// Characters above ASCII come as UTF-8, so that the right half (GR) does not exist.
type charsets struct {
	g      [4]charset
	gl     byte // which of g is in GL
	single byte // single shift pending: 2 or 3; zero is none
}

type charset byte

// The sets that are known: what other finals designate leaves the set as it was, as in xterm.
const (
	ascii charset = iota
	graphics
	british
	latin1 // 96 characters: the right half of ISO 8859-1
)

// finals are the finals of the designations, for the reports.
const finals = "B0AA"

// plain says that GL is ASCII, so that text needs no translation.
func (c *charsets) plain() bool { return c.single == 0 && c.g[c.gl] == ascii }

// lineDrawing is the DEC special graphic set from 5F on (VT220 programmer reference manual, table 2-4).
var lineDrawing = [...]rune{
	' ', '◆', '▒', '␉', '␌', '␍', '␊', '°', '±', '␤', '␋', '┘', '┐', '┌', '└', '┼',
	'⎺', '⎻', '─', '⎼', '⎽', '├', '┤', '┴', '┬', '│', '≤', '≥', 'π', '≠', '£', '·',
}

// translate returns what c, 20 to 7E, is in set s.
func (s charset) translate(c byte) rune {
	switch {
	case s == graphics && c >= 0x5f:
		return lineDrawing[c-0x5f]
	case s == british && c == '#':
		return '£'
	case s == latin1:
		return rune(c) + 0x80
	}
	return rune(c)
}

// printMapped prints p by the sets in force as far as they are not ASCII, and returns the rest. All that it
// prints takes one column.
func (t *Terminal) printMapped(p []byte) []byte {
	for len(p) > 0 && !t.charsets.plain() {
		set := t.charsets.g[t.charsets.gl]
		if t.charsets.single != 0 {
			set = t.charsets.g[t.charsets.single]
			t.charsets.single = 0
		}
		t.last = set.translate(p[0])
		t.printContent(RuneContent(t.last, false), 1)
		p = p[1:]
	}
	return p
}

// designate is SCS and the locking and single shifts. What it does not know it ignores; xterm's locking
// shifts into GR have nothing to act on.
func (t *Terminal) designate() {
	inter, final := t.p.Intermediates(), t.p.Final()
	if len(inter) == 0 {
		switch final {
		case 'n': // LS2
			t.charsets.gl = 2
		case 'o': // LS3
			t.charsets.gl = 3
		case 'N': // SS2
			t.charsets.single = 2
		case 'O': // SS3
			t.charsets.single = 3
		}
		return
	}
	if len(inter) > 1 {
		return
	}
	switch i := inter[0]; i {
	case '(', ')', '*', '+': // a set of 94
		if s, ok := set94(final); ok {
			t.charsets.g[i-'('] = s
		}
	case '-', '.', '/': // a set of 96
		if final == 'A' {
			t.charsets.g[i-'-'+1] = latin1
		}
	}
}

func set94(final byte) (s charset, ok bool) {
	switch final {
	case 'B', '1', '2': // 1 and 2 are the alternate ROM, which nobody has
		return ascii, true
	case '0':
		return graphics, true
	case 'A':
		return british, true
	}
	return 0, false
}
