// Package pump is the hand-over between an event loop and a slow stream: a goroutine that reads with one buffer in
// flight, and one that writes with one buffer in flight (docs/design.md, section 4). What the loop does not take
// stays in the kernel, what the stream does not take stays with the loop, and neither ever waits for the other.
package pump

import (
	"io"
	"slices"
	"sync"
)

// Reader reads a stream in a goroutine of its own.
type Reader struct {
	c    chan []byte
	free chan struct{} // a token for each buffer that may be read into
	stop chan struct{}
	once sync.Once
	wg   sync.WaitGroup
	err  error
}

// NewReader begins to read src, at most size octets at a time, into as many buffers as ahead says: with 1 it reads on
// only when the loop has done with what was read; with more it reads that far ahead while the loop is busy, which
// spares both a wait for each other at every slice of a flood.
func NewReader(src io.Reader, size, ahead int) *Reader {
	r := &Reader{c: make(chan []byte, ahead-1), free: make(chan struct{}, ahead), stop: make(chan struct{})}
	for range ahead {
		r.free <- struct{}{}
	}
	buf := make([]byte, size*ahead)
	r.wg.Go(func() { r.run(src, slices.Collect(slices.Chunk(buf, size))) })
	return r
}

// run fills the buffers in turn: tokens come back in the order in which slices went out.
func (r *Reader) run(src io.Reader, bufs [][]byte) {
	defer close(r.c)
	src = readerOf(src)
	for i := 0; ; i = (i + 1) % len(bufs) {
		select {
		case <-r.free:
		case <-r.stop:
			return
		}
		n, err := src.Read(bufs[i])
		for n == 0 && err == nil {
			n, err = src.Read(bufs[i])
		}
		if n > 0 {
			select {
			case r.c <- bufs[i][:n]:
			case <-r.stop:
				return
			}
		}
		if err != nil {
			r.err = err
			return
		}
	}
}

// C is where what was read arrives, never empty. Each slice is owed a Done. The channel is closed when the stream has
// ended; Err then tells why.
func (r *Reader) C() <-chan []byte { return r.c }

// Done gives the slice received first, of those not yet given back, to the reader, which reads on.
func (r *Reader) Done() { r.free <- struct{}{} }

// Err is the error that ended the stream, io.EOF at its regular end; nil if Stop ended it. It may be called once C is
// closed.
func (r *Reader) Err() error { return r.err }

// Stop ends the goroutine and waits for it. A Read that waits must have been ended before, by closing the stream.
// A slice received stays valid.
func (r *Reader) Stop() {
	r.once.Do(func() { close(r.stop) })
	r.wg.Wait()
}

// Writer writes to a stream in a goroutine of its own.
type Writer struct {
	c    chan []byte
	free chan error
	once sync.Once
	wg   sync.WaitGroup
}

// NewWriter returns a Writer that is free.
func NewWriter(dst io.Writer) *Writer {
	w := &Writer{c: make(chan []byte), free: make(chan error, 1)}
	w.free <- nil
	w.wg.Go(func() { w.run(dst) })
	return w
}

func (w *Writer) run(dst io.Writer) {
	dst = writerOf(dst)
	for b := range w.c {
		var err error
		if len(b) > 0 {
			_, err = dst.Write(b)
		}
		w.free <- err
	}
}

// Free yields a value when the writer can take the next slice: the error of the slice before, nil at first. Who has
// received it owes one Write. A loop that has nothing to write does not receive from it.
func (w *Writer) Free() <-chan error { return w.free }

// Write hands b over and returns at once. b must not be changed before Free yields again. It may be empty, to give
// back what was received from Free.
func (w *Writer) Write(b []byte) { w.c <- b }

// Stop ends the goroutine and waits for it; nothing may be written afterwards. A Write of the stream that waits must
// have been ended before, by closing the stream.
func (w *Writer) Stop() {
	w.once.Do(func() { close(w.c) })
	w.wg.Wait()
}
