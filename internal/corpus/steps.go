package corpus

import (
	"bytes"
	"fmt"
	"math/rand/v2"
)

// Steps is n steps of random output that uses everything a diff between two screens may have to carry.
func Steps(r *rand.Rand, width, height, n int) []byte {
	var b []byte
	for range n {
		b = appendStep(r, b, width, height)
	}
	return b
}

func appendStep(r *rand.Rand, b []byte, width, height int) []byte {
	n := func(k int) int { return r.IntN(k) }
	switch n(30) {
	case 0, 1, 2:
		for range 1 + n(width) {
			b = append(b, ' '+byte(n(0x5f)))
		}
	case 3:
		texts := []string{"中文", "e\u0301", "👩‍👧", "🇩🇪", "🇩", "👍🏽", "❤️", "…", "─", "\u00ad", "한글", "\U0001fae8", "ｱ", "é", "x\u0301\u0302"}
		for range 1 + n(8) {
			b = append(b, texts[n(len(texts))]...)
		}
	case 4:
		b = append(b, bytes.Repeat([]byte{' ' + byte(n(0x5f))}, 1+n(width))...)
	case 5, 6, 7:
		b = fmt.Appendf(b, "\x1b[%d;%dH", 1+n(height), 1+n(width))
	case 8:
		b = append(b, "\r\n"...)
	case 9:
		b = append(b, '\n')
	case 10:
		for range 1 + n(height) {
			b = fmt.Appendf(b, "line %d %s\r\n", n(1000), "abcdefghij"[:n(10)])
		}
	case 11, 12, 13:
		b = appendSGR(r, b)
	case 14:
		b = fmt.Appendf(b, "\x1b[%dK", n(3))
	case 15:
		b = fmt.Appendf(b, "\x1b[%dJ", n(3))
	case 16:
		b = fmt.Appendf(b, "\x1b[%d%c", 1+n(5), "@PXLMST"[n(7)])
	case 17:
		b = fmt.Appendf(b, "\x1b[%d;%dr\x1b[%d%c\x1b[r", 1+n(height), 1+n(height), 1+n(4), "ST"[n(2)])
	case 18:
		b = append(b, "\x1bM"...)
	case 19:
		modes := []int{1, 5, 25, 66, 1004, 1007, 2004, 2031, 9, 1000, 1002, 1003, 1005, 1006, 1015, 1016, 1049, 47}
		b = fmt.Appendf(b, "\x1b[?%d%c", modes[n(len(modes))], "hl"[n(2)])
	case 20:
		b = fmt.Appendf(b, "\x1b]%d;title %d\x07", n(3), n(4))
	case 21:
		b = fmt.Appendf(b, "\x1b[%d q", n(7))
	case 22:
		b = append(b, '\a')
	case 23:
		b = fmt.Appendf(b, "\x1b]8;id=%d;http://example.org/%d\x07link\x1b]8;;\x07", n(3), n(3))
	case 24:
		b = fmt.Appendf(b, "\x1b[%d;%d;%d;%d;%d$r", 1+n(height), 1+n(width), 1+n(height), 1+n(width), n(8))
	case 25:
		b = fmt.Appendf(b, "\x1b]4;%d;rgb:%02x/00/ff\x07\x1b]1%d;#%02x0000\x07", n(256), n(256), n(10), n(256))
	case 26:
		b = append(b, []string{"\x1b]104\x07", "\x1b]110\x07", "\x1b[>4;1m", "\x1b[>4m", "\x1b[=5;1u", "\x1b[=0;1u"}[n(6)]...)
	case 27:
		b = fmt.Appendf(b, "\x1b]52;%s;%s\x07", []string{"c", "p", ""}[n(3)], []string{"aGk=", "", "QQ=="}[n(3)])
	case 28:
		for range 1 + n(3*width) {
			b = append(b, 'a'+byte(n(26)))
		}
	case 29:
		b = append(b, '\t')
	}
	return b
}

// appendSGR adds one SGR of up to three codes.
func appendSGR(r *rand.Rand, b []byte) []byte {
	forms := []string{"0", "1", "2", "3", "4", "5", "7", "8", "9", "21", "22", "23", "24", "25", "27", "28", "29", "53", "55",
		"31", "42", "93", "104", "39", "49", "38;5;9", "48;5;200", "38;2;1;2;3", "48;2;9;9;9", "4:3", "58:5:7", "58:2::1:2:3", "59", ""}
	b = append(b, "\x1b["...)
	for i := range 1 + r.IntN(3) {
		if i > 0 {
			b = append(b, ';')
		}
		b = append(b, forms[r.IntN(len(forms))]...)
	}
	return append(b, 'm')
}
