//go:build !windows

package pty

import (
	"fmt"
	"testing"

	"mosh/internal/drive/pump"
)

// BenchmarkOutput is the way of a program's output to the loop: through the kernel's pty alone, and with the hand-over.
func BenchmarkOutput(b *testing.B) {
	script := fmt.Sprintf("stty raw; head -c %d /dev/zero", 20<<20)
	start := func(b *testing.B) *Pty {
		p, err := Start(Command{Path: "/bin/sh", Args: []string{"sh", "-c", script}, Env: env, Rows: 24, Cols: 80})
		if err != nil {
			b.Fatal(err)
		}
		_ = p.Release()
		b.SetBytes(20 << 20)
		return p
	}
	b.Run("read", func(b *testing.B) {
		buf := make([]byte, 16<<10)
		for b.Loop() {
			p := start(b)
			reads := 0
			for {
				if _, err := p.Read(buf); err != nil {
					break
				}
				reads++
			}
			b.ReportMetric(float64(reads), "reads")
			p.Close()
			<-p.Exited()
		}
	})
	for _, ahead := range []int{1, 4} {
		b.Run(fmt.Sprint("pump", ahead), func(b *testing.B) {
			for b.Loop() {
				p := start(b)
				r := pump.NewReader(p, 16<<10, ahead)
				n := 0
				for range r.C() {
					n++
					r.Done()
				}
				b.ReportMetric(float64(n), "reads")
				p.Close()
				<-p.Exited()
			}
		})
	}
}
