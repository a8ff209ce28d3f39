package probe

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"

	"mosh/internal/core/wire"
)

const (
	shutdown   = 1<<64 - 1
	headerSize = 10
	finalBit   = 1 << 15
	maxChunks  = 256     // of one instruction; a screen of our size needs fewer
	maxLength  = 1 << 20 // of an instruction, in octets
)

// appendFragment writes an instruction as one fragment, whatever its size (spec/protocol.md, section 5). It is not
// compressed, so that its length can be chosen.
func appendFragment(dst []byte, id uint64, instruction []byte) []byte {
	dst = binary.BigEndian.AppendUint64(dst, id)
	dst = binary.BigEndian.AppendUint16(dst, finalBit)
	b := bytes.NewBuffer(dst)
	w, _ := zlib.NewWriterLevel(b, zlib.NoCompression) // the level is valid
	w.Write(instruction)                               // a bytes.Buffer takes everything
	w.Close()
	return b.Bytes()
}

// assembly collects the fragments of one instruction at a time. The zero value is empty.
type assembly struct {
	id     uint64
	chunks map[int][]byte
	total  int // chunks of the whole; 0: not known yet
}

// add takes a payload and gives the instruction it completes. What makes no sense is dropped.
func (a *assembly) add(payload []byte) (wire.TransportInstruction, bool) {
	if len(payload) < headerSize {
		return wire.TransportInstruction{}, false
	}
	id, word := binary.BigEndian.Uint64(payload), binary.BigEndian.Uint16(payload[8:])
	if id != a.id || a.chunks == nil {
		*a = assembly{id: id, chunks: map[int][]byte{}}
	}
	number := int(word &^ finalBit)
	if word&finalBit != 0 {
		a.total = number + 1
	}
	if number >= maxChunks || a.total > maxChunks {
		return wire.TransportInstruction{}, false
	}
	a.chunks[number] = bytes.Clone(payload[headerSize:])
	if a.total == 0 || len(a.chunks) != a.total {
		return wire.TransportInstruction{}, false
	}
	var whole []byte
	for i := range a.total {
		whole = append(whole, a.chunks[i]...)
	}
	a.chunks = nil
	return parse(whole)
}

func parse(compressed []byte) (wire.TransportInstruction, bool) {
	zr, err := zlib.NewReader(bytes.NewReader(compressed))
	if err != nil {
		return wire.TransportInstruction{}, false
	}
	text, err := io.ReadAll(io.LimitReader(zr, maxLength))
	if err != nil {
		return wire.TransportInstruction{}, false
	}
	ins, err := wire.ParseTransportInstruction(text)
	return ins, err == nil && ins.Version == wire.Version
}
