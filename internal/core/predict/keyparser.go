package predict

import (
	"time"
	"unicode/utf8"
)

// key is one thing that a person did: a character, a control or function key, or something that is only known not to
// be one (kindOther: mouse, focus, an unknown sequence). Comparable: what applications do with keys is learnt by key.
type key struct {
	kind kind
	mods uint8 // bits of the parameter that xterm adds to function keys, less one: shift 1, alt 2, ctrl 4
	r    rune  // kindText: the character; kindControl: 0x00 to 0x1F; kindAlt: the character after ESC
}

type kind uint8

const (
	kindNone kind = iota
	kindText
	kindControl
	kindAlt
	kindBackspace // 7F
	kindAltBackspace
	kindLeft
	kindRight
	kindUp
	kindDown
	kindHome
	kindEnd
	kindDelete
	kindEscape
	kindPaste // all of a bracketed paste
	kindWrap  // not a key: the character that fills the last column
	kindOther
)

// together is the longest pause inside one key's sequence, when a read is cut in it. People are slower, terminals
// faster.
const together = 40 * time.Millisecond

// keyParser splits what the keyboard sends into keys. A lone ESC at the end of a read is the Escape key at once; if the
// rest follows in time, resumed says that the key returned next takes its place.
type keyParser struct {
	seq     []byte // an unfinished sequence or character; its array is kept
	at      time.Time
	given   bool // seq was already given out as kindEscape
	resumed bool
	mouse   int // octets of an X10 mouse report still to come
	paste   bool
}

const maxSeq = 64

// The brackets of a paste are CSI 200 ~ and CSI 201 ~.
const (
	pasteStart = 200
	pasteEnd   = 201
)

// read starts a read at now.
func (p *keyParser) read(now time.Time) {
	p.resumed = false
	if len(p.seq) > 0 && !p.paste && now.Sub(p.at) > together {
		p.seq, p.given, p.mouse = p.seq[:0], false, 0
	}
	p.at = now
}

// next takes an octet; last says that the read ends with it. ok is false while a key is unfinished.
func (p *keyParser) next(b byte, last bool) (k key, ok bool) {
	if p.mouse > 0 {
		p.mouse--
		return key{kind: kindOther}, p.mouse == 0
	}
	p.seq = append(p.seq, b)
	switch {
	case p.seq[0] == 0x1B:
		k, ok = p.escape(last)
	case b < utf8.RuneSelf && len(p.seq) > 1: // a broken character
		p.seq = append(p.seq[:0], b)
		return p.next1(b, last)
	default:
		return p.next1(b, last)
	}
	if !ok {
		return k, false
	}
	if k.kind == kindEscape {
		p.given = true
		return k, true
	}
	p.resumed = p.given
	p.given = false
	p.seq = p.seq[:0]
	switch {
	case k.kind == kindPaste:
		ended := p.paste && k.r == pasteEnd
		p.paste = k.r == pasteStart
		return key{kind: kindPaste}, ended
	case p.paste:
		return key{}, false
	}
	return k, true
}

// next1 reads what is no escape sequence.
func (p *keyParser) next1(b byte, last bool) (key, bool) {
	if b == 0x1B {
		return p.escape(last)
	}
	if !utf8.FullRune(p.seq) {
		return key{}, false
	}
	r, _ := utf8.DecodeRune(p.seq)
	p.seq = p.seq[:0]
	switch {
	case p.paste:
		return key{}, false
	case r == 0x7F:
		return key{kind: kindBackspace}, true
	case r < 0x20:
		return key{kind: kindControl, r: r}, true
	case r < 0xA0 && r > 0x7F:
		return key{kind: kindOther}, true
	}
	return key{kind: kindText, r: r}, true
}

// escape reads a sequence that starts with ESC.
func (p *keyParser) escape(last bool) (key, bool) {
	s := p.seq
	if len(s) == 1 {
		return key{kind: kindEscape}, last && !p.paste
	}
	switch s[1] {
	case '[':
		if len(s) == 2 {
			return key{kind: kindAlt, r: '['}, false
		}
		return p.csi(s[2:])
	case 'O':
		if len(s) == 2 {
			return key{}, false
		}
		return arrow(s[2], 0), true
	case 0x1B:
		if len(s) == 2 {
			return key{kind: kindEscape}, last && !p.paste
		}
		k, ok := (&keyParser{seq: s[1:len(s):len(s)]}).escape(false)
		k.mods |= 2
		return k, ok
	case 0x7F, 0x08:
		return key{kind: kindAltBackspace}, true
	}
	if !utf8.FullRune(s[1:]) {
		return key{}, false
	}
	r, _ := utf8.DecodeRune(s[1:])
	return key{kind: kindAlt, r: r}, true
}

// csi reads what follows CSI.
func (p *keyParser) csi(s []byte) (key, bool) {
	final := s[len(s)-1]
	if final < 0x40 || final > 0x7E || final == '[' && len(s) == 1 { // CSI [ A is a function key of the Linux console
		return key{kind: kindOther}, len(s) > maxSeq
	}
	var params [2]int
	n := 0
	for _, c := range s[:len(s)-1] {
		switch {
		case c >= '0' && c <= '9' && n < len(params):
			params[n] = min(params[n]*10+int(c-'0'), 9999)
		case c == ';':
			n++
		case c < '0' || c > '9':
			return key{kind: kindOther}, true
		}
	}
	mods := uint8(max(params[1]-1, 0))
	switch final {
	case 'M':
		if len(s) == 1 {
			p.mouse = 3
			p.seq = p.seq[:0]
			return key{}, false
		}
	case '~':
		switch params[0] {
		case 1, 7:
			return key{kind: kindHome, mods: mods}, true
		case 4, 8:
			return key{kind: kindEnd, mods: mods}, true
		case 3:
			return key{kind: kindDelete, mods: mods}, true
		case pasteStart, pasteEnd:
			return key{kind: kindPaste, r: rune(params[0])}, true
		}
	default:
		if params[0] <= 1 {
			return arrow(final, mods), true
		}
	}
	return key{kind: kindOther}, true
}

// arrow is the key with this final octet of CSI or SS3.
func arrow(final byte, mods uint8) key {
	k := key{mods: mods}
	switch final {
	case 'A':
		k.kind = kindUp
	case 'B':
		k.kind = kindDown
	case 'C':
		k.kind = kindRight
	case 'D':
		k.kind = kindLeft
	case 'H':
		k.kind = kindHome
	case 'F':
		k.kind = kindEnd
	default:
		k.kind = kindOther
	}
	return k
}
