//go:build linux

package main

import "unicode/utf8"

// paint picks out of a terminal's input what is printed, leaving out control functions, so that the "m" of a colour
// change is not taken for a letter on the screen. It keeps its state between calls: sequences may be cut anywhere.
type paint struct {
	state paintState
	part  []byte // of a UTF-8 character
}

type paintState uint8

const (
	ground paintState = iota
	escape
	intermediate // ESC SP ... final
	control      // CSI ... final
	text         // OSC, DCS, APC, PM, SOS up to ST or BEL
	textEscape   // ESC inside text
)

// feed calls print for every printed character in b.
func (p *paint) feed(b []byte, print func(rune)) {
	for _, c := range b {
		switch {
		case p.state == text:
			switch c {
			case 0x07:
				p.state = ground
			case 0x1b:
				p.state = textEscape
			}
		case p.state == textEscape:
			p.state = text
			if c == '\\' {
				p.state = ground
			}
		case c == 0x1b:
			p.state = escape
		case c < 0x20 || c == 0x7f:
			// C0 is executed inside sequences and ends none of them.
		case p.state == escape:
			p.state = afterEscape(c)
		case p.state == intermediate:
			if c >= 0x30 {
				p.state = ground
			}
		case p.state == control:
			if c >= 0x40 {
				p.state = ground
			}
		default:
			p.printed(c, print)
		}
	}
}

func afterEscape(c byte) paintState {
	switch {
	case c == '[':
		return control
	case c == ']' || c == 'P' || c == '_' || c == '^' || c == 'X':
		return text
	case c < 0x30:
		return intermediate
	}
	return ground
}

func (p *paint) printed(c byte, print func(rune)) {
	if c < utf8.RuneSelf && len(p.part) == 0 {
		print(rune(c))
		return
	}
	p.part = append(p.part, c)
	if utf8.FullRune(p.part) {
		r, _ := utf8.DecodeRune(p.part)
		p.part = p.part[:0]
		print(r)
	}
}
