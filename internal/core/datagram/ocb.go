package datagram

import (
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"math/bits"
)

// tagSize is TAGLEN / 8 of RFC 7253.
const tagSize = 16

// maxSubkeys bounds a message to 2^16-1 blocks (1 MiB), far above any datagram.
const maxSubkeys = 16

// block is one AES block, as two big-endian halves.
type block struct{ hi, lo uint64 }

func load(b []byte) block {
	return block{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:16])}
}

func (x block) store(b []byte) {
	binary.BigEndian.PutUint64(b, x.hi)
	binary.BigEndian.PutUint64(b[8:16], x.lo)
}

func (x block) xor(y block) block { return block{x.hi ^ y.hi, x.lo ^ y.lo} }

// double multiplies by x in GF(2^128). RFC 7253, section 2: double(S).
func (x block) double() block {
	carry := -(x.hi >> 63) & 0x87
	return block{x.hi<<1 | x.lo>>63, x.lo<<1 ^ carry}
}

// ocb is OCB3 (RFC 7253) with AES-128, a 96-bit nonce, a 128-bit tag and no
// associated data. It allocates nothing after newOCB: the block that goes
// through the cipher lives in the struct. It keeps the last Ktop, which 64
// consecutive nonces share, so one direction should have one ocb.
type ocb struct {
	aes     cipher.Block
	lStar   block
	lDollar block
	l       [maxSubkeys]block // L_0, L_1, ...

	ktopFor block // the nonce block, low six bits cleared, that stretch belongs to
	hasKtop bool
	stretch [3]uint64

	scratch [16]byte
}

func newOCB(aes cipher.Block) ocb {
	o := ocb{aes: aes}
	o.lStar = o.encrypt(block{})
	o.lDollar = o.lStar.double()
	o.l[0] = o.lDollar.double()
	for i := 1; i < len(o.l); i++ {
		o.l[i] = o.l[i-1].double()
	}
	return o
}

func (o *ocb) encrypt(x block) block {
	x.store(o.scratch[:])
	o.aes.Encrypt(o.scratch[:], o.scratch[:])
	return load(o.scratch[:])
}

func (o *ocb) decrypt(x block) block {
	x.store(o.scratch[:])
	o.aes.Decrypt(o.scratch[:], o.scratch[:])
	return load(o.scratch[:])
}

// offset0 is Offset_0 for the nonce 00 00 00 00 || n. RFC 7253, section 4.2, "Nonce-dependent and per-encryption variables".
func (o *ocb) offset0(n uint64) block {
	// num2str(TAGLEN mod 128, 7) || zeros(120 - bitlen(N)) || 1 || N
	nonce := block{hi: 1 << 32, lo: n}
	bottom := uint(nonce.lo & 63)
	nonce.lo &^= 63
	if !o.hasKtop || o.ktopFor != nonce {
		ktop := o.encrypt(nonce)
		o.stretch = [3]uint64{ktop.hi, ktop.lo, ktop.hi ^ (ktop.hi<<8 | ktop.lo>>56)}
		o.ktopFor, o.hasKtop = nonce, true
	}
	s := &o.stretch
	// A shift by 64 gives zero in Go, as bottom = 0 needs.
	return block{s[0]<<bottom | s[1]>>(64-bottom), s[1]<<bottom | s[2]>>(64-bottom)}
}

// seal encrypts b[:len(b)-tagSize] in place and writes the tag into the rest.
func (o *ocb) seal(n uint64, b []byte) {
	text, tag := b[:len(b)-tagSize], b[len(b)-tagSize:]
	offset, sum := o.offset0(n), block{}
	for i := 1; len(text) >= 16; i++ {
		offset = offset.xor(o.l[bits.TrailingZeros(uint(i))])
		p := load(text)
		sum = sum.xor(p)
		o.encrypt(p.xor(offset)).xor(offset).store(text)
		text = text[16:]
	}
	if len(text) > 0 {
		offset = offset.xor(o.lStar)
		sum = sum.xor(padded(text))
		o.xorPad(text, offset)
	}
	o.encrypt(sum.xor(offset).xor(o.lDollar)).store(tag)
}

// open decrypts text in place, without its tag, and reports whether the tag is right. If not, text is left zeroed.
func (o *ocb) open(n uint64, text, tag []byte) bool {
	all := text
	offset, sum := o.offset0(n), block{}
	for i := 1; len(text) >= 16; i++ {
		offset = offset.xor(o.l[bits.TrailingZeros(uint(i))])
		p := o.decrypt(load(text).xor(offset)).xor(offset)
		sum = sum.xor(p)
		p.store(text)
		text = text[16:]
	}
	if len(text) > 0 {
		offset = offset.xor(o.lStar)
		o.xorPad(text, offset)
		sum = sum.xor(padded(text))
	}
	o.encrypt(sum.xor(offset).xor(o.lDollar)).store(o.scratch[:])
	if subtle.ConstantTimeCompare(o.scratch[:], tag) != 1 {
		clear(all)
		return false
	}
	return true
}

// xorPad applies Pad = ENCIPHER(K, Offset_*) to the last, short block.
func (o *ocb) xorPad(text []byte, offset block) {
	o.encrypt(offset)
	for i := range text {
		text[i] ^= o.scratch[i]
	}
}

// padded is text || 1 || zeros. len(text) < 16.
func padded(text []byte) block {
	var b [16]byte
	copy(b[:], text)
	b[len(text)] = 0x80
	return load(b[:])
}
