package vt

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// unseen takes what p begins with as far as it is text that p itself scrolls away, before a snapshot can show it: its
// renditions are carried out, its characters are not printed. It returns how many octets that were, and up to where it
// has looked for it: nobody needs to ask again before that.
//
// known and lines are how much of p is known to be plain lines, and how many; it looks from there on.
//
// It looks for plain lines, enough to take the cursor to the last row and then to replace all rows. What is left
// begins with the carriage return before those: the cursor's column, and whether a wrap is pending, depend on nothing
// before it.
func (t *Terminal) unseen(p []byte, known, lines int) (n, looked int) {
	if len(p) <= t.height || t.margins != t.fullMargins() || !t.p.Ground() || !t.charsets.plain() {
		return 0, 0
	}
	looked, more := plainLines(p[known:])
	looked, lines = looked+known, lines+more
	down := t.height - 1 - t.cur.Row
	if lines < down+t.height {
		return 0, looked
	}
	n = looked
	for range t.height {
		n = bytes.LastIndexByte(p[:n], '\n')
	}
	n = bytes.LastIndexByte(p[:n], '\r')
	if n <= 0 || bytes.Count(p[:n], []byte{'\n'}) < down {
		return 0, looked
	}
	t.renditions(p[:n])
	t.cur.Row = t.height - 1
	t.moved()
	t.steps += uint64(n)
	return n, looked
}

// plainLines returns how much of p is nothing but text, tabs, line ends and SGR, and how many lines end in it.
func plainLines(p []byte) (n, lines int) {
	for n < len(p) {
		if len(p)-n >= 8 {
			x := binary.LittleEndian.Uint64(p[n:])
			controls := zeros(x & (each * 0xe0))
			if controls == 0 {
				n += 8
				continue
			}
			ends := octets(x, '\n')
			other := controls &^ (ends | octets(x, '\r') | octets(x, '\t'))
			if other == 0 {
				lines += bits.OnesCount64(ends)
				n += 8
				continue
			}
			first := bits.TrailingZeros64(other)
			lines += bits.OnesCount64(ends & (1<<first - 1))
			n += first / 8
		}
		switch c := p[n]; {
		case c == '\n':
			lines++
			n++
		case c >= 0x20 || c == '\r' || c == '\t':
			n++
		default:
			m := renditionLength(p[n:])
			if m == 0 {
				return n, lines
			}
			n += m
			m = denseRenditions(p[n:])
			lines += bytes.Count(p[n:n+m], []byte{'\n'})
			n += m
		}
	}
	return n, lines
}

// denseRenditions returns how much of p it knows to be what plainLines looks for. It takes 64
// octets at a time as long as there is SGR among them, and leaves what is cut, or something else, to others.
func denseRenditions(p []byte) (n int) {
	for len(p)-n >= 64 {
		b := (*[64]byte)(p[n:])
		var escapes, others, bad uint64 // a bit for each octet: controls from 10 on; none of 30 to 3B; strange, of each word
		for i := 0; i < 64; i += 8 {
			x := binary.LittleEndian.Uint64(b[i:])
			controls := zeros(x & (each * 0xe0))
			escapes = escapes>>8 | gather(controls&(x<<3))
			if low := controls &^ (x << 3); low != 0 {
				bad |= low &^ (octets(x, '\n') | octets(x, '\r') | octets(x, '\t'))
			}
			others = others>>8 | gather(noParameter(x))
		}
		if bad != 0 || escapes == 0 {
			return n
		}
		used := 64
		for ; escapes != 0; escapes &= escapes - 1 {
			at := bits.TrailingZeros64(escapes)
			end := bits.TrailingZeros64(others>>2>>at) + at + 2
			if end >= 64 {
				used = at
				break
			}
			if b[at] != 0x1b || b[at+1] != '[' || b[end] != 'm' {
				return n + at
			}
		}
		if used == 0 {
			return n
		}
		n += used
	}
	return n
}

// gather moves the high bits of the octets of m, which has no others, to the highest octet, in their order.
func gather(m uint64) uint64 { return m >> 7 * 0x0102040810204080 & (0xff << 56) }

// noParameter returns the high bit of each octet of x that is not one of 30 to 3B.
func noParameter(x uint64) uint64 {
	x ^= each * '0'
	return (x&(each*0x7f) + each*(0x7f-(';'-'0')) | x) & (each * 0x80)
}

const each = 0x0101010101010101

// zeros returns the high bit of each octet of x that is zero.
func zeros(x uint64) uint64 { return ^((x&(each*0x7f) + each*0x7f) | x | each*0x7f) }

// octets returns the high bit of each octet of x that is c.
func octets(x uint64, c byte) uint64 { return zeros(x ^ each*uint64(c)) }

// renditionLength is the length of the SGR that p begins with, or zero.
func renditionLength(p []byte) int {
	if len(p) < 3 || p[0] != 0x1b || p[1] != '[' {
		return 0
	}
	n := 2
	for len(p)-n >= 8 { // how many parameters have how many digits is no branch: nobody could predict it
		m := bits.TrailingZeros64(noParameter(binary.LittleEndian.Uint64(p[n:]))) / 8
		if n += m; m < 8 {
			break
		}
	}
	for n < len(p) && p[n] >= '0' && p[n] <= ';' {
		n++
	}
	if n == len(p) || p[n] != 'm' {
		return 0
	}
	return n + 1
}

// renditions carries out the SGR in p, as plainLines has it, from the last reset on.
func (t *Terminal) renditions(p []byte) {
	from := bytes.IndexByte(p, 0x1b)
	if from < 0 {
		return
	}
	for i := len(p); i > from; {
		i = bytes.LastIndexByte(p[:i], 0x1b)
		if p[i+2] == 'm' || p[i+2] == '0' && p[i+3] == 'm' {
			from = i
		}
	}
	for p = p[from:]; ; {
		i := bytes.IndexByte(p, 0x1b)
		if i < 0 {
			return
		}
		_, n := t.p.Next(p[i:])
		t.selectRendition()
		p = p[i+n:]
	}
}
