package ssp

import (
	"encoding/binary"
	"math/bits"
)

// bitWriter writes bits, the low ones first.
type bitWriter struct {
	out  []byte
	acc  uint64
	held uint
}

func (w *bitWriter) bits(v uint16, n uint8) {
	w.acc |= uint64(v) << w.held
	for w.held += uint(n); w.held >= 8; w.held -= 8 {
		w.out = append(w.out, byte(w.acc))
		w.acc >>= 8
	}
}

func (w *bitWriter) align() {
	if w.held > 0 {
		w.bits(0, uint8(8-w.held))
	}
}

func reverse(code uint16, length uint8) uint16 { return bits.Reverse16(code) >> (16 - length) }

const (
	endOfBlock  = 256
	firstLength = 257
	lengthCodes = 29
	storedType  = 0
	fixedType   = 1
	dynamicType = 2
)

// Extra bits and first values of the length and distance codes. RFC 1951, section 3.2.5.
var (
	lengthExtra   = []uint8{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0}
	lengthBase    = []uint16{0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 255}
	distanceExtra = []uint8{0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13}
	distanceBase  = []uint16{0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144, 8192, 12288, 16384, 24576}
	lengthsExtra  = []uint8{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 7}
	// lengthsOrder is the order in which the lengths of the code of lengths are written.
	lengthsOrder = []uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

	literalKind  = treeKind{symbols: 286, extra: lengthExtra, base: firstLength, maxLen: 15, fixedLen: fixedLength}
	distanceKind = treeKind{symbols: 30, extra: distanceExtra, maxLen: 15, fixedLen: func(int) int { return 5 }}
	lengthsKind  = treeKind{symbols: 19, extra: lengthsExtra, maxLen: 7}
)

func fixedLength(symbol int) int {
	switch {
	case symbol < 144:
		return 8
	case symbol < 256:
		return 9
	case symbol < 280:
		return 7
	}
	return 8
}

// fixedCode is RFC 1951, section 3.2.6.
func fixedCode(symbol int) (code uint16, length uint8) {
	length = uint8(fixedLength(symbol))
	s := uint16(symbol)
	switch {
	case symbol < 144:
		s += 0x30
	case symbol < 256:
		s += 0x190 - 144
	case symbol < 280:
		s -= 256
	default:
		s = s - 280 + 0xc0
	}
	return reverse(s, length), length
}

// lengthCode is the index of the code for a match of length v+3.
func lengthCode(v int) int {
	if v == maxMatch-minMatch {
		return lengthCodes - 1
	}
	return codeFor(v, 2)
}

// distanceCode is the code for a distance of v+1.
func distanceCode(v int) int { return codeFor(v, 1) }

// codeFor counts in steps of 2^keep codes per power of two.
func codeFor(v, keep int) int {
	extra := max(bits.Len(uint(v))-1-keep, 0)
	return extra<<keep + v>>extra
}

// coder counts symbols and writes blocks.
type coder struct {
	bitWriter
	lengths   tree // literals and match lengths
	distances tree
	codes     tree // the lengths of the codes of the other two
}

func (c *coder) reset() {
	if c.lengths.kind == nil {
		c.lengths, c.distances, c.codes = newTree(&literalKind), newTree(&distanceKind), newTree(&lengthsKind)
	}
	c.lengths.reset()
	c.distances.reset()
	c.codes.reset()
	c.lengths.freq[endOfBlock] = 1
}

func (c *coder) countMatch(distance, length int32) {
	c.lengths.freq[firstLength+lengthCode(int(length-minMatch))]++
	c.distances.freq[distanceCode(int(distance-1))]++
}

// block writes one block, stored, with fixed or with dynamic codes, whichever is shortest.
func (c *coder) block(text []byte, symbols []symbol, last bool) {
	dynamic, fixed := c.lengths.build()
	d, f := c.distances.build()
	dynamic, fixed = dynamic+d, fixed+f
	count := func(s, _ int) { c.codes.freq[s]++ }
	c.lengths.runs(count)
	c.distances.runs(count)
	head, _ := c.codes.build()
	sent := len(lengthsOrder)
	for sent > 4 && c.codes.len[lengthsOrder[sent-1]] == 0 {
		sent--
	}
	dynamic += head + 3*sent + 5 + 5 + 4
	dynamicOctets, fixedOctets := (dynamic+3+7)>>3, (fixed+3+7)>>3
	final := uint16(0)
	if last {
		final = 1
	}
	switch {
	case len(text)+4 <= min(dynamicOctets, fixedOctets):
		c.bits(storedType<<1|final, 3)
		c.align()
		c.out = binary.LittleEndian.AppendUint16(c.out, uint16(len(text)))
		c.out = binary.LittleEndian.AppendUint16(c.out, ^uint16(len(text)))
		c.out = append(c.out, text...)
	case fixedOctets <= dynamicOctets:
		c.bits(fixedType<<1|final, 3)
		c.symbols(symbols, fixedCode, func(d int) (uint16, uint8) { return reverse(uint16(d), 5), 5 })
	default:
		c.bits(dynamicType<<1|final, 3)
		c.treeHeads(sent)
		c.symbols(symbols, c.lengths.lookup, c.distances.lookup)
	}
	c.reset()
}

func (t *tree) lookup(n int) (uint16, uint8) { return t.code[n], t.len[n] }

// treeHeads is RFC 1951, section 3.2.7.
func (c *coder) treeHeads(sent int) {
	c.bits(uint16(c.lengths.max+1-257), 5)
	c.bits(uint16(c.distances.max), 5)
	c.bits(uint16(sent-4), 4)
	for _, n := range lengthsOrder[:sent] {
		c.bits(uint16(c.codes.len[n]), 3)
	}
	write := func(s, repeat int) {
		c.bits(c.codes.lookup(s))
		c.bits(uint16(repeat), lengthsExtra[s])
	}
	c.lengths.runs(write)
	c.distances.runs(write)
}

func (c *coder) symbols(symbols []symbol, length, distance func(int) (uint16, uint8)) {
	for _, s := range symbols {
		d, v := int(s>>16), int(s&0xffff)
		if d == 0 {
			c.bits(length(v))
			continue
		}
		n := lengthCode(v)
		c.bits(length(firstLength + n))
		c.bits(uint16(v)-lengthBase[n], lengthExtra[n])
		n = distanceCode(d - 1)
		c.bits(distance(n))
		c.bits(uint16(d-1)-distanceBase[n], distanceExtra[n])
	}
	c.bits(length(endOfBlock))
}
