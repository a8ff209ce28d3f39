package vtparse

import (
	"encoding/binary"
	"math/bits"
)

// numbers reads the first parameters of a sequence as far as they have up to three digits and semicolons between, which
// is what nearly all are. It returns their octets. How many digits a number has is no branch: nobody could predict it.
func (p *Parser) numbers(b []byte) (n int) {
	i, begun, absent := 0, false, uint64(1)
	p.items[0] = 0
	for i < maxItems/2 && len(b)-n >= 4 {
		x := binary.LittleEndian.Uint32(b[n:]) ^ 0x30303030
		digits := bits.TrailingZeros32((x+0x76767676|x)&0x80808080) / 8
		if digits == 4 {
			break
		}
		if digits > 0 {
			x <<= 32 - 8*digits // the last digit is highest now
			x = x*10 + x>>8     // in every second octet the value of two digits
			p.items[i] = uint16(x&0xff*100 + x>>16&0xff)
			absent &^= 1 << i
			begun = true
		}
		n += digits
		if b[n] != ';' {
			break
		}
		n++
		i++
		p.items[i] = 0
		absent |= 1 << i
		begun = true
	}
	if begun {
		p.nItems, p.absent = uint8(i+1), absent
	}
	return n
}

// digits adds the digits that b begins with to the parameter in progress, and returns how many they are.
func (p *Parser) digits(b []byte) (n int) {
	if p.nItems == 0 {
		p.nItems, p.items[0] = 1, 0
	}
	i := (p.nItems - 1) % maxItems
	v := uint32(p.items[i])
	for n < len(b) && b[n]-'0' <= 9 {
		v = min(v*10+uint32(b[n]-'0'), maxValue)
		n++
	}
	if !p.full {
		p.absent &^= 1 << i
		p.items[i] = uint16(v)
	}
	return n
}

// separator begins the next parameter, or sub-parameter.
func (p *Parser) separator(sub bool) {
	if p.nItems == 0 {
		p.nItems, p.items[0], p.absent = 1, 0, 1
	}
	if p.nItems == maxItems {
		p.full = true
		return
	}
	i := p.nItems
	p.nItems++
	p.items[i] = 0
	p.absent |= 1 << i
	if sub {
		p.sub |= 1 << i
	}
}

// position returns the index of the item that is parameter i.
func (p *Parser) position(i int) (pos int, ok bool) {
	if p.sub == 0 {
		return i, i >= 0 && i < int(p.nItems)
	}
	for pos := range int(p.nItems) {
		if p.sub>>pos&1 != 0 {
			continue
		}
		if i == 0 {
			return pos, true
		}
		i--
	}
	return 0, false
}

// NumParams returns the number of parameters, sub-parameters not counted: semicolons plus one, or zero if
// there is nothing at all.
func (p *Parser) NumParams() int {
	n := int(p.nItems)
	for s := p.sub; s != 0; s &= s - 1 {
		n--
	}
	return n
}

// Param returns parameter i, or def if it is absent or zero: ECMA-48 5.4.2 and the VT series take zero for
// the default. It is at most 65535.
func (p *Parser) Param(i, def int) int {
	pos, ok := p.position(i)
	if !ok || p.items[pos] == 0 {
		return def
	}
	return int(p.items[pos])
}

// HasParam says that parameter i is there, be it zero.
func (p *Parser) HasParam(i int) bool {
	pos, ok := p.position(i)
	return ok && p.absent>>pos&1 == 0
}

// NumSubs returns the number of sub-parameters of parameter i.
func (p *Parser) NumSubs(i int) int {
	pos, ok := p.position(i)
	n := 0
	for ok && pos+n+1 < int(p.nItems) && p.sub>>(pos+n+1)&1 != 0 {
		n++
	}
	return n
}

// Sub returns sub-parameter j (from zero) of parameter i, or def if it is absent. Zero is a value here, as
// in 4:0.
func (p *Parser) Sub(i, j, def int) int {
	if j < 0 || j >= p.NumSubs(i) {
		return def
	}
	pos, _ := p.position(i)
	if pos += j + 1; p.absent>>pos&1 == 0 {
		return int(p.items[pos])
	}
	return def
}

// NumItems returns the number of parameters and sub-parameters together, for those who walk through them
// in order with Item.
func (p *Parser) NumItems() int { return int(p.nItems) }

// Item returns the value at position i, which must be below NumItems: zero if it is absent. sub says that
// it is a sub-parameter of the item before.
func (p *Parser) Item(i int) (v int, sub, present bool) {
	return int(p.items[i]), p.sub>>i&1 != 0, p.absent>>i&1 == 0
}

// Items returns the values of all parameters if there are no sub-parameters among them: ok is false otherwise.
// What is absent is zero. The result is valid until the next call of Next.
func (p *Parser) Items() (values []uint16, ok bool) { return p.items[:p.nItems], p.sub == 0 }

// Prefix returns the private prefix < = > or ?, or zero.
func (p *Parser) Prefix() byte { return p.prefix }

// Intermediates returns the intermediates, 20 to 2F each; at most four.
func (p *Parser) Intermediates() []byte { return p.inter[:min(int(p.nInter), maxIntermediates)] }

// Final returns the final octet; for String the introducer: X, ^, _ or k.
func (p *Parser) Final() byte { return p.final }

// Function returns prefix<<16 | intermediate<<8 | final, to switch on. Two or more intermediates set bit 24
// besides, since no function that we know has more than one but for some character sets.
func (p *Parser) Function() uint32 {
	f := uint32(p.prefix)<<16 | uint32(p.final)
	if p.nInter > 0 {
		f |= uint32(p.inter[0]) << 8
	}
	if p.nInter > 1 {
		f |= 1 << 24
	}
	return f
}

// Byte returns the control of Execute.
func (p *Parser) Byte() byte { return p.final }

// Rune returns the code point of Rune: U+00A0 or above; U+FFFD for what is malformed.
func (p *Parser) Rune() rune { return p.char }

// Text returns the run of Text: at least one octet of 20 to 7E, a part of what Next was given.
func (p *Parser) Text() []byte { return p.view }
