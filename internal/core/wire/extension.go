package wire

import (
	"errors"
	"fmt"
	"math/bits"

	"google.golang.org/protobuf/encoding/protowire"
)

// Limits of an Extension (docs/extensions.md).
const (
	MaxExtension = 4096 // octets
	MaxFeatures  = 64
	MaxProgram   = 64 // octets of printable ASCII
)

// ExtensionVersion is the version of docs/extensions.md that we speak.
const ExtensionVersion = 1

// Feature is the number of something that stock lacks; numbers above 63 are not read.
type Feature uint8

// The features known so far.
const (
	FeatureTTY    Feature = 1 // server keeps TTY current, client uses it
	FeatureExit   Feature = 2 // server tells Exit, client exits with it
	FeatureScreen Feature = 3 // host bytes may use every sequence of the rich screen
	FeatureQuiet  Feature = 4 // heartbeats may be 9.9 s apart
	// FeatureTerminal: the client tells what the user's terminal has answered, the server answers programs with it.
	FeatureTerminal Feature = 5
	FeatureSize     Feature = 6 // probes of the path's largest datagram are answered
	FeatureWindow   Feature = 7 // the server's instructions may be compressed against what led to their base
	FeatureTerse    Feature = 8 // small instructions come without compression and without empty fields
)

// Features is a set of features; bit n is feature n.
type Features uint64

// FeatureSet returns the set of these features.
func FeatureSet(fs ...Feature) Features {
	var s Features
	for _, f := range fs {
		s |= 1 << f
	}
	return s
}

// Has reports whether f is in the set.
func (s Features) Has(f Feature) bool { return s>>f&1 != 0 }

// And returns what both sets have.
func (s Features) And(o Features) Features { return s & o }

// Extension is field 1000 of an instruction: what only our own peers say to each other. Absent parts are nil.
type Extension struct {
	Hello *Hello
	TTY   *TTY
	Exit  *Exit
	// Terminal is said by clients, once the server has the feature, as often as it changes.
	Terminal *Terminal
}

// Hello tells that and how far a peer is of our kind.
type Hello struct {
	Version  uint32
	Features Features
	Program  string // name and version for people; empty if it was not printable ASCII of at most 64 octets
	Widths   uint32 // id of the width table; 0: absent, stock's rule
}

// TTY is the state of the pty as termios tells it.
type TTY struct{ Echo, Canonical bool }

// Exit is how the program ended, as waitpid tells it.
type Exit struct{ Status, Signal uint32 }

// Terminal is what the user's terminal said of itself. Comparable.
type Terminal struct {
	Foreground, Background uint32 // colours as 1<<24 + 0xRRGGBB; 0: not known
	Kitty                  bool   // it has the kitty keyboard protocol
}

var errExtension = errors.New("extension beyond its limits")

// Append writes the extension without field number and length.
func (e Extension) Append(dst []byte) []byte {
	if e.Hello != nil {
		dst = appendBytes(dst, 1, e.Hello.append(nil))
	}
	if e.TTY != nil {
		b := appendVarint(nil, 1, protowire.EncodeBool(e.TTY.Echo))
		dst = appendBytes(dst, 2, appendVarint(b, 2, protowire.EncodeBool(e.TTY.Canonical)))
	}
	if e.Exit != nil {
		b := appendVarint(nil, 1, uint64(e.Exit.Status))
		dst = appendBytes(dst, 3, appendVarint(b, 2, uint64(e.Exit.Signal)))
	}
	if e.Terminal != nil {
		b := appendVarint(nil, 1, uint64(e.Terminal.Foreground))
		b = appendVarint(b, 2, uint64(e.Terminal.Background))
		dst = appendBytes(dst, 4, appendVarint(b, 3, protowire.EncodeBool(e.Terminal.Kitty)))
	}
	return dst
}

func (h *Hello) append(dst []byte) []byte {
	dst = appendVarint(dst, 1, uint64(h.Version))
	var packed []byte
	for s := uint64(h.Features); s != 0; s &= s - 1 {
		packed = protowire.AppendVarint(packed, uint64(bits.TrailingZeros64(s)))
	}
	if len(packed) > 0 {
		dst = appendBytes(dst, 2, packed)
	}
	if h.Program != "" {
		dst = appendBytes(dst, 3, []byte(h.Program))
	}
	if h.Widths != 0 {
		dst = appendVarint(dst, 4, uint64(h.Widths))
	}
	return dst
}

// ParseExtension reads an extension without field number and length. Unknown
// fields are skipped; one beyond the limits is an error, to be counted and ignored.
func ParseExtension(b []byte) (Extension, error) {
	var e Extension
	if len(b) > MaxExtension {
		return e, fmt.Errorf("%w: %d octets", errExtension, len(b))
	}
	err := eachField(b, func(f field) error {
		if f.typ != protowire.BytesType {
			return nil
		}
		switch f.num {
		case 1:
			if e.Hello == nil {
				e.Hello = new(Hello)
			}
			return e.Hello.parse(f.octets)
		case 2:
			e.TTY = new(TTY)
			return eachField(f.octets, func(f field) error {
				if f.is(1, protowire.VarintType) {
					e.TTY.Echo = protowire.DecodeBool(f.varint)
				} else if f.is(2, protowire.VarintType) {
					e.TTY.Canonical = protowire.DecodeBool(f.varint)
				}
				return nil
			})
		case 3:
			e.Exit = new(Exit)
			return eachField(f.octets, func(f field) error {
				if f.is(1, protowire.VarintType) {
					e.Exit.Status = uint32(f.varint)
				} else if f.is(2, protowire.VarintType) {
					e.Exit.Signal = uint32(f.varint)
				}
				return nil
			})
		case 4:
			e.Terminal = new(Terminal)
			return eachField(f.octets, e.Terminal.take)
		}
		return nil
	})
	if err != nil {
		return Extension{}, fmt.Errorf("extension: %w", err)
	}
	return e, nil
}

func (t *Terminal) take(f field) error {
	switch {
	case f.is(1, protowire.VarintType):
		t.Foreground = uint32(f.varint)
	case f.is(2, protowire.VarintType):
		t.Background = uint32(f.varint)
	case f.is(3, protowire.VarintType):
		t.Kitty = protowire.DecodeBool(f.varint)
	}
	return nil
}

func (h *Hello) parse(b []byte) error {
	features := 0
	add := func(v uint64) error {
		if features++; features > MaxFeatures {
			return fmt.Errorf("%w: more than %d features", errExtension, MaxFeatures)
		}
		if v < 64 {
			h.Features |= 1 << v
		}
		return nil
	}
	return eachField(b, func(f field) error {
		switch {
		case f.is(1, protowire.VarintType):
			h.Version = uint32(f.varint)
		case f.is(2, protowire.VarintType): // unpacked: a parser must take both forms
			return add(f.varint)
		case f.is(2, protowire.BytesType):
			for rest := f.octets; len(rest) > 0; {
				v, n := protowire.ConsumeVarint(rest)
				if n < 0 {
					return protowire.ParseError(n)
				}
				if err := add(v); err != nil {
					return err
				}
				rest = rest[n:]
			}
		case f.is(3, protowire.BytesType):
			h.Program = ""
			if printable(f.octets) {
				h.Program = string(f.octets)
			}
		case f.is(4, protowire.VarintType):
			h.Widths = uint32(f.varint)
		}
		return nil
	})
}

func printable(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return len(b) <= MaxProgram
}
