package vt

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"regexp"
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
		w, h, rare := 1+r.IntN(40), 1+r.IntN(12), 120
		whole, pieces := New(w, h, Options{}), New(w, h, Options{})
		for range 3 {
			p := manyLines(r, rare)
			n, _ := whole.Clone().unseen(p, 0, 0)
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

// TestPlainLines: many octets at a time are judged as one after the other.
func TestPlainLines(t *testing.T) {
	plain := regexp.MustCompile(`^([^\x00-\x08\x0b\x0c\x0e-\x1f]|\x1b\[[0-;]*m)*`)
	dense := 0
	check := func(p []byte) {
		t.Helper()
		want := len(plain.Find(p))
		n, lines := plainLines(p)
		if n != want || lines != bytes.Count(p[:n], []byte{'\n'}) {
			t.Fatalf("%d octets, %d lines of %q, of which %d are plain", n, lines, p, want)
		}
		if n := denseRenditions(p); n > want {
			t.Fatalf("%d octets at once of %q, of which %d are plain", n, p, want)
		} else if n > 0 {
			dense++
		}
	}
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 9))
		p := manyLines(r, 30<<r.IntN(8))
		for range 20 {
			p[r.IntN(len(p))] ^= byte(r.IntN(8) / 7 * r.IntN(256)) // now and then anything anywhere
			check(p[r.IntN(len(p)):])
		}
	}
	for _, s := range corpus.Streams() {
		for p := s.Make(3, 8<<10); len(p) > 0; p = p[min(len(p), 13):] {
			check(p[:min(len(p), 1<<10)])
		}
	}
	if dense == 0 {
		t.Error("nothing was judged at once")
	}
}

// TestLate: a flood that is carried out late, in pieces of the size that a pty gives and with whatever comes between,
// gives what its octets one by one give.
func TestLate(t *testing.T) {
	kept := 0
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 8))
		w, h, rare := 1+r.IntN(40), 1+r.IntN(12), 30<<r.IntN(10)
		flood, single := New(w, h, Options{}), New(w, h, Options{})
		for range 1 + r.IntN(60) {
			var p []byte
			for len(p) < 1500 {
				p = append(p, manyLines(r, rare)...)
			}
			if r.IntN(3) == 0 {
				p = append(p[:r.IntN(len(p))], "\x1b[6n"[:1+r.IntN(4)]...)
			}
			flood.Write(time.Time{}, p)
			for i := range p {
				single.Write(time.Time{}, p[i:i+1])
			}
			if len(flood.late) > 0 {
				kept++
			}
			if a, b := string(flood.AppendReplies(nil)), string(single.AppendReplies(nil)); a != b {
				t.Fatalf("seed %d: answers %q and %q", seed, a, b)
			}
			switch r.IntN(16) {
			case 0:
				w, h = 1+r.IntN(40), 1+r.IntN(12)
				flood.Resize(w, h)
				single.Resize(w, h)
			case 1:
				flood = flood.Clone()
			case 2:
				flood.Snapshot(time.Time{})
			}
		}
		a, b := flood.Snapshot(time.Time{}), single.Snapshot(time.Time{})
		if !a.Equal(b, true) || flood.cur != single.cur || flood.extra != single.extra || flood.last != single.last ||
			flood.join != single.join || flood.taken != single.taken {
			t.Fatalf("seed %d, %dx%d:\n%q %v %v\n%q %v %v", seed, w, h, text(a), flood.cur, flood.pen, text(b), single.cur, single.pen)
		}
		sound(t, flood)
	}
	if kept == 0 {
		t.Error("nothing was kept back")
	}
}

// manyLines is short lines of all that there may be in them, and each so many items something else.
func manyLines(r *rand.Rand, rare int) (b []byte) {
	items := []string{"\n", "\r", "\r\n", "\r\n", "\r\r\n", "\t", "中", "e\u0301", "👩\u200d👧", "\xe4\xb8", "\xff", "\x7f", "\u0085",
		"\x1b[m", "\x1b[0m", "\x1b[0;1m", "\x1b[1;4:3m", "\x1b[58:5:3m", "\x1b[38;5;1m", "\x1b[48;2;1;2;3m", "\x1b[;31m", "\x1b[:m"}
	others := []string{"\b", "\a", "\x0b", "\x0e", "\x0f", "\x1b[5;7r", "\x1b[r", "\x1b[H", "\x1b[?7l", "\x1b[?7h", "\x1b[4h", "\x1b[4l",
		"\x1b[?69h\x1b[2;5s", "\x1b[?69l", "\x1b(0", "\x1b(B", "\x1b[1\"q", "\x1b[2\"q", "\x1b]8;;x\a", "\x1b[?47h", "\x1b[?47l", "\x1b[3", "\x1b"}
	for range 20 + r.IntN(200) {
		switch r.IntN(rare) {
		case 0:
			b = append(b, others[r.IntN(len(others))]...)
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
