package vtparse

// utf8 reads one character, or goes on with the one in progress. What is malformed becomes one U+FFFD for
// each maximal subpart (Unicode 3.9, "U+FFFD Substitution of Maximal Subparts").
func (p *Parser) utf8(b []byte) (Kind, int) {
	n := 0
	if p.need == 0 {
		if len(b) >= 3 && b[0]-0xe1 < 0xed-0xe1 && b[1]&0xc0 == 0x80 && b[2]&0xc0 == 0x80 {
			// Three octets, the lead not E0, ED, EE or EF: nothing to check but the form. Most of CJK.
			return p.rune(rune(b[0]&0x0f)<<12 | rune(b[1]&0x3f)<<6 | rune(b[2]&0x3f)), 3
		}
		if !p.lead(b[0]) {
			return p.rune(0xfffd), 1
		}
		n = 1
	}
	for ; n < len(b); n++ {
		c := b[n]
		if c < p.lo || c > p.hi {
			p.need = 0
			return p.rune(0xfffd), n
		}
		p.char = p.char<<6 | rune(c&0x3f)
		p.lo, p.hi = 0x80, 0xbf
		if p.need--; p.need == 0 {
			return p.rune(p.char), n + 1
		}
	}
	return None, n
}

// lead begins a character with the octet c, 80 or above; false if none begins so (Unicode, table 3-7).
func (p *Parser) lead(c byte) bool {
	p.lo, p.hi = 0x80, 0xbf
	switch {
	case c < 0xc2 || c > 0xf4:
		return false
	case c < 0xe0:
		p.need, p.char = 1, rune(c&0x1f)
	case c < 0xf0:
		p.need, p.char = 2, rune(c&0x0f)
		if c == 0xe0 {
			p.lo = 0xa0
		} else if c == 0xed {
			p.hi = 0x9f
		}
	default:
		p.need, p.char = 3, rune(c&0x07)
		if c == 0xf0 {
			p.lo = 0x90
		} else if c == 0xf4 {
			p.hi = 0x8f
		}
	}
	return true
}

// rune delivers r, unless it is a C1 control or ended a sequence.
func (p *Parser) rune(r rune) Kind {
	if p.dropRune || r < 0xa0 {
		p.dropRune = false
		return None
	}
	p.char = r
	return Rune
}
