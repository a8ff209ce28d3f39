package vtparse

import (
	"strings"
	"testing"
)

func BenchmarkNext(b *testing.B) {
	for _, bb := range []struct{ name, unit string }{
		{"ascii", strings.Repeat("The quick brown fox jumps over the lazy dog. ", 3) + "\r\n"},
		{"long", strings.Repeat("x", 4000)},
		{"colour", "\x1b[32mINFO\x1b[0m \x1b[38;5;244m2026-11-25\x1b[0m \x1b[1;34mserver\x1b[m listening on :8080\r\n"},
		{"cjk", strings.Repeat("终端仿真器测试文本", 10) + "\r\n"},
		{"tui", "\x1b[12;40H\x1b[38;2;10;200;30;48;2;0;0;0mx\x1b[K"},
		{"title", "\x1b]0;user@host: ~/src\a$ "},
	} {
		b.Run(bb.name, func(b *testing.B) {
			in := []byte(strings.Repeat(bb.unit, 1+16384/len(bb.unit)))
			b.SetBytes(int64(len(in)))
			b.ReportAllocs()
			var p Parser
			for b.Loop() {
				for r := in; len(r) > 0; {
					_, n := p.Next(r)
					r = r[n:]
				}
			}
		})
	}
}
