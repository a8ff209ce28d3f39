package ssp

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"mosh/internal/core/datagram"
	"mosh/internal/core/wire"
)

// typed is an object that has grown by so many octets.
type typed int

func (n typed) Equal(o typed) bool { return n == o }

func (n typed) AppendDiff(dst []byte, base typed) []byte {
	if n == base {
		return dst
	}
	return wire.AppendKeystroke(dst, letters[:n-base])
}

var letters = []byte("abcdefghijklmnopqrstuvwxyz")

// One typed key: the client's datagram, the server's acceptance, the server's echo, the client's acceptance.
func BenchmarkStep(b *testing.B) {
	now := epoch
	var log, screen typed
	rnd := rand.New(rand.NewPCG(1, 1))
	c := New(now, Config{Policy: Stock, CollectDelay: time.Millisecond, Rand: rnd}, datagram.NewEndpoint(probeKey, datagram.ToServer), func() typed { return log }, 0, anything{})
	s := New(now, Config{Policy: Stock, CollectDelay: 8 * time.Millisecond, Rand: rnd}, datagram.NewEndpoint(probeKey, datagram.ToClient), func() typed { return screen }, 0, anything{})
	var ds []Datagram
	b.ReportAllocs()
	for b.Loop() {
		log++
		now = now.Add(300 * time.Millisecond)
		c.Changed(now)
		now = now.Add(time.Millisecond)
		if ds = c.AppendDatagrams(now, ds[:0]); len(ds) != 1 || s.HandleDatagram(now, probeAddr, false, ds[0].B) != nil {
			b.Fatal(len(ds))
		}
		screen++
		s.Changed(now)
		now = now.Add(8 * time.Millisecond)
		if ds = s.AppendDatagrams(now, ds[:0]); len(ds) != 1 || c.HandleDatagram(now, probeAddr, false, ds[0].B) != nil {
			b.Fatal(len(ds))
		}
	}
}

func BenchmarkDeflate(b *testing.B) {
	for _, n := range []int{40, 500, 4000, 20000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			text := generate("words", n, 7)
			var d deflater
			var out []byte
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				out = d.append(out[:0], text)
			}
		})
	}
}

func BenchmarkInflate(b *testing.B) {
	for _, n := range []int{40, 500, 20000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var d deflater
			stream := d.append(nil, generate("words", n, 7))
			var z inflater
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := z.inflate(stream, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
