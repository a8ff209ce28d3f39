package wire

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// field is one field of a message: number, wire type and, by type, its varint or its octets.
type field struct {
	num    protowire.Number
	typ    protowire.Type
	varint uint64
	octets []byte
}

// is reports whether the field has this number and type. A known number with another type is an unknown field.
func (f field) is(num protowire.Number, typ protowire.Type) bool { return f.num == num && f.typ == typ }

// consumeField takes the first field off b. Groups and fixed values are passed over.
func consumeField(b []byte) (f field, rest []byte, err error) {
	num, typ, n := protowire.ConsumeTag(b)
	if n < 0 {
		return field{}, nil, fmt.Errorf("protobuf tag: %w", protowire.ParseError(n))
	}
	f.num, f.typ = num, typ
	b = b[n:]
	switch typ {
	case protowire.VarintType:
		f.varint, n = protowire.ConsumeVarint(b)
	case protowire.BytesType:
		f.octets, n = protowire.ConsumeBytes(b)
	default:
		n = protowire.ConsumeFieldValue(num, typ, b)
	}
	if n < 0 {
		return field{}, nil, fmt.Errorf("protobuf field %d: %w", num, protowire.ParseError(n))
	}
	return f, b[n:], nil
}

// eachField calls visit for every field of b, in order, and stops at the first error.
func eachField(b []byte, visit func(field) error) error {
	for len(b) > 0 {
		f, rest, err := consumeField(b)
		if err != nil {
			return err
		}
		if err := visit(f); err != nil {
			return err
		}
		b = rest
	}
	return nil
}

func appendVarint(dst []byte, num protowire.Number, v uint64) []byte {
	dst = protowire.AppendTag(dst, num, protowire.VarintType)
	return protowire.AppendVarint(dst, v)
}

func appendBytes(dst []byte, num protowire.Number, v []byte) []byte {
	dst = appendHead(dst, num, len(v))
	return append(dst, v...)
}

// appendHead begins a length-delimited field of size octets, which the caller appends.
func appendHead(dst []byte, num protowire.Number, size int) []byte {
	dst = protowire.AppendTag(dst, num, protowire.BytesType)
	return protowire.AppendVarint(dst, uint64(size))
}
