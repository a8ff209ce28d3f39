package datagram

import (
	"encoding/binary"
	"fmt"
	"testing"
)

func BenchmarkSeal(b *testing.B) {
	for _, n := range []int{100, 1200} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			c, _ := pair()
			payload, buf := make([]byte, n), make([]byte, 0, MaxReceive)
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.AppendSeal(buf, at(5), payload); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkOpen(b *testing.B) {
	for _, n := range []int{100, 1200} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			c, s := pair()
			d := mustSeal(b, c, at(5), string(make([]byte, n)))
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Open(at(5), home, false, d); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Garbage of the shape of a datagram: what a flood costs.
func BenchmarkOpenForged(b *testing.B) {
	for _, n := range []int{60, 1200} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			_, s := pair()
			d := make([]byte, n)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				binary.BigEndian.PutUint64(d, uint64(i)<<8)
				if _, err := s.Open(at(5), home, false, d); err == nil {
					b.Fatal("opens")
				}
			}
		})
	}
}

// The library behind the same octets, for docs/dependencies.md.
func BenchmarkLibrarySeal(b *testing.B) {
	for _, n := range []int{100, 1200} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			_, lib := newOCBs(b, make([]byte, 16))
			plain, buf := make([]byte, n), make([]byte, 0, MaxReceive)
			var nonce [12]byte
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				lib.Seal(buf, nonce[:], plain, nil)
			}
		})
	}
}
