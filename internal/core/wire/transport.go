package wire

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// Version is the protocol version of stock mosh 1.x; an instruction with another one is discarded.
const Version = 2

// TransportInstruction takes the receiver from state Old to state New. spec/protocol.md, section 6.
type TransportInstruction struct {
	Version   uint32
	Old       uint64 // the state the diff starts from
	New       uint64 // the state it leads to; 2^64-1: shutdown
	Ack       uint64 // the highest state of the peer that the sender holds
	Throwaway uint64 // the lowest state of the sender that the peer still has to keep
	Diff      []byte // a UserMessage or HostMessage; empty: the states are equal
	Chaff     []byte // random padding
	// Probed is the number of the newest instruction that came as a probe of the path's largest datagram (feature size);
	// 0: none lately. Field 8, which stock ignores.
	Probed uint64
	// Fresh says that the window of the state New begins with this diff (feature window). Field 9.
	Fresh bool
}

// Append writes the seven fields of stock in ascending order, the empty ones too, as stock does.
func (t *TransportInstruction) Append(dst []byte) []byte {
	dst = t.appendNumbers(dst)
	dst = appendBytes(dst, 6, t.Diff)
	dst = appendBytes(dst, 7, t.Chaff)
	return t.appendOwn(dst)
}

// AppendTerse writes what an own peer with the feature terse understands as well: empty fields are left out.
func (t *TransportInstruction) AppendTerse(dst []byte) []byte {
	dst = t.appendNumbers(dst)
	if len(t.Diff) > 0 {
		dst = appendBytes(dst, 6, t.Diff)
	}
	if len(t.Chaff) > 0 {
		dst = appendBytes(dst, 7, t.Chaff)
	}
	return t.appendOwn(dst)
}

func (t *TransportInstruction) appendNumbers(dst []byte) []byte {
	dst = appendVarint(dst, 1, uint64(t.Version))
	dst = appendVarint(dst, 2, t.Old)
	dst = appendVarint(dst, 3, t.New)
	dst = appendVarint(dst, 4, t.Ack)
	return appendVarint(dst, 5, t.Throwaway)
}

// appendOwn writes the fields that stock does not have.
func (t *TransportInstruction) appendOwn(dst []byte) []byte {
	if t.Probed != 0 {
		dst = appendVarint(dst, 8, t.Probed)
	}
	if t.Fresh {
		dst = appendVarint(dst, 9, 1)
	}
	return dst
}

// ParseTransportInstruction reads one. Absent numbers are 0, absent octets empty; Diff and Chaff alias b.
func ParseTransportInstruction(b []byte) (TransportInstruction, error) {
	var t TransportInstruction
	numbers := [...]*uint64{2: &t.Old, 3: &t.New, 4: &t.Ack, 5: &t.Throwaway}
	err := eachField(b, func(f field) error {
		switch {
		case f.is(1, protowire.VarintType):
			t.Version = uint32(f.varint)
		case f.is(6, protowire.BytesType):
			t.Diff = f.octets
		case f.is(7, protowire.BytesType):
			t.Chaff = f.octets
		case f.is(8, protowire.VarintType):
			t.Probed = f.varint
		case f.is(9, protowire.VarintType):
			t.Fresh = f.varint != 0
		case f.typ == protowire.VarintType && f.num >= 2 && f.num <= 5:
			*numbers[f.num] = f.varint
		}
		return nil
	})
	if err != nil {
		return TransportInstruction{}, fmt.Errorf("transport instruction: %w", err)
	}
	return t, nil
}
