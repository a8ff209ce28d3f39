package vt

import "fmt"

// deviceAttributes is the answer of DA1: a VT420 (64) with selective erase (6), horizontal scrolling (21),
// colour (22), rectangular areas (28) and a clipboard that can be written (52).
const deviceAttributes = "\x1b[?64;6;21;22;28;52c"

// xtermVersion is the patch of xterm whose behaviour this is: programs such as vim decide by it what they use.
const xtermVersion = 379

// query runs the functions that only ask. It says whether f is one.
func (t *Terminal) query(f uint32) bool {
	p := &t.p
	switch f {
	case 'c': // DA1
		if p.Param(0, 0) == 0 {
			t.reply(deviceAttributes)
		}
	case greater | 'c': // DA2
		if p.Param(0, 0) == 0 {
			t.reply(fmt.Sprintf("\x1b[>41;%d;0c", xtermVersion))
		}
	case '='<<16 | 'c': // DA3
		if p.Param(0, 0) == 0 {
			t.reply("\x1bP!|00000000\x1b\\")
		}
	case 'n': // DSR
		t.reportStatus(p.Param(0, 0))
	case private | 'n':
		t.reportPrivateStatus(p.Param(0, 0))
	case dollar | 'p': // DECRQM
		n := p.Param(0, 0)
		t.reply(fmt.Sprintf("\x1b[%d;%d$y", n, t.ansiMode(n)))
	case private | dollar | 'p':
		n := p.Param(0, 0)
		t.reply(fmt.Sprintf("\x1b[?%d;%d$y", n, t.privateMode(n)))
	case dollar | 'w': // DECRQPSR
		t.reportPresentation(p.Param(0, 0))
	case asterisk | 'y': // DECRQCRA
		r, ok := t.area(2)
		t.reply(fmt.Sprintf("\x1bP%d!~%04X\x1b\\", p.Param(0, 0), t.checksum(r, ok)))
	case quote | 'v': // DECRQDE
		t.reply(fmt.Sprintf("\x1b[%d;%d;1;1;1\"w", t.height, t.width))
	case greater | 'q': // XTVERSION
		if p.Param(0, 0) == 0 {
			t.reply("\x1bP>|" + t.program() + "\x1b\\")
		}
	case 't': // XTWINOPS
		t.window(p.Param(0, 0))
	default:
		return false
	}
	return true
}

func (t *Terminal) program() string {
	if t.defaults.Program == "" {
		return "mosh"
	}
	return t.defaults.Program
}

func (t *Terminal) reportStatus(n int) {
	switch n {
	case 5:
		t.reply("\x1b[0n")
	case 6: // CPR
		row, col := t.where()
		t.reply(fmt.Sprintf("\x1b[%d;%dR", row+1, col+1))
	}
}

// reportPrivateStatus is DSR with the private prefix: a terminal without printer, user-defined keys, locator
// or macros, as xterm reports it.
func (t *Terminal) reportPrivateStatus(n int) {
	switch n {
	case 6: // DECXCPR
		row, col := t.where()
		t.reply(fmt.Sprintf("\x1b[?%d;%d;1R", row+1, col+1))
	case 15: // printer: none
		t.reply("\x1b[?13n")
	case 25: // user-defined keys: unlocked
		t.reply("\x1b[?20n")
	case 26: // keyboard: North American
		t.reply("\x1b[?27;1;0;0n")
	case 53, 55: // locator: none
		t.reply("\x1b[?53n")
	case 56:
		t.reply("\x1b[?57;0n")
	case 62: // macro space
		t.reply("\x1b[0000*{")
	case 63: // checksum of macros
		t.reply(fmt.Sprintf("\x1bP%d!~0000\x1b\\", t.p.Param(1, 0)))
	case 75: // data integrity
		t.reply("\x1b[?70n")
	case 85: // sessions: not configured
		t.reply("\x1b[?83n")
	case 996:
		t.reportScheme()
	}
}

func (t *Terminal) reportScheme() {
	if t.defaults.Scheme != SchemeUnknown {
		t.reply(fmt.Sprintf("\x1b[?997;%dn", t.defaults.Scheme))
	}
}

// reportSize is the report of mode 2048. Pixels are zero if they are not known.
func (t *Terminal) reportSize() {
	t.reply(fmt.Sprintf("\x1b[48;%d;%d;%d;%dt", t.height, t.width, t.height*t.defaults.CellHeight, t.width*t.defaults.CellWidth))
}

// window is XTWINOPS: reports and the title stack. The window is the user's: nothing moves or resizes it. The
// reports of titles are empty, so that a program cannot have another's text typed.
func (t *Terminal) window(n int) {
	pixels := t.defaults.CellWidth > 0 && t.defaults.CellHeight > 0
	cell := func(report, rows, cols int) {
		if pixels {
			t.reply(fmt.Sprintf("\x1b[%d;%d;%dt", report, rows*t.defaults.CellHeight, cols*t.defaults.CellWidth))
		}
	}
	switch n {
	case 11: // not iconified
		t.reply("\x1b[1t")
	case 13:
		t.reply("\x1b[3;0;0t")
	case 14:
		cell(4, t.height, t.width)
	case 15:
		cell(5, t.height, t.width)
	case 16:
		cell(6, 1, 1)
	case 18:
		t.reply(fmt.Sprintf("\x1b[8;%d;%dt", t.height, t.width))
	case 19:
		t.reply(fmt.Sprintf("\x1b[9;%d;%dt", t.height, t.width))
	case 20:
		t.reply("\x1b]L\x1b\\")
	case 21:
		t.reply("\x1b]l\x1b\\")
	case 22:
		t.pushTitle()
	case 23:
		t.popTitle(t.p.Param(1, 0))
	}
}

// checksum is that of DECRQCRA as xterm's default has it: the low octets of the characters and the weights of
// the attributes, negated. Cells never written to do not count, unless they are the first.
func (t *Terminal) checksum(r rectangle, ok bool) uint16 {
	var sum uint16
	t.eachRow(r, ok, func(row int) {
		t.steps += uint64(r.right - r.left + 1)
		for col := r.left; col <= r.right; col++ {
			c := t.rows[row].Cells[col]
			if c == (Cell{}) && (row != r.top || col != r.left) {
				continue
			}
			sum += t.weight(c)
		}
	})
	return -sum
}

func (t *Terminal) weight(c Cell) (w uint16) {
	if c.Attr&Invisible != 0 || c.Content.Empty() {
		w = ' '
	} else if c.Content.IsTail() {
		w = 0xff
	} else {
		for _, r := range string(t.interns.AppendContent(nil, c.Content)) {
			w += uint16(r & 0xff)
		}
	}
	for _, a := range [...]struct {
		attr   Attr
		weight uint16
	}{{underlineMask, 0x10}, {Inverse, 0x20}, {Blink, 0x40}, {Bold, 0x80}} {
		if c.Attr&a.attr != 0 {
			w += a.weight
		}
	}
	return w
}
