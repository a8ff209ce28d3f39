// Package corpus makes the streams of program output that benchmarks and property tests are run on: always
// the same octets for the same seed. Each function returns exactly n octets or a little less, ending after a
// whole line or sequence, so that the result may be written over and over.
package corpus

import (
	"fmt"
	"math/rand/v2"
)

// Stream is one kind of output.
type Stream struct {
	Name string
	// Make returns up to n octets of it.
	Make func(seed uint64, n int) []byte
}

// Streams returns all kinds, for benchmarks that run over them.
func Streams() []Stream {
	return []Stream{
		{"ascii", ASCII}, {"yes", Yes}, {"log", Log}, {"cjk", CJK}, {"emoji", Emoji}, {"mixed", Mixed},
		{"region", Region}, {"cup256", CUP256}, {"sgr", SGR}, {"redraw", Redraw},
	}
}

// generate appends what item appends until n octets are reached.
func generate(seed uint64, n int, item func(r *rand.Rand, b []byte) []byte) []byte {
	r := rand.New(rand.NewPCG(seed, 0x6d6f7368))
	b := make([]byte, 0, n+512)
	for {
		whole := len(b)
		if b = item(r, b); len(b) > n {
			return b[:whole]
		}
	}
}

func word(r *rand.Rand, b []byte) []byte {
	for range 1 + r.IntN(9) {
		b = append(b, 'a'+byte(r.IntN(26)))
	}
	return b
}

// words appends words up to about width columns.
func words(r *rand.Rand, b []byte, width int) []byte {
	end := len(b) + width - 10
	for len(b) < end {
		b = append(word(r, b), ' ')
	}
	return word(r, b)
}

// ASCII is random printable lines of 20 to 100 columns, as of cat.
func ASCII(seed uint64, n int) []byte {
	return generate(seed, n, func(r *rand.Rand, b []byte) []byte {
		for range 20 + r.IntN(80) {
			b = append(b, 0x20+byte(r.IntN(0x5f)))
		}
		return append(b, "\r\n"...)
	})
}

// Yes is the output of yes(1).
func Yes(seed uint64, n int) []byte {
	return generate(seed, n, func(_ *rand.Rand, b []byte) []byte { return append(b, "y\r\n"...) })
}

// Log is a coloured log: time stamp, level in colour, words.
func Log(seed uint64, n int) []byte {
	levels := []string{"\x1b[32mINFO \x1b[0m", "\x1b[1;33mWARN \x1b[0m", "\x1b[1;31mERROR\x1b[0m", "\x1b[36mDEBUG\x1b[0m"}
	return generate(seed, n, func(r *rand.Rand, b []byte) []byte {
		b = fmt.Appendf(b, "\x1b[90m2026-11-%02dT%02d:%02d:%02d.%03dZ\x1b[0m %s ", 1+r.IntN(28), r.IntN(24),
			r.IntN(60), r.IntN(60), r.IntN(1000), levels[r.IntN(len(levels))])
		b = words(r, b, 20+r.IntN(60))
		b = append(b, " \x1b[36m"...)
		b = append(word(r, b), "\x1b[0m="...)
		return append(word(r, b), "\r\n"...)
	})
}

// CJK is lines of ideographs and kana.
func CJK(seed uint64, n int) []byte {
	return generate(seed, n, func(r *rand.Rand, b []byte) []byte {
		for range 10 + r.IntN(35) {
			c := rune(0x4e00 + r.IntN(0x5000))
			if r.IntN(4) == 0 {
				c = rune(0x3041 + r.IntN(80))
			}
			b = append(b, string(c)...)
		}
		return append(b, "\r\n"...)
	})
}

// Emoji is lines of words with emoji: single ones, skin tones, flags, joined families, variation selectors.
func Emoji(seed uint64, n int) []byte {
	emoji := []string{"😀", "🚀", "👍🏽", "🇩🇪", "🇯🇵", "👩‍👩‍👧‍👦", "❤️", "🧑🏿‍💻", "✅", "⚠️", "🏳️‍🌈", "🔥"}
	return generate(seed, n, func(r *rand.Rand, b []byte) []byte {
		for range 3 + r.IntN(10) {
			b = append(word(r, b), ' ')
			b = append(b, emoji[r.IntN(len(emoji))]...)
			b = append(b, ' ')
		}
		return append(b, "\r\n"...)
	})
}

// Mixed is lines of Latin with accents, Cyrillic, Greek, combining marks and box drawing.
func Mixed(seed uint64, n int) []byte {
	return generate(seed, n, func(r *rand.Rand, b []byte) []byte {
		for range 5 + r.IntN(10) {
			for range 1 + r.IntN(8) {
				switch r.IntN(8) {
				case 0:
					b = append(b, string(rune(0xe0+r.IntN(0x20)))...)
				case 1, 2:
					b = append(b, string(rune(0x430+r.IntN(0x20)))...)
				case 3:
					b = append(b, string(rune(0x3b1+r.IntN(0x17)))...)
				case 4:
					b = append(b, string(rune(0x2500+r.IntN(0x80)))...)
				case 5:
					b = append(b, "e\u0301"...)
				default:
					b = append(b, 'a'+byte(r.IntN(26)))
				}
			}
			b = append(b, ' ')
		}
		return append(b, "\r\n"...)
	})
}

// Region is lines that scroll inside margins, as a pager or chat program does, both ways.
func Region(seed uint64, n int) []byte {
	return generate(seed, n, func(r *rand.Rand, b []byte) []byte {
		if r.IntN(8) == 0 {
			b = append(b, "\x1b[3;20r\x1b[3;1H\x1bM"...)
		} else {
			b = append(b, "\x1b[3;20r\x1b[20;1H\r\n"...)
		}
		return append(words(r, b, 20+r.IntN(50)), "\x1b[r"...)
	})
}

// CUP256 is one character per cursor position and colour, the worst case of animations.
func CUP256(seed uint64, n int) []byte {
	return generate(seed, n, func(r *rand.Rand, b []byte) []byte {
		return fmt.Appendf(b, "\x1b[%d;%dH\x1b[38;5;%dm%c", 1+r.IntN(24), 1+r.IntN(80), r.IntN(256), 'a'+r.IntN(26))
	})
}

// SGR is text that changes its rendition every few characters, direct colours included.
func SGR(seed uint64, n int) []byte {
	return generate(seed, n, func(r *rand.Rand, b []byte) []byte {
		for range 12 {
			switch r.IntN(4) {
			case 0:
				b = fmt.Appendf(b, "\x1b[%d;%dm", 1+r.IntN(9), 30+r.IntN(8))
			case 1:
				b = fmt.Appendf(b, "\x1b[38;2;%d;%d;%dm", r.IntN(256), r.IntN(256), r.IntN(256))
			case 2:
				b = fmt.Appendf(b, "\x1b[48;5;%dm", r.IntN(256))
			default:
				b = append(b, "\x1b[0m"...)
			}
			b = word(r, b)
		}
		return append(b, "\x1b[m\r\n"...)
	})
}

// Redraw is whole screens of 80x24, as a full-screen program paints them: status lines, gutters, erasures.
func Redraw(seed uint64, n int) []byte {
	return generate(seed, n, func(r *rand.Rand, b []byte) []byte {
		b = append(b, "\x1b[?25l\x1b[H"...)
		for row := 1; row < 24; row++ {
			b = fmt.Appendf(b, "\x1b[%d;1H\x1b[33m%4d \x1b[m", row, row+r.IntN(1000))
			b = words(r, b, 12+r.IntN(50))
			b = append(b, "\x1b[K"...)
		}
		b = append(b, "\x1b[24;1H\x1b[7m"...)
		b = words(r, b, 60)
		return fmt.Appendf(b, "\x1b[K\x1b[m\x1b[%d;%dH\x1b[?25h", 1+r.IntN(23), 1+r.IntN(80))
	})
}
