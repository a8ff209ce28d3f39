package vt

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"mosh/internal/corpus"
)

// TestUnseen: lines that scroll away within one write leave nothing behind that they do not leave when they are seen,
// written in pieces.
func TestUnseen(t *testing.T) {
	took := false
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 7))
		w, h := 1+r.IntN(40), 1+r.IntN(12)
		whole, pieces := New(w, h, Options{}), New(w, h, Options{})
		for range 3 {
			p := manyLines(r)
			n, _ := whole.Clone().unseen(p)
			took = took || n > 0
			whole.Write(time.Time{}, p)
			for rest := p; len(rest) > 0; {
				n := min(len(rest), 1+r.IntN(max(h, 2)))
				pieces.Write(time.Time{}, rest[:n])
				rest = rest[n:]
			}
			a, b := whole.Snapshot(time.Time{}), pieces.Snapshot(time.Time{})
			if !a.Equal(b, true) || whole.cur != pieces.cur || whole.extra != pieces.extra || whole.last != pieces.last ||
				whole.join != pieces.join || whole.taken != pieces.taken {
				t.Fatalf("seed %d, %dx%d, %q:\n%q %v %v\n%q %v %v", seed, w, h, p, text(a), whole.cur, whole.pen, text(b), pieces.cur, pieces.pen)
			}
			sound(t, whole)
		}
	}
	if !took {
		t.Error("no line was left out")
	}
}

// manyLines is short lines of all that there may be in them, and now and then something else.
func manyLines(r *rand.Rand) (b []byte) {
	items := []string{"\n", "\r", "\r\n", "\r\n", "\r\r\n", "\t", "中", "e\u0301", "👩\u200d👧", "\xe4\xb8", "\xff", "\x7f", "\u0085",
		"\x1b[m", "\x1b[0m", "\x1b[0;1m", "\x1b[1;4:3m", "\x1b[58:5:3m", "\x1b[38;5;1m", "\x1b[48;2;1;2;3m", "\x1b[;31m", "\x1b[:m"}
	rare := []string{"\b", "\a", "\x0b", "\x0e", "\x0f", "\x1b[5;7r", "\x1b[r", "\x1b[H", "\x1b[?7l", "\x1b[?7h", "\x1b[4h", "\x1b[4l",
		"\x1b[?69h\x1b[2;5s", "\x1b[?69l", "\x1b(0", "\x1b(B", "\x1b[1\"q", "\x1b[2\"q", "\x1b]8;;x\a", "\x1b[?47h", "\x1b[?47l", "\x1b[3", "\x1b"}
	for range 20 + r.IntN(200) {
		switch r.IntN(120) {
		case 0:
			b = append(b, rare[r.IntN(len(rare))]...)
		default:
			b = append(b, items[r.IntN(len(items))]...)
		}
		b = append(b, "some text"[:r.IntN(10)]...)
	}
	return b
}

// BenchmarkUnseen is the streams in one write each, with hardly anything to see.
func BenchmarkUnseen(b *testing.B) {
	for _, s := range corpus.Streams() {
		for _, size := range []int{4 << 10, 64 << 10} {
			data := s.Make(1, 1<<20)
			b.Run(fmt.Sprintf("%s-%d", s.Name, size>>10), func(b *testing.B) {
				t := New(80, 24, Options{})
				b.SetBytes(int64(len(data)))
				for b.Loop() {
					for p := data; len(p) > 0; p = p[min(len(p), size):] {
						t.Write(time.Time{}, p[:min(len(p), size)])
					}
				}
			})
		}
	}
}
