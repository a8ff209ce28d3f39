// Widthgen writes internal/core/width/tables.go: the properties of every code point, in two stages, as
// constants. Run it by "go generate ./internal/core/width".
//
// The data are go-runewidth's (Unicode 17) with the exceptions below, wcwidth of glibc 2.36 as recorded,
// uax29's idea of what is pictographic, and the list of characters that U+FE0F makes an emoji.
package main

import (
	"bufio"
	"bytes"
	_ "embed"
	"fmt"
	"go/format"
	"log"
	"os"
	"strconv"
	"strings"
	"unicode"

	"github.com/clipperhouse/uax29/v2/graphemes"
	"github.com/mattn/go-runewidth"
)

//go:embed emoji-text.txt
var emojiText string

const (
	maxRune    = unicode.MaxRune
	blockShift = 7
	blockSize  = 1 << blockShift
	maxBlocks  = 256
)

// exceptions override go-runewidth where it differs from what terminals do; the first match wins.
// The reasons are in docs/dependencies.md, section 5, and in spec/terminal.md, section 3.1.
var exceptions = []struct {
	first, last rune
	width       int
}{
	{0x00, 0x00, 0},
	{0x01, 0x1f, -1},
	{0x7f, 0x9f, -1},
	{0xad, 0xad, 1},       // soft hyphen: seen as a hyphen
	{0x0600, 0x0605, 1},   // Arabic number signs and their like: format characters that take room
	{0x06dd, 0x06dd, 1},   // (glibc's list)
	{0x070f, 0x070f, 1},   //
	{0x0890, 0x0891, 1},   //
	{0x08e2, 0x08e2, 1},   //
	{0x110bd, 0x110bd, 1}, //
	{0x110cd, 0x110cd, 1}, //
	{0x1160, 0x11ff, 0},   // Hangul vowels and finals compose with the initial before them
	{0xd7b0, 0xd7c6, 0},   //
	{0xd7cb, 0xd7fb, 0},   //
	{0xd800, 0xdfff, -1},  // surrogates never come out of UTF-8
	{0xe0000, 0xe0fff, 0}, // tags, variation selectors, and what Unicode keeps for their like
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: widthgen GLIBC-WIDTHS OUTPUT")
	}
	glibc, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal("reading the widths of glibc: ", err)
	}
	out, err := format.Source(generate(string(glibc)))
	if err != nil {
		log.Fatal("formatting the tables: ", err)
	}
	if err := os.WriteFile(os.Args[2], out, 0o644); err != nil {
		log.Fatal("writing the tables: ", err)
	}
}

// generate returns the source of the tables. The bits are those named in internal/core/width/width.go.
func generate(glibc string) []byte {
	stock := make([]int8, maxRune+1)
	eachRange(glibc, func(first, last rune, rest []string) {
		w, err := strconv.Atoi(rest[0])
		if err != nil {
			log.Fatal("a width of glibc: ", err)
		}
		for r := first; r <= last; r++ {
			stock[r] = int8(w)
		}
	})
	// Stock mosh decides these before it asks the C library (spec/terminal.md, section 3.1).
	for r := 0xa0; r <= 0xff; r++ {
		stock[r] = 1
	}
	textEmoji := make([]bool, maxRune+1)
	eachRange(emojiText, func(first, last rune, _ []string) {
		for r := first; r <= last; r++ {
			textEmoji[r] = true
		}
	})

	props := make([]byte, maxRune+1)
	for r := range rune(maxRune + 1) {
		own, pict := ownWidth(r), pictographic(r)
		p := byte(own+1) | byte(stock[r]+1)<<2
		if pict {
			p |= 1 << 4
		}
		if textEmoji[r] {
			p |= 1 << 5
		}
		if doubtful(r, own, int(stock[r]), pict) {
			p |= 1 << 6
		}
		if r >= 0x1f1e6 && r <= 0x1f1ff || r >= 0x1f3fb && r <= 0x1f3ff { // regional indicators, skin tones
			p |= 1 << 7
		}
		props[r] = p
	}
	return source(props)
}

// ownWidth returns the width by Unicode 17; -1 for controls and surrogates.
func ownWidth(r rune) int {
	for _, e := range exceptions {
		if e.first <= r && r <= e.last {
			return e.width
		}
	}
	return (&runewidth.Condition{StrictEmojiNeutral: true}).RuneWidth(r)
}

// pictographic says that r is Extended_Pictographic: it joins a pictograph and ZWJ (UAX #29, GB11), but
// not a letter.
func pictographic(r rune) bool {
	if r < 0x80 || r >= 0xd800 && r <= 0xdfff {
		return false
	}
	return clusters("\U0001F469\u200d"+string(r)) == 1 && clusters("a"+string(r)) == 2
}

func clusters(s string) (n int) {
	for g := graphemes.FromString(s); g.Next(); {
		n++
	}
	return n
}

// doubtful says that terminals and C libraries, of whatever age, may disagree about the columns of r.
// It errs on the side of doubt: that costs a few octets, the other error shifts a line.
func doubtful(r rune, own, stock int, pict bool) bool {
	switch {
	case r < 0x20 || r >= 0x7f && r < 0xa0:
		return true
	case r < 0x100:
		return r == 0xad || r == 0xa9 || r == 0xae
	case own != stock || pict:
		return true
	case own == 0:
		// Marks are marks everywhere; format characters and conjoining jamo are not.
		return !unicode.In(r, unicode.Mn, unicode.Me) || r >= 0xfe00 && r <= 0xfe0f || r > 0xffff
	case unicode.Is(unicode.Co, r):
		return true
	case r >= 0x2a6e0 || r >= 0x10000 && r < 0x20000:
		return true
	}
	return false
}

func eachRange(list string, f func(first, last rune, rest []string)) {
	s := bufio.NewScanner(strings.NewReader(list))
	for s.Scan() {
		fields := strings.Fields(s.Text())
		if len(fields) < 2 || fields[0] == "#" {
			continue
		}
		first, err1 := strconv.ParseInt(fields[0], 16, 32)
		last, err2 := strconv.ParseInt(fields[1], 16, 32)
		if err1 != nil || err2 != nil || last > maxRune {
			log.Fatalf("%q is no range", s.Text())
		}
		f(rune(first), rune(last), fields[2:])
	}
}

func source(props []byte) []byte {
	known := map[string]int{}
	var blocks, index []byte
	for i := 0; i < len(props); i += blockSize {
		block := string(props[i : i+blockSize])
		n, ok := known[block]
		if !ok {
			n = len(known)
			known[block] = n
			blocks = append(blocks, block...)
		}
		index = append(index, byte(n))
	}
	if len(known) > maxBlocks {
		log.Fatalf("%d different blocks do not fit into an octet", len(known))
	}
	blocks = append(blocks, make([]byte, maxBlocks*blockSize-len(blocks))...) // spares a look-up its check of the index
	var b bytes.Buffer
	fmt.Fprintf(&b, "// Code generated by internal/tools/widthgen; DO NOT EDIT.\n\npackage width\n\nconst blockShift = %d\n\n", blockShift)
	constant(&b, "blockIndex", "for each block of code points its place in blockProps", index)
	constant(&b, "blockProps", "one octet for each code point of each different block", blocks)
	return b.Bytes()
}

func constant(b *bytes.Buffer, name, doc string, data []byte) {
	fmt.Fprintf(b, "// %s: %s.\nconst %s = \"\" +\n", name, doc, name)
	const line = 64
	for i := 0; i < len(data); i += line {
		b.WriteString("\t\"")
		for _, c := range data[i:min(i+line, len(data))] {
			fmt.Fprintf(b, "\\x%02x", c)
		}
		b.WriteString("\"")
		if i+line < len(data) {
			b.WriteString(" +")
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
}
