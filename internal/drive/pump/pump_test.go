package pump

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"

	"mosh/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

func TestReaderHandsOverAllInOrder(t *testing.T) {
	want := strings.Repeat("0123456789", 1000)
	for ahead := 1; ahead <= 4; ahead++ {
		r := NewReader(iotest.OneByteReader(strings.NewReader(want)), 77, ahead)
		var got []byte
		for b := range r.C() {
			runtime.Gosched() // let the reader go as far ahead as it may
			got = append(got, b...)
			r.Done()
		}
		if string(got) != want || r.Err() != io.EOF {
			t.Errorf("%d ahead: %d octets, error %v", ahead, len(got), r.Err())
		}
		r.Stop()
	}
}

// TestReaderReadsAhead: as far as it was told, and it never writes into a slice that the loop holds.
func TestReaderReadsAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const ahead = 3
		src := &counter{}
		r := NewReader(src, 1, ahead)
		for i := range 10 {
			synctest.Wait()
			if src.n != i+ahead {
				t.Errorf("%d reads when %d slices were given back", src.n, i)
			}
			b := <-r.C()
			synctest.Wait()
			if b[0] != byte(i) {
				t.Errorf("slice %d has %d", i, b[0])
			}
			r.Done()
		}
		r.Stop()
	})
}

// counter reads as 0, 1, 2 ...
type counter struct{ n int }

func (c *counter) Read(b []byte) (int, error) {
	b[0] = byte(c.n)
	c.n++
	return 1, nil
}

// TestReaderReadsOnlyWhenAsked: while the loop holds a slice nothing more is taken from the stream.
func TestReaderReadsOnlyWhenAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pr, pw := io.Pipe()
		r := NewReader(pr, 10, 1)
		var taken int
		go func() {
			for range 3 {
				if _, err := pw.Write([]byte("x")); err != nil {
					return
				}
				taken++
			}
		}()
		b := <-r.C()
		synctest.Wait()
		if string(b) != "x" || taken != 1 {
			t.Errorf("%d writes were taken while one slice is in the loop's hands", taken)
		}
		r.Done()
		<-r.C()
		synctest.Wait()
		if taken != 2 {
			t.Errorf("%d writes taken after the first was released", taken)
		}
		pr.Close()
		r.Stop()
	})
}

// onceReader returns data and an error in one call, as io.Reader allows.
type onceReader struct{ err error }

func (o onceReader) Read(b []byte) (int, error) { return copy(b, "last words"), o.err }

func TestReaderKeepsDataThatComesWithAnError(t *testing.T) {
	gone := errors.New("gone")
	r := NewReader(onceReader{gone}, 100, 1)
	if b := <-r.C(); string(b) != "last words" {
		t.Errorf("got %q", b)
	}
	r.Done()
	if _, ok := <-r.C(); ok || r.Err() != gone {
		t.Errorf("open %v, error %v", ok, r.Err())
	}
	r.Stop()
}

func TestReaderStopsWhereverItIs(t *testing.T) {
	t.Run("reading", func(t *testing.T) {
		pr, _ := io.Pipe()
		r := NewReader(pr, 10, 1)
		pr.Close()
		r.Stop()
	})
	t.Run("handing over", func(t *testing.T) {
		r := NewReader(strings.NewReader("x"), 10, 1)
		r.Stop()
		if _, ok := <-r.C(); ok {
			t.Error("a slice came after Stop")
		}
	})
	t.Run("slice in use", func(t *testing.T) {
		r := NewReader(strings.NewReader("x"), 10, 1)
		b := <-r.C()
		r.Stop()
		r.Stop()
		if string(b) != "x" {
			t.Errorf("slice changed to %q", b)
		}
	})
}

// slow takes a write only when it is allowed to.
type slow struct {
	gate chan error
	bytes.Buffer
}

func (s *slow) Write(b []byte) (int, error) {
	if err := <-s.gate; err != nil {
		return 0, err
	}
	return s.Buffer.Write(b)
}

func TestWriterIsFreeWhenTheStreamTookAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dst := &slow{gate: make(chan error)}
		w := NewWriter(dst)
		if err := <-w.Free(); err != nil {
			t.Fatal(err)
		}
		w.Write([]byte("frame"))
		synctest.Wait()
		select {
		case <-w.Free():
			t.Fatal("free while the stream has not taken the slice")
		default:
		}
		dst.gate <- nil
		if err := <-w.Free(); err != nil {
			t.Fatal(err)
		}
		w.Write(nil) // nothing to say after all
		if err := <-w.Free(); err != nil || dst.String() != "frame" {
			t.Fatalf("%q, error %v", dst.String(), err)
		}
		gone := errors.New("gone")
		w.Write([]byte("x"))
		dst.gate <- gone
		if err := <-w.Free(); err != gone {
			t.Errorf("error %v", err)
		}
		w.Stop()
		w.Stop()
	})
}
