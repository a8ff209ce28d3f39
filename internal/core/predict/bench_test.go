package predict

import (
	"testing"
	"time"

	"mosh/internal/core/vt"
)

// busy is an engine on a wide screen, in the middle of a long line, with keys waiting.
func busy(tb testing.TB, rules Rules) (e *Engine, f *vt.Frame, now time.Time) {
	host := vt.New(200, 60, vt.Options{})
	now = time.Unix(1000, 0)
	e = New(Always, false, rules)
	for range 50 {
		host.Write(now, []byte("some text that the screen is full of, and more of it to the right\r\n"))
	}
	host.Write(now, []byte("$ "))
	e.Frame(now, host.Snapshot(now), 0, 0, 100*time.Millisecond)
	e.Keys(now, []byte("x"), 0, host.Snapshot(now))
	host.Write(now, []byte("x and a long line right of the cursor, which every key has to move, to its very end\x1b[51;4H"))
	f = host.Snapshot(now)
	e.Frame(now, f, 1, 1, 100*time.Millisecond)
	return e, f, now
}

// BenchmarkKey is a key in the middle of a line, up to 60 of which wait.
func BenchmarkKey(b *testing.B) {
	for name, rules := range map[string]Rules{"ours": Own, "stock": Stock} {
		b.Run(name, func(b *testing.B) {
			e, f, now := busy(b, rules)
			b.ReportAllocs()
			n := uint64(1)
			for b.Loop() {
				e.Keys(now, []byte("a"), n, f)
				if n++; n%60 == 0 {
					b.StopTimer()
					e.Reset()
					e.Frame(now, f, n, n, 100*time.Millisecond)
					b.StartTimer()
				}
			}
			if e.Stats().Predicted < b.N/2 {
				b.Errorf("%d of %d keys were predicted", e.Stats().Predicted, b.N)
			}
		})
	}
}

// BenchmarkFrame is a pass over a new frame and the painting of it, while 60 keys wait.
func BenchmarkFrame(b *testing.B) {
	for name, rules := range map[string]Rules{"ours": Own, "stock": Stock} {
		b.Run(name, func(b *testing.B) {
			e, f, now := busy(b, rules)
			for i := range 60 {
				e.Keys(now, []byte("a"), uint64(1+i), f)
			}
			frames := [2]*vt.Frame{f, f.Edit()}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				g := frames[i%2]
				e.Frame(now, g, 1, 1, 100*time.Millisecond)
				if e.Apply(g) == g {
					b.Fatal("nothing is shown")
				}
			}
		})
	}
}
