package width

import "unicode/utf8"

// Table names a way of counting columns. Its number is the one that a hello carries (docs/extensions.md,
// field widths). The zero Table is Stock.
type Table uint8

// The tables.
const (
	// Stock counts as stock mosh on glibc 2.36 does: code point by code point, Unicode 14.
	Stock Table = 0
	// Unicode17 counts clusters: emoji joined by ZWJ, flags, skin tones and emoji presentation take two
	// columns. Spacing marks and Indic conjuncts, which UAX #29 joins too, keep columns of their own, as
	// every wcwidth has it: so that programs that count by code point are right but for emoji.
	Unicode17 Table = 1
	// Unicode17Plain has the widths of Unicode17 code point by code point (mode 2027 reset).
	Unicode17Plain Table = 2
)

// Known says that t is one of the tables above.
func (t Table) Known() bool { return t <= Unicode17Plain }

// The bits of a property. Widths are stored plus one.
const (
	widthMask  = 3
	stockShift = 2
	pictograph = 1 << 4 // Extended_Pictographic
	textEmoji  = 1 << 5 // U+FE0F makes it an emoji
	inDoubt    = 1 << 6
	joiner     = 1 << 7 // a regional indicator or a skin tone: it may join what needs no ZWJ
)

func property(r rune) byte {
	if uint32(r) > utf8.MaxRune {
		return inDoubt
	}
	block := int(blockIndex[r>>blockShift])
	return blockProps[block<<blockShift+int(r)&(1<<blockShift-1)]
}

// columns returns the width in p by table t: -1, 0, 1 or 2.
func (t Table) columns(p byte) int {
	if t == Stock {
		p >>= stockShift
	}
	return int(p&widthMask) - 1
}

// Rune returns the columns of r standing alone: 0 for what combines, -1 for controls and, with Stock, for
// what glibc does not know, which is -1 too. Unicode17 gives code points that are not assigned one column,
// or two where wide characters are expected, as terminals do.
func (t Table) Rune(r rune) int {
	if r < 0x7f && r >= 0x20 {
		return 1
	}
	return t.columns(property(r))
}

// Simple returns the columns of r, 1 or 2, if r begins a cluster of its own after any that is not Open. It is 0 or less
// if r may join one, or if that is not known: Next has to be asked.
func (t Table) Simple(r rune) int {
	p := property(r)
	if t == Stock {
		p = p >> stockShift & widthMask
	}
	return int(int8(p&(joiner|widthMask))) - 1 // joiner is the sign
}

// Doubtful says that terminals and peers may disagree about the columns of r, or drop it: whoever writes
// it for another's emulator says by an absolute move where the next character goes. Two code points in one
// cell are doubtful as well unless the others are combining marks that are not doubtful.
func Doubtful(r rune) bool {
	if r < 0x7f && r >= 0x20 {
		return false
	}
	return property(r)&inDoubt != 0
}

// DoubtfulString says that a cell with the content s may take different columns elsewhere.
func DoubtfulString(s string) bool {
	for i, r := range s {
		if Doubtful(r) || i > 0 && Unicode17.Rune(r) != 0 {
			return true
		}
	}
	return false
}

// String returns the columns of s; controls count for nothing.
func (t Table) String(s string) int {
	n, last := 0, 0
	var c Cluster
	for _, r := range s {
		w, joined, next := t.Next(c, r)
		if joined {
			n -= last
		}
		c, last = next, w
		n += w
	}
	return n
}
