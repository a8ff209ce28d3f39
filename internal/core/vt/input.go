package vt

// Translator rewrites what a user typed at a stock client, whose terminal always sends application cursor
// keys, to what the program asked for (spec/terminal.md, 2.9). The zero Translator is ready. It is off while
// the program uses the kitty keyboard protocol, which has no such keys.
type Translator struct{ state translatorState }

type translatorState uint8

const (
	inGround translatorState = iota
	afterEsc
	afterSS3 // ESC O, of which the O is held back
)

// Append appends the translation of in to dst. appCursor is DECCKM, kitty the flags of the kitty keyboard
// protocol, as they are when in arrives.
func (t *Translator) Append(dst, in []byte, appCursor bool, kitty uint8) []byte {
	if kitty != 0 {
		if t.state == afterSS3 {
			dst = append(dst, 'O')
		}
		t.state = inGround
		return append(dst, in...)
	}
	for _, c := range in {
		switch {
		case t.state == inGround:
			if c == 0x1b {
				t.state = afterEsc
			}
			dst = append(dst, c)
		case t.state == afterEsc && c == 'O':
			t.state = afterSS3
		case t.state == afterEsc:
			t.state = inGround
			dst = append(dst, c)
		default:
			introducer := byte('O')
			if c >= 'A' && c <= 'D' && !appCursor {
				introducer = '['
			}
			t.state = inGround
			dst = append(dst, introducer, c)
		}
	}
	return dst
}
