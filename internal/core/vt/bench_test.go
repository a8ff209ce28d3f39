package vt

import (
	"testing"
	"time"

	"mosh/internal/corpus"
)

// BenchmarkWrite feeds each stream of the corpus in writes of 16 KiB, as they come from a pty.
func BenchmarkWrite(b *testing.B) {
	for _, s := range corpus.Streams() {
		data := s.Make(1, 1<<20)
		b.Run(s.Name, func(b *testing.B) {
			t := New(80, 24, Options{})
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				for p := data; len(p) > 0; p = p[min(len(p), 16<<10):] {
					t.Write(time.Time{}, p[:min(len(p), 16<<10)])
				}
			}
		})
	}
}

// BenchmarkSnapshot takes a snapshot of a large screen: alone, and with the copy of the line that the next
// character then makes.
func BenchmarkSnapshot(b *testing.B) {
	for _, c := range []struct{ name, write string }{{"alone", "\r"}, {"character", "x"}} {
		b.Run(c.name, func(b *testing.B) {
			t := New(200, 60, Options{})
			t.Write(time.Time{}, corpus.Redraw(1, 20000))
			change := []byte(c.write)
			b.ReportAllocs()
			for b.Loop() {
				t.Write(time.Time{}, change)
				t.Snapshot(time.Time{})
			}
		})
	}
}

// BenchmarkClone copies a terminal of the same size.
func BenchmarkClone(b *testing.B) {
	t := New(200, 60, Options{})
	t.Write(time.Time{}, corpus.Redraw(1, 20000))
	b.ReportAllocs()
	for b.Loop() {
		t.Clone()
	}
}

// BenchmarkEqual compares two frames that share all rows but one.
func BenchmarkEqual(b *testing.B) {
	t := New(200, 60, Options{})
	t.Write(time.Time{}, corpus.Redraw(1, 20000))
	f := t.Snapshot(time.Time{})
	t.Write(time.Time{}, []byte("x\b"))
	g := t.Snapshot(time.Time{})
	g.Cursor = f.Cursor
	b.ReportAllocs()
	for b.Loop() {
		f.Equal(g, true)
	}
}
