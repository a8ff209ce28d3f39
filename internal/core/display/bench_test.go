package display

import (
	"testing"

	"mosh/internal/core/vt"
	"mosh/internal/corpus"
)

// frames returns a screen of 200x60 full of coloured text, and what a program made of it.
func frames(then string) (before, after *vt.Frame) {
	t := vt.New(200, 60, vt.Options{})
	t.Write(epoch, corpus.Log(1, 64<<10))
	t.Write(epoch, []byte("\r\n$ echo hell"))
	before = t.Snapshot(epoch)
	t.Write(epoch, []byte(then))
	return before, t.Snapshot(epoch)
}

func benchmarkDiff(b *testing.B, c Caps, before, after *vt.Frame) {
	var r Renderer
	dst := r.AppendDiff(nil, &c, before, after)
	b.ReportAllocs()
	b.ReportMetric(float64(len(dst)), "octets")
	for b.Loop() {
		dst = r.AppendDiff(dst[:0], &c, before, after)
	}
}

func BenchmarkTyped(b *testing.B) {
	before, after := frames("o")
	b.Run("own", func(b *testing.B) { benchmarkDiff(b, Own(), before, after) })
	b.Run("stock", func(b *testing.B) { benchmarkDiff(b, Stock(), before, after) })
}

func BenchmarkLine(b *testing.B) {
	before, after := frames("o\r\nhello\r\n$ ")
	b.Run("own", func(b *testing.B) { benchmarkDiff(b, Own(), before, after) })
	b.Run("stock", func(b *testing.B) { benchmarkDiff(b, Stock(), before, after) })
}

func BenchmarkOtherScreen(b *testing.B) {
	before, after := frames("\x1b[2J" + string(corpus.Log(2, 64<<10)))
	b.Run("own", func(b *testing.B) { benchmarkDiff(b, Own(), before, after) })
	b.Run("stock", func(b *testing.B) { benchmarkDiff(b, Stock(), before, after) })
}

func BenchmarkRepaint(b *testing.B) {
	_, after := frames("o")
	for _, k := range []struct {
		name string
		caps Caps
	}{{"own", Own()}, {"stock", Stock()}, {"terminal", Terminal()}} {
		b.Run(k.name, func(b *testing.B) {
			var r Renderer
			dst := r.AppendRepaint(nil, &k.caps, after)
			b.ReportAllocs()
			b.ReportMetric(float64(len(dst)), "octets")
			for b.Loop() {
				dst = r.AppendRepaint(dst[:0], &k.caps, after)
			}
		})
	}
}

// TestAllocations: "zero allocations in steady state" (issue 3).
func TestAllocations(t *testing.T) {
	for _, then := range []string{"o", "o\r\nhello\r\n$ ", "\x1b[2J" + string(corpus.Log(2, 64<<10))} {
		before, after := frames(then)
		for _, c := range []Caps{Own(), Stock(), Terminal()} {
			var r Renderer
			dst := r.AppendDiff(nil, &c, before, after)
			if n := testing.AllocsPerRun(20, func() { dst = r.AppendDiff(dst[:0], &c, before, after) }); n != 0 {
				t.Errorf("%.10q: %v allocations a diff", then, n)
			}
		}
	}
}
