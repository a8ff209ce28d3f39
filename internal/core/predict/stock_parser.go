package predict

import "unicode/utf8"

// stockParser reads the keyboard as mosh 1.4.0 does: as if it were a host's output, with the states of the VT500
// parser. So Alt-] opens an OSC string that swallows what is typed: spec/prediction.md section 10, probes 2, 6 and 7.
type stockParser struct {
	state   stockState
	private bool // CSI: something other than parameters has been seen
	partial [utf8.UTFMax]byte
	n       int // bytes of an incomplete character in partial
	prev    byte
}

type stockState uint8

const (
	ground stockState = iota
	escape
	escapeCollect
	csi
	csiCollect
	csiIgnore
	osc
	str // DCS, SOS, PM, APC
)

type stockKind uint8

const (
	stockPrint stockKind = iota
	stockExecute
	stockEscape
	stockCSI
)

// stockAction is an action of the parser with its character: the one printed, executed, or final.
type stockAction struct {
	kind stockKind
	r    rune
}

// next takes a byte. ok is false if it completes no action.
func (p *stockParser) next(b byte) (a stockAction, ok bool) {
	if p.prev == 0x1B && b == 'O' {
		b = '[' // application mode arrows become those of normal mode
	}
	p.prev = b
	if p.n == 0 && b < utf8.RuneSelf {
		return p.rune(rune(b))
	}
	p.partial[p.n] = b
	p.n++
	if !utf8.FullRune(p.partial[:p.n]) {
		return a, false
	}
	r, size := utf8.DecodeRune(p.partial[:p.n])
	last := p.partial[p.n-1]
	cut := size < p.n // the last byte starts something new
	p.n = 0
	a, ok = p.rune(r)
	if cut && last < utf8.RuneSelf {
		return p.rune(rune(last))
	}
	return a, ok
}

func (p *stockParser) rune(r rune) (stockAction, bool) {
	switch {
	case r == 0x1B:
		p.state = escape
		return stockAction{}, false
	case r == 0x18 || r == 0x1A:
		p.state = ground
		return stockAction{stockExecute, r}, true
	case r >= 0x80 && r < 0xA0:
		return p.c1(r)
	case p.state == osc || p.state == str:
		if r == 0x07 && p.state == osc {
			p.state = ground
		}
		return stockAction{}, false
	case r < 0x20:
		return stockAction{stockExecute, r}, true
	case p.state == ground:
		return stockAction{stockPrint, r}, true
	case r == 0x7F:
		return stockAction{}, false
	case r >= 0xA0:
		r = 'A' // GR is taken as GL inside a sequence
	}
	if p.state == escape || p.state == escapeCollect {
		return p.escape(r)
	}
	return p.csi(r)
}

func (p *stockParser) c1(r rune) (stockAction, bool) {
	p.state = ground
	switch r {
	case 0x9B:
		p.state, p.private = csi, false
	case 0x9D:
		p.state = osc
	case 0x90, 0x98, 0x9E, 0x9F:
		p.state = str
	case 0x9C:
	default:
		return stockAction{stockExecute, r}, true
	}
	return stockAction{}, false
}

func (p *stockParser) escape(r rune) (stockAction, bool) {
	if r < 0x30 {
		p.state = escapeCollect
		return stockAction{}, false
	}
	first := p.state == escape
	p.state = ground
	if first {
		switch r {
		case '[':
			p.state, p.private = csi, false
			return stockAction{}, false
		case ']':
			p.state = osc
			return stockAction{}, false
		case 'P', 'X', '^', '_':
			p.state = str
			return stockAction{}, false
		}
	}
	return stockAction{stockEscape, r}, true
}

func (p *stockParser) csi(r rune) (stockAction, bool) {
	switch {
	case r >= 0x40:
		ignored := p.state == csiIgnore
		p.state = ground
		return stockAction{stockCSI, r}, !ignored
	case r < 0x30:
		if p.state == csi {
			p.state = csiCollect
		}
	case p.state == csiCollect, r == ':', r >= '<' && p.private:
		p.state = csiIgnore
	}
	p.private = true
	return stockAction{}, false
}
