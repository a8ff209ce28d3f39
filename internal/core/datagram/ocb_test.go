package datagram

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"math/rand/v2"
	"testing"

	library "github.com/ProtonMail/go-crypto/ocb"
)

func newOCBs(t testing.TB, key []byte) (*ocb, cipher.AEAD) {
	t.Helper()
	b, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	lib, err := library.NewOCB(b)
	if err != nil {
		t.Fatal(err)
	}
	o := newOCB(b)
	return &o, lib
}

func randomOctets(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// RFC 7253, Appendix A: the samples with empty associated data whose nonce
// begins with four zero octets do not exist, so the independent library is
// the oracle for every length up to the longest datagram and for all 64 shifts.
func TestOCBAgreesWithLibrary(t *testing.T) {
	r := rand.New(rand.NewPCG(7253, 1))
	o, lib := newOCBs(t, randomOctets(r, 16))
	seq := r.Uint64()
	for n := range MaxReceive + 1 {
		if n%3 == 0 {
			seq++ // the same Ktop as before, mostly
		} else {
			seq = r.Uint64()
		}
		plain := randomOctets(r, n)
		var nonce [12]byte
		binary.BigEndian.PutUint64(nonce[4:], seq)
		want := lib.Seal(nil, nonce[:], plain, nil)
		got := append(bytes.Clone(plain), make([]byte, tagSize)...)
		o.seal(seq, got)
		if !bytes.Equal(got, want) {
			t.Fatalf("length %d, nonce %x: got %x, want %x", n, nonce, got, want)
		}
		if !o.open(seq, got[:n], got[n:]) || !bytes.Equal(got[:n], plain) {
			t.Fatalf("length %d, nonce %x: does not open", n, nonce)
		}
	}
}

// One flipped bit anywhere, another nonce, a cut: never opens, and leaves no plaintext behind.
func TestOCBRefuses(t *testing.T) {
	r := rand.New(rand.NewPCG(7253, 2))
	o, _ := newOCBs(t, randomOctets(r, 16))
	for _, n := range []int{0, 1, 15, 16, 17, 48, 100} {
		sealed := append(randomOctets(r, n), make([]byte, tagSize)...)
		o.seal(5, sealed)
		for bit := range len(sealed) * 8 {
			b := bytes.Clone(sealed)
			b[bit/8] ^= 1 << (bit % 8)
			if o.open(5, b[:n], b[n:]) {
				t.Fatalf("length %d opens with bit %d flipped", n, bit)
			}
			if !bytes.Equal(b[:n], make([]byte, n)) {
				t.Fatal("plaintext of a forged datagram left in the buffer")
			}
		}
		for cut := range n {
			b := bytes.Clone(sealed[:cut+tagSize])
			if o.open(5, b[:cut], b[cut:]) {
				t.Fatalf("length %d opens cut to %d", n, cut)
			}
		}
		for _, seq := range []uint64{0, 4, 6, 69, 5 | directionBit} {
			b := bytes.Clone(sealed)
			if o.open(seq, b[:n], b[n:]) {
				t.Fatalf("opens with nonce %d", seq)
			}
		}
	}
}
