package ssp

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/adler32"
	"io"
)

const (
	// maxInstruction bounds an instruction in octets, uncompressed at the
	// receiver and compressed at the sender (spec/protocol.md, section 5.1).
	maxInstruction = 4 << 20
	// keepScratch is the room that is kept between instructions; a chosen
	// figure: a full repaint fits, a large paste does not.
	keepScratch = 64 << 10
)

// inflater reads zlib streams. It keeps one reader of 40 kB for its life.
type inflater struct {
	src   bytes.Reader
	fr    io.ReadCloser
	limit io.LimitedReader
	out   bytes.Buffer
}

// Of a zlib header, RFC 1950, section 2.2.
const (
	methodMask   = 0x0f
	deflate      = 8
	maxWindowLog = 7 << 4
	presetFlag   = 0x20
	plainStart   = 1 << 3 // of an instruction: the key of its first field, a varint
)

func zlibHeader(b []byte) bool {
	return len(b) >= 2 && b[0]&methodMask == deflate && b[0]&^methodMask <= maxWindowLog && binary.BigEndian.Uint16(b)%31 == 0
}

// isCompressed tells a zlib stream from an instruction as it is, which own peers with the feature terse may send.
func isCompressed(b []byte) bool { return len(b) == 0 || b[0] != plainStart }

// presetName is the name of the window that a zlib stream was compressed against; ok is false if there was none.
func presetName(b []byte) (name uint32, ok bool) {
	if len(b) < 6 || !zlibHeader(b) || b[1]&presetFlag == 0 {
		return 0, false
	}
	return binary.BigEndian.Uint32(b[2:]), true
}

// inflate returns the text of a zlib stream, valid until the next call; window is what it was compressed against, empty
// for none. What follows the stream is ignored; more than 4 MiB is refused before it takes more memory than that.
func (z *inflater) inflate(b, window []byte) ([]byte, error) {
	head := 2
	if len(window) > 0 {
		head = 6
	}
	if !zlibHeader(b) || len(b) < head || (b[1]&presetFlag != 0) != (len(window) > 0) {
		return nil, BadZlib
	}
	z.src.Reset(b[head:])
	if err := z.reset(window); err != nil {
		return nil, BadZlib
	}
	if z.out.Cap() > keepScratch {
		z.out = bytes.Buffer{}
	}
	z.out.Reset()
	z.limit = io.LimitedReader{R: z.fr, N: maxInstruction + 1}
	n, err := z.out.ReadFrom(&z.limit)
	switch {
	case err != nil:
		return nil, BadZlib
	case n > maxInstruction:
		return nil, TooLarge
	case z.src.Len() < 4:
		return nil, BadZlib
	}
	if binary.BigEndian.Uint32(b[len(b)-z.src.Len():]) != adler32.Checksum(z.out.Bytes()) {
		return nil, BadZlib
	}
	return z.out.Bytes(), nil
}

func (z *inflater) reset(window []byte) error {
	if z.fr == nil {
		z.fr = flate.NewReader(&z.src)
	}
	return z.fr.(flate.Resetter).Reset(&z.src, window)
}
