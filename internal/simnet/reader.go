package simnet

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/adler32"
	"io"

	"mosh/internal/core/wire"
)

// Reader reads the instructions of one direction of a session, in the order sent, and those that are compressed against a
// window too (docs/extensions.md, feature window). It has its own idea of what the window of a state is.
type Reader struct {
	windows map[uint64]known
	flate   io.ReadCloser
}

// known is the window of a state, and the base it was sent from.
type known struct {
	octets []byte
	base   uint64
	twice  bool // from different bases: the receiver may have one window or another
}

// windowLength is how much of the diffs a window is, in octets.
const windowLength = 4096

// Read returns the instruction in b, a zlib stream or the instruction itself; its octets are the caller's.
func (r *Reader) Read(b []byte) (wire.TransportInstruction, error) {
	text, base, err := r.inflate(b)
	if err != nil {
		return wire.TransportInstruction{}, err
	}
	ins, err := wire.ParseTransportInstruction(text)
	if err != nil {
		return ins, err
	}
	if base != nil && uint32(ins.Old) != *base {
		return ins, fmt.Errorf("compressed against the window of %d, from state %d", *base, ins.Old)
	}
	r.learn(&ins)
	return ins, nil
}

func (r *Reader) inflate(b []byte) (text []byte, base *uint32, err error) {
	if len(b) > 0 && b[0] == 8 {
		return bytes.Clone(b), nil, nil
	}
	if len(b) < 6 || b[0] != 0x78 || binary.BigEndian.Uint16(b)%31 != 0 {
		return nil, nil, errors.New("no zlib stream")
	}
	var window []byte
	rest := b[2:]
	if b[1]&0x20 != 0 {
		name := binary.BigEndian.Uint32(rest)
		w, ok := r.windows[uint64(name)]
		if !ok || w.twice || len(w.octets) == 0 {
			return nil, nil, fmt.Errorf("compressed against the window of %d, which the receiver may not have", name)
		}
		base, window, rest = &name, w.octets, rest[4:]
	}
	src := bytes.NewReader(rest)
	if r.flate == nil {
		r.flate = flate.NewReader(src)
	}
	if err = r.flate.(flate.Resetter).Reset(src, window); err != nil {
		return nil, nil, err
	}
	if text, err = io.ReadAll(r.flate); err != nil {
		return nil, nil, err
	}
	if src.Len() < 4 || binary.BigEndian.Uint32(rest[len(rest)-src.Len():]) != adler32.Checksum(text) {
		return nil, nil, errors.New("checksum of a zlib stream")
	}
	return text, base, nil
}

func (r *Reader) learn(ins *wire.TransportInstruction) {
	if r.windows == nil {
		r.windows = map[uint64]known{0: {}}
	}
	for n := range r.windows {
		if n < ins.Throwaway {
			delete(r.windows, n)
		}
	}
	base := r.windows[ins.Old]
	if ins.Fresh {
		base = known{}
	}
	octets := append(bytes.Clone(base.octets), ins.Diff...)
	octets = octets[max(0, len(octets)-windowLength):]
	w, again := r.windows[ins.New]
	switch {
	case !again:
		w = known{octets: octets, base: ins.Old, twice: base.twice}
	case w.base != ins.Old || !bytes.Equal(w.octets, octets):
		w.twice = true
	}
	r.windows[ins.New] = w
}
