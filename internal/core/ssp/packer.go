package ssp

import (
	"bytes"
	"math/rand/v2"

	"mosh/internal/core/datagram"
	"mosh/internal/core/wire"
)

// maxChaff is the longest random padding, in octets (spec/protocol.md, section 6).
const maxChaff = 16

// ownChaff is the longest that the own policy adds: enough to hide which of two keys with sequences of like
// length was pressed, at half the cost.
const ownChaff = 7

// plainLength is the length in octets up to which no instruction is worth compressing.
const plainLength = 40

// packer turns instructions into fragments: protobuf, zlib, cut to size, numbered.
type packer struct {
	limit int  // UDP payload, in octets
	small bool // the limit has been cut for good
	hole  bool // and for the next instruction
	probe int  // size of the datagram that the next instruction fills; 0: it is no probe
	id    uint64
	terse bool // the peer reads instructions that are not compressed

	deflater   deflater
	text       []byte // the serialized instruction, as in compressed
	scratch    []byte
	compressed []byte
	previous   header
	fragments  []fragment
	out        []byte
	random     [maxChaff]byte
	padding    []byte
}

// header is what two instructions must have in common to share an id. Section 5.2.
type header struct {
	version                  uint32
	old, new, ack, throwaway uint64
	chaff                    [maxChaff]byte
	chaffLen, limit          int
	windowed, terse          bool
}

func (p *packer) setLimit(n int) {
	if !p.small {
		p.limit = max(n, minPayload)
	}
}

// setFound sets the limit to what the search has found.
func (p *packer) setFound(n int) {
	if !p.small {
		p.limit = n
	}
}

// pack a probe: the chaff grows until the datagram has the size asked for, or almost.
func (p *packer) packProbe(r *rand.Rand, ins *wire.TransportInstruction, size int) []fragment {
	p.probe = size
	defer func() { p.probe = 0 }()
	n := size - 100
	for range 8 {
		for len(p.padding) < n {
			p.padding = append(p.padding, byte(r.Uint32()))
		}
		ins.Chaff = p.padding[:n]
		f := p.pack(ins, nil)
		miss := size - datagram.Overhead - fragmentHeader - len(p.compressed)
		if miss == 0 {
			return f
		}
		n += miss
	}
	ins.Chaff = p.padding[:n-searchStep/2]
	return p.pack(ins, nil)[:1]
}

func (p *packer) shrink() {
	p.limit = min(p.limit, PayloadSmall)
	p.small = true
}

// chaff is random padding of random length up to limit, valid until the next call.
func (p *packer) chaff(r *rand.Rand, limit uint8) []byte {
	if r == nil {
		return nil
	}
	n := uint8(r.Uint32()) % (limit + 1)
	for i := range p.random[:n] {
		p.random[i] = byte(r.Uint32())
	}
	return p.random[:n]
}

// pack returns the fragments, valid until the next call; window, of the state Old, is what they are compressed against,
// if it is not empty. The same instruction
// as the one before, under the same limit, keeps its id, so that what has
// arrived of it still counts; any other gets the next one.
func (p *packer) pack(ins *wire.TransportInstruction, window []byte) []fragment {
	limit := p.limit
	if p.probe > 0 {
		limit = p.probe
	} else if p.hole {
		limit = min(limit, PayloadSmall)
	}
	h := header{version: ins.Version, old: ins.Old, new: ins.New, ack: ins.Ack, throwaway: ins.Throwaway, chaffLen: min(len(ins.Chaff), maxChaff), limit: limit, windowed: len(window) > 0, terse: p.terse}
	copy(h.chaff[:], ins.Chaff)
	text := p.scratch[:0]
	if p.terse {
		text = ins.AppendTerse(text)
	} else {
		text = ins.Append(text)
	}
	if p.id == 0 || h != p.previous || !bytes.Equal(p.text, text) {
		p.id++
		p.previous = h
		p.compress(text, window, uint32(ins.Old))
		p.text, p.scratch = text, p.text
	} else {
		p.scratch = text
	}
	p.cut(limit - datagram.Overhead - fragmentHeader)
	return p.fragments
}

// compress leaves in p.compressed what is to be sent for text: itself if that is allowed and not longer.
func (p *packer) compress(text, window []byte, name uint32) {
	p.compressed = p.compressed[:0]
	switch {
	case p.terse && len(text) <= plainLength:
	case len(window) > 0:
		p.compressed = p.deflater.appendPrimed(p.compressed, text, window, name)
	default:
		p.compressed = p.deflater.append(p.compressed, text)
	}
	if p.terse && (len(p.compressed) == 0 || len(p.compressed) >= len(text)) {
		p.compressed = append(p.compressed[:0], text...)
	}
}

func (p *packer) cut(size int) {
	p.fragments = p.fragments[:0]
	rest := p.compressed
	for number := 0; ; number++ {
		n := min(size, len(rest))
		f := fragment{id: p.id, number: number, final: n == len(rest), chunk: rest[:n]}
		p.fragments = append(p.fragments, f)
		rest = rest[n:]
		if f.final {
			return
		}
	}
}

// payload is the datagram payload of a fragment, valid until the next call.
func (p *packer) payload(f fragment) []byte {
	p.out = f.append(p.out[:0])
	return p.out
}
