package vtparse

import "slices"

// Kind is what Next found.
type Kind uint8

// The kinds of actions.
const (
	None    Kind = iota // the input is used up and nothing is complete
	Text                // a run of printable ASCII, 20 to 7E: Text
	Rune                // one code point from U+00A0 on: Rune
	Execute             // a C0 control: Byte
	Escape              // ESC, intermediates, final: Final, Intermediates, Function
	Control             // CSI: also Prefix and the parameters
	DCS                 // a whole device control string: the same as for Control, and Data
	OSC                 // a whole operating system command: Data
	String              // a whole SOS, PM or APC, or the title string ESC k: Final is X ^ _ or k; Data
)

type state uint8

const (
	ground     state = iota
	escape           // after ESC; intermediates may have come
	head             // after CSI or the DCS introducer, up to the final
	headIgnore       // the same, but the sequence is malformed and goes for nothing
	inString         // in the data of a string
	stringEsc        // in a string, after ESC
)

const (
	maxItems         = 64    // parameters and sub-parameters; further ones are dropped
	maxValue         = 65535 // parameters are clamped to this, as in xterm
	maxIntermediates = 4

	// maxOSC leaves room for a clipboard of 128 KiB in base64. Above it the command is cut: Truncated.
	maxOSC = 192 << 10
	// maxString holds any query and one chunk of kitty's graphics protocol.
	maxString = 8 << 10
	// keptData is the capacity of data that an idle parser may hold on to.
	keptData = 1 << 10
)

// Parser is the parser's state. The zero Parser is in the ground state. A Parser must be copied with Clone.
type Parser struct {
	state state
	kind  Kind // of the sequence in progress: Control, DCS, OSC or String

	// The character in progress: need continuation octets are missing, the next one of which must lie in
	// lo to hi (Unicode 3.9, table 3-7).
	need, lo, hi uint8
	// dropRune says that the character in progress ended a sequence and is not printed.
	dropRune bool

	prefix, final byte
	nInter        uint8
	inter         [maxIntermediates]byte

	stray     bool // the string in progress goes for nothing
	bel       bool
	truncated bool
	full      bool // no room for another parameter
	nItems    uint8
	char      rune // in progress, or the result of Rune
	absent    uint64
	sub       uint64 // bit i: item i is a sub-parameter of the one before
	items     [maxItems]uint16

	data []byte // of the string in progress
	view []byte // result of Text or Data
}

// Clone returns a copy of p in the same state, which may be used beside it. Results that p has handed out
// do not belong to the copy.
func (p *Parser) Clone() Parser {
	c := *p
	c.view, c.data = nil, nil
	if p.state == inString || p.state == stringEsc {
		c.data = slices.Clone(p.data)
	}
	return c
}

// Ground says that no sequence, string or character is in progress. Then a caller may take what is text
// from its input himself, and need not show it to the parser.
func (p *Parser) Ground() bool { return p.state == ground && p.need == 0 && !p.dropRune }

// BetweenSequences says that no sequence or string is in progress; a character may be.
func (p *Parser) BetweenSequences() bool { return p.state == ground }

// Next reads b up to the end of the first action in it. n is the number of octets consumed; it may be zero
// when a malformed character, begun in an earlier call, is found to be so. With None it is len(b).
// The results belong to b and to p, and are valid until the next call.
func (p *Parser) Next(b []byte) (k Kind, n int) {
	for n < len(b) {
		var used int
		switch p.state {
		case ground:
			k, used = p.ground(b[n:])
		case escape:
			k, used = p.escape(b[n:])
		case head:
			k, used = p.head(b[n:])
		case headIgnore:
			k, used = p.headIgnore(b[n:])
		default:
			k, used = p.string(b[n:])
		}
		n += used
		if k != None {
			return k, n
		}
	}
	return None, n
}

func (p *Parser) ground(b []byte) (Kind, int) {
	c := b[0]
	switch {
	case p.need > 0 || c >= 0x80:
		return p.utf8(b)
	case c >= 0x20 && c < 0x7f:
		n := Printable(b)
		p.view = b[:n]
		return Text, n
	case c == 0x1b:
		p.begin(escape)
		if len(b) > 1 && b[1] == '[' { // by far the most frequent: spare it the way through escape
			return p.sequence(b)
		}
		return None, 1
	case c == 0x7f:
		return None, 1
	}
	p.final = c
	return Execute, 1
}

// sequence reads a control sequence from CSI on, as far as b has it.
func (p *Parser) sequence(b []byte) (Kind, int) {
	p.kind = Control
	n := 2 + p.numbers(b[2:])
	if n < len(b) && b[n] >= 0x40 && b[n] < 0x7f {
		p.state, p.final = ground, b[n]
		return Control, n + 1
	}
	p.state = head
	k, m := p.head(b[n:])
	return k, n + m
}

// begin prepares for a new sequence.
func (p *Parser) begin(s state) {
	p.state = s
	p.prefix, p.nInter, p.nItems = 0, 0, 0
	p.absent, p.sub = 0, 0
	p.full = false
}

func (p *Parser) escape(b []byte) (Kind, int) {
	for i, c := range b {
		switch {
		case c >= 0x80:
			p.state, p.dropRune = ground, true
			return None, i
		case c < 0x20:
			if p.control(c) {
				return Execute, i + 1
			}
		case c < 0x30:
			p.intermediate(c)
		case c == 0x7f:
		default:
			return p.escapeFinal(c), i + 1
		}
	}
	return None, len(b)
}

func (p *Parser) escapeFinal(c byte) Kind {
	p.state, p.final = ground, c
	if p.nInter > maxIntermediates {
		return None
	}
	if p.nInter > 0 {
		return Escape
	}
	switch c {
	case '[':
		p.state, p.kind = head, Control
	case 'P':
		p.state, p.kind = head, DCS
	case ']':
		p.beginString(OSC)
	case 'X', '^', '_', 'k':
		p.beginString(String)
	default:
		return Escape
	}
	return None
}

// control handles a C0 control inside an escape or control sequence. It says whether it is to be executed.
func (p *Parser) control(c byte) bool {
	switch {
	case c == 0x1b:
		p.begin(escape)
		return false
	case c == 0x18 || c == 0x1a: // CAN, SUB
		p.state = ground
	case p.kind == DCS && p.state != escape:
		return false
	}
	p.final = c
	return true
}

// intermediate collects c. One too many is counted, so that the final finds out.
func (p *Parser) intermediate(c byte) {
	if p.nInter < maxIntermediates {
		p.inter[p.nInter] = c
	}
	if p.nInter <= maxIntermediates {
		p.nInter++
	}
}

// head reads what stands between CSI or the introducer of DCS and the final.
func (p *Parser) head(b []byte) (Kind, int) {
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch {
		case c-'0' <= 9:
			if p.nInter > 0 {
				return p.malformed(i)
			}
			i += p.digits(b[i:]) - 1
		case c == ';' || c == ':':
			if p.nInter > 0 {
				return p.malformed(i)
			}
			p.separator(c == ':')
		case c >= 0x40 && c < 0x7f:
			return p.headFinal(c), i + 1
		case c >= 0x80:
			p.state, p.dropRune = ground, true
			return None, i
		case c >= 0x3c && c < 0x40:
			if p.prefix != 0 || p.nItems > 0 || p.nInter > 0 {
				return p.malformed(i)
			}
			p.prefix = c
		case c == 0x7f:
		case c >= 0x20:
			p.intermediate(c)
		default:
			if p.control(c) {
				return Execute, i + 1
			}
			if p.state != head {
				return None, i + 1
			}
		}
	}
	return None, len(b)
}

func (p *Parser) malformed(n int) (Kind, int) {
	p.state = headIgnore
	return None, n
}

func (p *Parser) headFinal(c byte) Kind {
	bad := p.nInter > maxIntermediates
	p.final = c
	if p.kind == DCS {
		p.beginString(DCS)
		p.stray = bad
		return None
	}
	p.state = ground
	if bad {
		return None
	}
	return Control
}

func (p *Parser) headIgnore(b []byte) (Kind, int) {
	for i, c := range b {
		switch {
		case c < 0x20:
			if p.control(c) {
				return Execute, i + 1
			}
			if p.state != headIgnore {
				return None, i + 1
			}
		case c >= 0x80:
			p.state, p.dropRune = ground, true
			return None, i
		case c >= 0x40 && c < 0x7f:
			p.state = ground
			if p.kind == DCS {
				p.beginString(DCS)
				p.stray = true
			}
			return None, i + 1
		}
	}
	return None, len(b)
}
