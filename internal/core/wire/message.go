package wire

import (
	"errors"
	"fmt"
	"iter"

	"google.golang.org/protobuf/encoding/protowire"
)

// Field numbers inside an instruction.
const (
	fieldText      = 2 // keystroke, hostbytes
	fieldResize    = 3
	fieldEchoAck   = 7
	fieldExtension = 1000
)

// ErrSize is a resize without a positive width and height, which would end a stock peer.
var ErrSize = errors.New("resize must have a width and a height of at least 1")

// Kind is what an instruction of a message says.
type Kind uint8

// The kinds of instruction. Unknown ones are to be passed over.
const (
	Unknown      Kind = iota
	Keystroke         // UserMessage: Bytes
	HostBytes         // HostMessage: Bytes
	Resize            // Width, Height
	EchoAck           // HostMessage: EchoAck
	Extended          // Extension
	BadExtension      // an Extension beyond the limits of docs/extensions.md: to be counted and passed over
)

func (k Kind) String() string {
	return [...]string{"unknown", "keystroke", "hostbytes", "resize", "echoack", "extension", "bad extension"}[k]
}

// Instruction is one instruction of a UserMessage or HostMessage; Kind says which fields have a meaning.
type Instruction struct {
	Kind          Kind
	Bytes         []byte // aliases the message
	Width, Height int    // 1 to 2^31-1
	EchoAck       uint64
	Extension     Extension
}

// UserMessage is a serialized diff from client to server.
type UserMessage []byte

// HostMessage is a serialized diff from server to client.
type HostMessage []byte

// Instructions yields the instructions in order. After an error, which comes
// last, the whole message is to be refused.
func (m UserMessage) Instructions() iter.Seq2[Instruction, error] {
	return instructions("user message", m, Keystroke, false)
}

// Instructions yields the instructions in order. After an error, which comes
// last, the whole message is to be refused.
func (m HostMessage) Instructions() iter.Seq2[Instruction, error] {
	return instructions("host message", m, HostBytes, true)
}

func instructions(what string, b []byte, text Kind, echoAcks bool) iter.Seq2[Instruction, error] {
	return func(yield func(Instruction, error) bool) {
		for rest := b; len(rest) > 0; {
			f, next, err := consumeField(rest)
			rest = next
			var ins Instruction
			if err == nil {
				if !f.is(1, protowire.BytesType) {
					continue
				}
				ins, err = parseInstruction(f.octets, text, echoAcks)
			}
			if err != nil {
				yield(Instruction{}, fmt.Errorf("%s: %w", what, err))
				return
			}
			if !yield(ins, nil) {
				return
			}
		}
	}
}

// parseInstruction reads one instruction. Of several things in one, the first
// of text, resize, echo ack and extension counts, whatever their order (spec/protocol.md, section 8).
func parseInstruction(b []byte, text Kind, echoAcks bool) (Instruction, error) {
	var has [4]bool
	var ins Instruction
	var width, height int32
	var extension []byte
	err := eachField(b, func(f field) error {
		switch {
		case f.is(fieldText, protowire.BytesType):
			has[0] = true
			return eachField(f.octets, func(f field) error {
				if f.is(4, protowire.BytesType) {
					ins.Bytes = f.octets
				}
				return nil
			})
		case f.is(fieldResize, protowire.BytesType):
			has[1] = true
			return eachField(f.octets, func(f field) error {
				if f.is(5, protowire.VarintType) {
					width = int32(f.varint)
				} else if f.is(6, protowire.VarintType) {
					height = int32(f.varint)
				}
				return nil
			})
		case echoAcks && f.is(fieldEchoAck, protowire.BytesType):
			has[2] = true
			return eachField(f.octets, func(f field) error {
				if f.is(8, protowire.VarintType) {
					ins.EchoAck = f.varint
				}
				return nil
			})
		case f.is(fieldExtension, protowire.BytesType):
			has[3], extension = true, f.octets // our encoder writes one
		}
		return nil
	})
	switch {
	case err != nil:
		return Instruction{}, err
	case has[0]:
		ins.Kind = text
	case has[1]:
		if width < 1 || height < 1 {
			return Instruction{}, ErrSize
		}
		ins.Kind, ins.Width, ins.Height = Resize, int(width), int(height)
	case has[2]:
		ins.Kind = EchoAck
	case has[3]:
		ins.Kind = Extended
		if ins.Extension, err = ParseExtension(extension); err != nil {
			ins.Kind = BadExtension
		}
	}
	return ins, nil
}

// AppendKeystroke appends the instruction for these octets of user input to a UserMessage.
func AppendKeystroke(dst, keys []byte) []byte { return appendText(dst, keys) }

// AppendHostBytes appends the instruction for these host bytes to a HostMessage.
func AppendHostBytes(dst, b []byte) []byte { return appendText(dst, b) }

func appendText(dst, b []byte) []byte {
	inner := protowire.SizeTag(4) + protowire.SizeBytes(len(b))
	dst = appendHead(dst, 1, protowire.SizeTag(fieldText)+protowire.SizeBytes(inner))
	dst = appendHead(dst, fieldText, inner)
	return appendBytes(dst, 4, b)
}

// AppendResize appends the instruction for this size to either message. Both must be at least 1.
func AppendResize(dst []byte, width, height int) []byte {
	inner := protowire.SizeTag(5) + protowire.SizeVarint(uint64(width)) + protowire.SizeTag(6) + protowire.SizeVarint(uint64(height))
	dst = appendHead(dst, 1, protowire.SizeTag(fieldResize)+protowire.SizeBytes(inner))
	dst = appendHead(dst, fieldResize, inner)
	dst = appendVarint(dst, 5, uint64(width))
	return appendVarint(dst, 6, uint64(height))
}

// AppendEchoAck appends the echo ack instruction to a HostMessage.
func AppendEchoAck(dst []byte, n uint64) []byte {
	inner := protowire.SizeTag(8) + protowire.SizeVarint(n)
	dst = appendHead(dst, 1, protowire.SizeTag(fieldEchoAck)+protowire.SizeBytes(inner))
	dst = appendHead(dst, fieldEchoAck, inner)
	return appendVarint(dst, 8, n)
}

// AppendExtension appends the extension instruction to either message, after the stock ones.
func AppendExtension(dst []byte, e Extension) []byte {
	inner := e.Append(nil)
	dst = appendHead(dst, 1, protowire.SizeTag(fieldExtension)+protowire.SizeBytes(len(inner)))
	return appendBytes(dst, fieldExtension, inner)
}
