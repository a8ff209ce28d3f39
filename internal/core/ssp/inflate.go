package ssp

import (
	"bytes"
	"compress/zlib"
	"io"
)

const (
	// maxInstruction bounds an instruction in octets, uncompressed at the
	// receiver and compressed at the sender (protocol.md, section 5.1).
	maxInstruction = 4 << 20
	// keepScratch is the room that is kept between instructions; a chosen
	// figure: a full repaint fits, a large paste does not.
	keepScratch = 64 << 10
)

// inflater reads zlib streams. It keeps one reader of 40 kB for its life.
type inflater struct {
	src   bytes.Reader
	zr    io.ReadCloser
	limit io.LimitedReader
	out   bytes.Buffer
}

// inflate returns the text of a zlib stream, valid until the next call. What
// follows the stream is ignored; more than 4 MiB is refused before it takes more memory than that.
func (z *inflater) inflate(b []byte) ([]byte, error) {
	z.src.Reset(b)
	if err := z.reset(); err != nil {
		return nil, BadZlib
	}
	if z.out.Cap() > keepScratch {
		z.out = bytes.Buffer{}
	}
	z.out.Reset()
	z.limit = io.LimitedReader{R: z.zr, N: maxInstruction + 1}
	n, err := z.out.ReadFrom(&z.limit)
	switch {
	case err != nil:
		return nil, BadZlib
	case n > maxInstruction:
		return nil, TooLarge
	}
	return z.out.Bytes(), nil
}

func (z *inflater) reset() (err error) {
	if z.zr == nil {
		z.zr, err = zlib.NewReader(&z.src)
		return err
	}
	return z.zr.(zlib.Resetter).Reset(&z.src, nil)
}
