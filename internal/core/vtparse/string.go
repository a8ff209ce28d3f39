package vtparse

import (
	"encoding/binary"
	"math/bits"
)

func (p *Parser) beginString(k Kind) {
	p.state, p.kind = inString, k
	p.truncated, p.stray = false, false
	if cap(p.data) > keptData {
		p.data = nil
	}
	p.data = p.data[:0]
}

// Data returns the content of DCS, OSC or String without introducer and terminator, as the program wrote
// it: it need not be valid UTF-8. OSC has no C0 controls. It is valid until the next call of Next.
func (p *Parser) Data() []byte { return p.view }

// EndedByBEL says that the string ended with BEL and not with ST. Answers to it should do the same.
func (p *Parser) EndedByBEL() bool { return p.bel }

// Truncated says that the string was longer than the parser keeps, so that Data is only its beginning.
func (p *Parser) Truncated() bool { return p.truncated }

// belEnds says that BEL ends the string in progress. xterm lets it end an operating system command only;
// the title string of screen is meant alike.
func (p *Parser) belEnds() bool { return p.kind == OSC || p.kind == String && p.final == 'k' }

func (p *Parser) string(b []byte) (Kind, int) {
	if p.state == stringEsc {
		if b[0] != '\\' {
			p.begin(escape)
			return None, 0
		}
		return p.endString(nil, false), 1
	}
	n := 0
	for n < len(b) && b[n] >= 0x20 {
		n++
	}
	if n == len(b) {
		p.keep(b)
		return None, n
	}
	switch c := b[n]; {
	case c == 0x1b && n+1 < len(b) && b[n+1] == '\\':
		return p.endString(b[:n], false), n + 2
	case c == 0x1b:
		p.keep(b[:n])
		p.state = stringEsc
	case c == 0x18 || c == 0x1a: // CAN, SUB
		p.state, p.final = ground, c
		return Execute, n + 1
	case c == 0x07 && p.belEnds():
		return p.endString(b[:n], true), n + 1
	case p.kind == OSC:
		p.keep(b[:n])
	default:
		p.keep(b[:n+1])
	}
	return None, n + 1
}

// keep adds part of a string to what is kept of it.
func (p *Parser) keep(b []byte) {
	if p.stray {
		return
	}
	if room := p.limit() - len(p.data); len(b) > room {
		b = b[:room]
		p.truncated = true
	}
	p.data = append(p.data, b...)
}

func (p *Parser) limit() int {
	if p.kind == OSC {
		return maxOSC
	}
	return maxString
}

// endString delivers the string whose last part is b: without copying it if that is all of it.
func (p *Parser) endString(b []byte, bel bool) Kind {
	p.state, p.bel = ground, bel
	if p.stray {
		return None
	}
	if len(p.data) == 0 && len(b) <= p.limit() {
		p.view = b
	} else {
		p.keep(b)
		p.view = p.data
	}
	return p.kind
}

// Printable returns the length of the run of 20 to 7E that b begins with.
func Printable(b []byte) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	n := 0
	for ; len(b)-n >= 8; n += 8 {
		x := binary.LittleEndian.Uint64(b[n:])
		// The high bit of an octet is set if the octet is 80 or more, 7F, or below 20. Borrows and carries
		// reach only octets above one that is flagged already.
		if m := (x | (x + ones) | (x - ones*0x20)) & highs; m != 0 {
			return n + bits.TrailingZeros64(m)/8
		}
	}
	for n < len(b) && b[n] >= 0x20 && b[n] < 0x7f {
		n++
	}
	return n
}
