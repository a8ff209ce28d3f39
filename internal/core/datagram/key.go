package datagram

import (
	"encoding/base64"
	"errors"
	"fmt"
)

// KeySize is the length of a session key in octets.
const KeySize = 16

// keyTextLen is the length of a key in its printable form: base64 of 16 octets without the final "==".
const keyTextLen = 22

// ErrKey is returned by ParseKey for everything that is not a key. It never repeats the text it was given.
var ErrKey = errors.New("session key must be 22 base64 characters, as printed after the port by mosh-server")

// Key is the secret of one session. It prints as "[key]" under every verb.
type Key struct{ b [KeySize]byte }

// NewKey returns the key with these octets, which must come from a cryptographic random source.
func NewKey(b [KeySize]byte) Key { return Key{b} }

// ParseKey reads the printable form. Only the 22 characters that Text gives
// back are a key: no padding, no white space, no stray bits in the last symbol.
func ParseKey(text string) (Key, error) {
	if len(text) != keyTextLen {
		return Key{}, ErrKey
	}
	for _, c := range []byte(text) {
		if c == '\r' || c == '\n' { // the decoder would skip these
			return Key{}, ErrKey
		}
	}
	var k Key
	n, err := base64.RawStdEncoding.Strict().Decode(k.b[:], []byte(text))
	if err != nil || n != KeySize {
		return Key{}, ErrKey
	}
	return k, nil
}

// Text returns the printable form: the one place where a key becomes readable.
func (k Key) Text() string { return base64.RawStdEncoding.EncodeToString(k.b[:]) }

// Zero overwrites the key.
func (k *Key) Zero() { clear(k.b[:]) }

// String hides the key.
func (Key) String() string { return "[key]" }

// GoString hides the key.
func (Key) GoString() string { return "[key]" }

// Format hides the key under every verb, %x and %d too.
func (Key) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte("[key]")) }

// MarshalText hides the key from encoders such as JSON.
func (Key) MarshalText() ([]byte, error) { return []byte("[key]"), nil }
