package vt

// execute runs a C0 control. All but those listed do nothing, not even to a pending wrap.
func (t *Terminal) execute(c byte) {
	switch c {
	case 0x07: // BEL
		t.bells++
	case 0x08:
		t.backspace()
	case 0x09: // HT
		t.tab(1)
	case 0x0a, 0x0b, 0x0c: // LF, VT, FF
		t.lineFeed()
	case 0x0d:
		t.carriageReturn()
	case 0x0e, 0x0f: // SO is LS1, SI is LS0
		t.charsets.gl = 0x0f - c
	}
}

// escape runs an escape sequence: the cases are what vtparse.Parser.Function returns.
func (t *Terminal) escape() {
	switch t.p.Function() {
	case '6':
		t.backIndex()
	case '7':
		t.saveCursor()
	case '8':
		t.restoreCursor()
	case '9':
		t.forwardIndex()
	case '=':
		t.modes.AppKeypad = true
	case '>':
		t.modes.AppKeypad = false
	case 'D': // IND
		t.index()
	case 'E': // NEL
		t.index()
		t.carriageReturn()
	case 'H': // HTS
		t.tabs.put(t.cur.Col, true)
	case 'M': // RI
		t.reverseIndex()
	case 'Z': // DECID
		t.reply(deviceAttributes)
	case 'V': // SPA
		t.pen.Attr |= protected
		t.flags.guarded = true
	case 'W': // EPA
		t.pen.Attr &^= protected
	case 'c':
		t.reset()
	case '#'<<8 | '8':
		t.alignment()
	default:
		t.designate()
	}
}

// The private prefixes and intermediates of the functions in control.
const (
	private  = '?' << 16
	greater  = '>' << 16
	bang     = '!' << 8
	space    = ' ' << 8
	quote    = '"' << 8
	dollar   = '$' << 8
	asterisk = '*' << 8
	tick     = '\'' << 8
	hash     = '#' << 8
)

// control runs a control sequence: the cases are what vtparse.Parser.Function returns.
func (t *Terminal) control() {
	p := &t.p
	switch f := p.Function(); f {
	case 'm':
		t.selectRendition()
	case 'H', 'f': // CUP, HVP
		t.position(p.Param(0, 1)-1, p.Param(1, 1)-1)
	case 'A': // CUU
		t.up(p.Param(0, 1))
	case 'B': // CUD
		t.down(p.Param(0, 1))
	case 'C': // CUF
		t.forward(p.Param(0, 1))
	case 'D': // CUB
		t.backward(p.Param(0, 1))
	case 'E': // CNL
		t.down(p.Param(0, 1))
		t.carriageReturn()
	case 'F': // CPL
		t.up(p.Param(0, 1))
		t.carriageReturn()
	case 'G', '`': // CHA, HPA
		row, _ := t.where()
		t.position(row, p.Param(0, 1)-1)
	case 'd': // VPA
		_, col := t.where()
		t.position(p.Param(0, 1)-1, col)
	case 'a': // HPR
		row, col := t.where()
		t.position(row, col+p.Param(0, 1))
	case 'e': // VPR
		row, col := t.where()
		t.position(row+p.Param(0, 1), col)
	case 'I': // CHT
		t.tab(p.Param(0, 1))
	case 'Z': // CBT
		t.backTab(p.Param(0, 1))
	case 'g': // TBC
		t.clearTab(p.Param(0, 0))
	case 'K': // EL
		t.eraseLine(p.Param(0, 0), false)
	case private | 'K': // DECSEL
		t.eraseLine(p.Param(0, 0), true)
	case 'J': // ED
		t.eraseDisplay(p.Param(0, 0), false)
	case private | 'J': // DECSED
		t.eraseDisplay(p.Param(0, 0), true)
	case 'X': // ECH
		t.eraseChars(p.Param(0, 1))
	case '@': // ICH
		t.insertChars(p.Param(0, 1))
	case 'P': // DCH
		t.deleteChars(p.Param(0, 1))
	case 'L': // IL
		t.insertLines(p.Param(0, 1))
	case 'M': // DL
		t.deleteLines(p.Param(0, 1))
	case 'S': // SU
		t.scrollUp(t.margins.top, p.Param(0, 1))
	case 'T': // SD; with five parameters it is xterm's highlight mouse tracking
		if p.NumParams() <= 1 {
			t.scrollDown(t.margins.top, p.Param(0, 1))
		}
	case '^': // SD as in the original publication of ECMA-48
		t.scrollDown(t.margins.top, p.Param(0, 1))
	case 'b': // REP
		t.repeat(t.last, p.Param(0, 1))
	case 'r': // DECSTBM
		t.setRows(p.Param(0, 0), p.Param(1, 0))
	case 's': // DECSLRM or SCOSC
		if t.flags.leftRight {
			t.setColumns(p.Param(0, 0), p.Param(1, 0))
		} else {
			t.saveCursor()
		}
	case 'u': // SCORC
		t.restoreCursor()
	case 'h': // SM
		t.setModes(true)
	case 'l': // RM
		t.setModes(false)
	case private | 'h': // DECSET
		t.setPrivateModes(true)
	case private | 'l': // DECRST
		t.setPrivateModes(false)
	case private | 's': // XTSAVE
		t.savePrivateModes()
	case private | 'r': // XTRESTORE
		t.restorePrivateModes()
	case bang | 'p': // DECSTR
		t.softReset()
	case space | 'q': // DECSCUSR
		if n := p.Param(0, 0); n <= 6 {
			t.modes.CursorStyle = uint8(n)
		}
	case quote | 'q': // DECSCA
		t.setProtection(p.Param(0, 0))
	case tick | '}': // DECIC
		t.insertColumns(p.Param(0, 1))
	case tick | '~': // DECDC
		t.deleteColumns(p.Param(0, 1))
	case space | '@': // SL
		t.scrollLeft(p.Param(0, 1))
	case space | 'A': // SR
		t.scrollRight(p.Param(0, 1))
	default:
		_ = t.keyboard(f) || t.query(f) || t.rectangles(f) || t.pens(f)
	}
}
