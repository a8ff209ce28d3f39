package session

import (
	"testing"
	"time"

	"mosh/internal/core/predict"
	"mosh/internal/corpus"
	"mosh/internal/simnet"
)

// BenchmarkFilm is a second of a full-screen program in true colour on a LAN: what both cores cost, to be profiled.
func BenchmarkFilm(b *testing.B) {
	link := func() *simnet.Link { return &simnet.Link{Delay: 200 * time.Microsecond} }
	s := New(Config{Seed: 1, Up: link(), Down: link(), Predict: predict.Never, Width: corpus.FilmWidth, Height: corpus.FilmHeight, NoWatch: true})
	if err := s.Run(time.Second); err != nil {
		b.Fatal(err)
	}
	frames := make([][]byte, corpus.FilmRate)
	for i := range frames {
		frames[i] = corpus.AppendFilm(nil, i)
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, f := range frames {
			s.Output(f)
			if err := s.Run(s.Elapsed() + time.Second/corpus.FilmRate); err != nil {
				b.Fatal(err)
			}
		}
	}
}
