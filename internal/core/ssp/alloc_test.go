package ssp

import (
	"math/rand/v2"
	"testing"
	"time"

	"mosh/internal/core/datagram"
)

// Datagrams, fragments, compression and the lists of states use the same room again: nothing is allocated but the states.
func TestAllocations(t *testing.T) {
	now := epoch
	var log, screen typed
	rnd := rand.New(rand.NewPCG(1, 1))
	c := New(now, Config{Policy: Own, CollectDelay: time.Millisecond, Rand: rnd}, datagram.NewEndpoint(probeKey, datagram.ToServer), func() typed { return log }, 0, anything{})
	s := New(now, Config{Policy: Own, CollectDelay: 8 * time.Millisecond, Rand: rnd}, datagram.NewEndpoint(probeKey, datagram.ToClient), func() typed { return screen }, 0, anything{})
	var ds []Datagram
	sent := 0
	exchange := func() {
		if ds = c.AppendDatagrams(now, ds[:0]); len(ds) > 0 {
			sent++
		}
		for _, d := range ds {
			if err := s.HandleDatagram(now, probeAddr, false, d.B); err != nil {
				t.Fatal(err)
			}
		}
		ds = s.AppendDatagrams(now, ds[:0])
		for _, d := range ds {
			sent++
			if err := c.HandleDatagram(now, probeAddr, false, d.B); err != nil {
				t.Fatal(err)
			}
		}
	}
	key := func() {
		log++
		c.Changed(now)
		for range 30 {
			now = now.Add(10 * time.Millisecond)
			c.Advance(now)
			s.Advance(now)
			exchange()
		}
		screen = log
		s.Changed(now)
	}
	for range 100 {
		key()
	}
	sent = 0
	n := testing.AllocsPerRun(100, key)
	t.Logf("%v allocations for a key, its answer and the acks of both, in %d datagrams", n, sent/101)
	if n != 0 {
		t.Errorf("%v allocations for a key, its answer and the acks of both", n)
	}
	if n := testing.AllocsPerRun(100, func() { now = now.Add(time.Microsecond); exchange() }); n != 0 {
		t.Errorf("%v allocations for a turn with nothing due", n)
	}
	// Of compress/flate: a table for each code of more than nine bits. Packing allocates nothing.
	const tables = 8
	text := generate("words", 20000, 7)
	var d deflater
	var z inflater
	var out []byte
	pack := func() { out = d.append(out[:0], text) }
	unpack := func() {
		if _, err := z.inflate(out, nil); err != nil {
			t.Fatal(err)
		}
	}
	pack()
	unpack()
	if n := testing.AllocsPerRun(100, pack); n != 0 {
		t.Errorf("%v allocations for 20 kB packed", n)
	}
	if n := testing.AllocsPerRun(100, unpack); n > tables {
		t.Errorf("%v allocations for 20 kB unpacked, want at most %d", n, tables)
	}
}
