package ssp

import (
	"encoding/binary"
	"hash/adler32"
	"math/bits"
)

// The writer of zlib streams gives exactly the octets of zlib at level 6, which
// is what stock sends, unless it is quick: no captured session would compress to
// another length, and no library for Go does that. It holds 4 to 12 times the length of the
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
	quickChain  = 8    // of a quick deflater, for texts of longText octets and more
	longText    = 8192 // octets: a screen that is painted anew many times a second
	wholeTable  = 2048 // octets; for longer texts no two hashes share a chain, which saves a look at each position
	minTable    = 8    // bits
	blockLength = 16383
)

// symbol is a literal (distance 0) or a match: distance<<16 | literal or length-3.
type symbol uint32

// deflater compresses one text after another. The zero value is ready.
type deflater struct {
	text    []byte
	primed  []byte  // room for a window with the text after it
	head    []int32 // newest position by folded hash; 0: none, so that position 0 is never matched
	prev    []int32 // the position before with the same folded hash, by position modulo its length
	symbols []symbol
	codes   coder
	chain   int  // how many candidates are looked at
	quick   bool // a long text is searched less than zlib searches it: a third of the time, for 2 % of the octets
}

// append appends a zlib stream with text.
func (d *deflater) append(dst, text []byte) []byte {
	d.reset(text)
	d.codes.bitWriter = bitWriter{out: append(dst, 0x78, 0x9c)}
	return d.finish(text, 0)
}

// appendPrimed is append with window, which is not empty, as the preset dictionary (RFC 1950, section 2.2). In the place
// of its checksum there is a name that the peer knows it by.
func (d *deflater) appendPrimed(dst, text, window []byte, name uint32) []byte {
	d.primed = append(append(d.primed[:0], window...), text...)
	d.reset(d.primed)
	for i := range min(len(window), len(d.primed)-minMatch+1) {
		d.insert(int32(i))
	}
	d.codes.bitWriter = bitWriter{out: binary.BigEndian.AppendUint32(append(dst, 0x78, 0xbb), name)}
	return d.finish(text, int32(len(window)))
}

// finish writes the stream with what begins at from.
func (d *deflater) finish(text []byte, from int32) []byte {
	d.compress(from)
	d.codes.align()
	dst := binary.BigEndian.AppendUint32(d.codes.out, adler32.Checksum(text))
	d.codes.out, d.text = nil, nil
	if len(text) > keepScratch {
		d.head, d.prev, d.primed = nil, nil, nil
	}
	return dst
}

// reset sizes the tables to the text.
func (d *deflater) reset(text []byte) {
	d.text = text
	size := 1 << min(max(bits.Len(uint(len(text))), minTable), hashBits)
	heads := size
	if len(text) > wholeTable {
		heads = 1 << hashBits
	}
	if len(d.head) < heads {
		d.head = make([]int32, heads)
	} else {
		clear(d.head)
	}
	if len(d.prev) < size {
		d.prev = make([]int32, size)
	}
	d.chain = maxChain
	if d.quick && len(text) >= longText {
		d.chain = quickChain
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

// compress finds matches for the text from at on, lazily: a match is taken only if the next position has no longer one.
func (d *deflater) compress(at int32) {
	n := int32(len(d.text))
	blockStart := at
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
	limit := max(at-int32(len(d.prev)), 0)
	if len(d.head) == 1<<hashBits { // the folded hash is as good as the full one
		if i <= limit {
			return 0
		}
		return i
	}
	h := d.hash(at)
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
	chain := d.chain
	if best >= goodLength {
		chain >>= 2
	}
	text, prev := d.text, d.prev
	t := text[at:]
	lookahead := int32(len(t))
	if best >= lookahead {
		return lookahead, bestStart
	}
	t = t[:min(lookahead, maxMatch)]
	nice := min(niceLength, lookahead)
	limit := max(at-maxDistance, 0)
	whole := len(d.head) == 1<<hashBits // no two hashes share a chain
	mask := int32(len(prev) - 1)
	if whole {
		limit = max(limit, at-int32(len(prev)))
	}
	// A longer match agrees in the octet after the best one too, and in those before it.
	first, last := binary.LittleEndian.Uint16(t), binary.LittleEndian.Uint16(t[best-1:])
	for {
		if binary.LittleEndian.Uint16(text[i+best-1:]) == last && binary.LittleEndian.Uint16(text[i:]) == first {
			if n := common(text[i:], t); n > best {
				best, bestStart = n, i
				if n >= nice || n >= int32(len(t)) {
					break
				}
				last = binary.LittleEndian.Uint16(t[best-1:])
			}
		}
		i = prev[i&mask]
		if !whole {
			i = d.sameHash(i, at)
		}
		if chain--; i <= limit || chain == 0 {
			break
		}
	}
	return best, bestStart
}

// common returns how many octets m and t begin with alike; m is at least as long as t.
func common(m, t []byte) int32 {
	n := 0
	for ; n+8 <= len(t); n += 8 {
		if x := binary.LittleEndian.Uint64(m[n:]) ^ binary.LittleEndian.Uint64(t[n:]); x != 0 {
			return int32(n + bits.TrailingZeros64(x)/8)
		}
	}
	for n < len(t) && m[n] == t[n] {
		n++
	}
	return int32(n)
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
