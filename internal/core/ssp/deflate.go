package ssp

import (
	"encoding/binary"
	"hash/adler32"
	"math/bits"
)

// The writer of zlib streams gives exactly the octets of zlib at level 6, which
// is what stock sends: no captured session would compress to another length,
// and no library for Go does that. It holds 4 to 12 times the length of the
// text, and gives back what a large text needed.

// Parameters of level 6.
const (
	goodLength = 8
	maxLazy    = 16
	niceLength = 128
	maxChain   = 128

	minMatch    = 3
	maxMatch    = 258
	maxDistance = 32768 - (maxMatch + minMatch + 1)
	tooFar      = 4096 // a match of three is not worth a longer distance

	hashBits    = 15
	minTable    = 8 // bits
	blockLength = 16383
)

// symbol is a literal (distance 0) or a match: distance<<16 | literal or length-3.
type symbol uint32

// deflater compresses one text after another. The zero value is ready.
type deflater struct {
	text    []byte
	head    []int32 // newest position by folded hash; 0: none, so that position 0 is never matched
	prev    []int32 // the position before with the same folded hash, by position modulo its length
	symbols []symbol
	codes   coder
}

// append appends a zlib stream with text.
func (d *deflater) append(dst, text []byte) []byte {
	d.reset(text)
	d.codes.bitWriter = bitWriter{out: append(dst, 0x78, 0x9c)}
	d.compress()
	d.codes.align()
	dst = binary.BigEndian.AppendUint32(d.codes.out, adler32.Checksum(text))
	d.codes.out, d.text = nil, nil
	if len(text) > keepScratch {
		d.head, d.prev = nil, nil
	}
	return dst
}

// reset sizes the tables to the text.
func (d *deflater) reset(text []byte) {
	d.text = text
	size := 1 << min(max(bits.Len(uint(len(text))), minTable), hashBits)
	if len(d.head) < size {
		d.head, d.prev = make([]int32, size), make([]int32, size)
	} else {
		clear(d.head)
	}
	d.symbols = d.symbols[:0]
	d.codes.reset()
}

// hash is zlib's: the three octets at i, in 15 bits. Equal hashes of texts that
// agree in two octets agree in three.
func (d *deflater) hash(i int32) uint32 {
	t := d.text[i : i+3]
	return (uint32(t[0])<<10 ^ uint32(t[1])<<5 ^ uint32(t[2])) & (1<<hashBits - 1)
}

// insert makes position i known and returns the newest one before it in its chain.
func (d *deflater) insert(i int32) int32 {
	h := d.hash(i)
	slot := &d.head[(h^h>>7)&uint32(len(d.head)-1)]
	before := *slot
	d.prev[i&int32(len(d.prev)-1)] = before
	*slot = i
	return before
}

// compress finds matches lazily: a match is taken only if the next position has no longer one.
func (d *deflater) compress() {
	n := int32(len(d.text))
	var at, blockStart int32
	length, start := int32(minMatch-1), int32(0)
	literal := false // the octet before at waits
	for at < n {
		var candidate int32
		if n-at >= minMatch {
			candidate = d.insert(at)
		}
		previous, previousStart := length, start
		length = minMatch - 1
		if previous < maxLazy {
			if candidate = d.sameHash(candidate, at); candidate != 0 && at-candidate <= maxDistance {
				length, start = d.longest(candidate, at, previous, previousStart)
				if length == minMatch && at-start > tooFar {
					length = minMatch - 1
				}
			}
		}
		full := false
		switch {
		case previous >= minMatch && length <= previous:
			full = d.match(at-1-previousStart, previous)
			for end := at + previous - 2; at < end; {
				if at++; at <= n-minMatch {
					d.insert(at)
				}
			}
			literal, length = false, minMatch-1
			at++
		case literal:
			full = d.literal(d.text[at-1])
			at++
		default:
			literal = true
			at++
		}
		if full {
			end := at
			if literal {
				end-- // the waiting octet belongs to the next block
			}
			d.codes.block(d.text[blockStart:end], d.symbols, false)
			blockStart, d.symbols = end, d.symbols[:0]
		}
	}
	if literal {
		d.literal(d.text[n-1])
	}
	d.codes.block(d.text[blockStart:], d.symbols, true)
}

// sameHash follows the chain from i to the first position with the full hash of at; 0: there is none.
func (d *deflater) sameHash(i, at int32) int32 {
	if i == 0 {
		return 0
	}
	h := d.hash(at)
	limit := max(at-int32(len(d.prev)), 0)
	for i > limit && d.hash(i) != h {
		i = d.prev[i&int32(len(d.prev)-1)]
	}
	if i <= limit {
		return 0
	}
	return i
}

// longest returns the longest match for at along the chain from i, if it is
// longer than best; else best and bestStart. best is at least 2.
func (d *deflater) longest(i, at, best, bestStart int32) (length, start int32) {
	chain := maxChain
	if best >= goodLength {
		chain >>= 2
	}
	t := d.text[at:]
	lookahead := int32(len(t))
	if best >= lookahead {
		return lookahead, bestStart
	}
	t = t[:min(lookahead, maxMatch)]
	nice := min(niceLength, lookahead)
	limit := max(at-maxDistance, 0)
	for {
		m := d.text[i:]
		if m[best] == t[best] && m[best-1] == t[best-1] && m[0] == t[0] {
			n := int32(0)
			for n < int32(len(t)) && m[n] == t[n] {
				n++
			}
			if n > best {
				best, bestStart = n, i
				if n >= nice || n >= int32(len(t)) {
					break
				}
			}
		}
		i = d.sameHash(d.prev[i&int32(len(d.prev)-1)], at)
		if chain--; i <= limit || chain == 0 {
			break
		}
	}
	return best, bestStart
}

// match and literal note a symbol and report that the block is full.
func (d *deflater) match(distance, length int32) bool {
	d.symbols = append(d.symbols, symbol(distance<<16|(length-minMatch)))
	d.codes.countMatch(distance, length)
	return len(d.symbols) == blockLength
}

func (d *deflater) literal(c byte) bool {
	d.symbols = append(d.symbols, symbol(c))
	d.codes.lengths.freq[c]++
	return len(d.symbols) == blockLength
}
