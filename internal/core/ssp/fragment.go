package ssp

import "encoding/binary"

const (
	fragmentHeader = 10
	finalBit       = 1 << 15
)

// fragment is a part of a compressed instruction.
type fragment struct {
	id     uint64
	number int
	final  bool
	chunk  []byte
}

func (f *fragment) append(dst []byte) []byte {
	word := uint16(f.number)
	if f.final {
		word |= finalBit
	}
	dst = binary.BigEndian.AppendUint64(dst, f.id)
	dst = binary.BigEndian.AppendUint16(dst, word)
	return append(dst, f.chunk...)
}

// parseFragment reads a payload; the chunk aliases it.
func parseFragment(b []byte) (fragment, error) {
	if len(b) < fragmentHeader {
		return fragment{}, ShortFragment
	}
	word := binary.BigEndian.Uint16(b[8:])
	return fragment{
		id:     binary.BigEndian.Uint64(b),
		number: int(word &^ finalBit),
		final:  word&finalBit != 0,
		chunk:  b[fragmentHeader:],
	}, nil
}
