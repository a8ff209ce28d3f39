package simnet

import (
	"math"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"

	"mosh/internal/core/datagram"
	"mosh/internal/core/wire"
)

func TestLoss(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, l := range []*Link{{Loss: 0.29}, {BurstEvery: 3 * time.Second, BurstLength: 300 * time.Millisecond}} {
		want := l.Loss
		if l.BurstEvery > 0 {
			want = 0.1
		}
		for i := range 200000 {
			l.pass(Start.Add(time.Duration(i)*20*time.Millisecond), r, 100)
		}
		if got := float64(l.Dropped) / 200000; math.Abs(got-want) > 0.01 {
			t.Errorf("%+v: lost %v", l, got)
		}
	}
}

// A rate delays, a queue of octets drops, a mark marks, an MTU cuts.
func TestQueue(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	l := &Link{Delay: 10 * time.Millisecond, Rate: 1000, Queue: 500, Mark: 200, MTU: 300}
	var at []time.Duration
	var marks int
	for range 10 {
		for _, a := range l.pass(Start, r, 100-headers) {
			at = append(at, a.at.Sub(Start))
			if a.marked {
				marks++
			}
		}
	}
	if len(at) != 5 || at[0] != 110*time.Millisecond || at[4] != 510*time.Millisecond || marks != 3 || l.Dropped != 5 {
		t.Errorf("arrivals %v, %d marks, %d dropped", at, marks, l.Dropped)
	}
	if l.pass(Start.Add(time.Hour), r, 301-headers) != nil || l.pass(Start.Add(time.Hour), r, 300-headers) == nil {
		t.Error("MTU")
	}
}

// The watch must be able to fail.
func TestWatchBites(t *testing.T) {
	key := datagram.NewKey([16]byte{5})
	good := wire.TransportInstruction{Version: 2, New: 1, Diff: []byte("x")}
	cases := []struct {
		want string
		ins  wire.TransportInstruction
	}{
		{"never sent", wire.TransportInstruction{Version: 2, Old: 7, New: 8}},
		{"ack of state 3", wire.TransportInstruction{Version: 2, New: 2, Ack: 3}},
		{"throws away", wire.TransportInstruction{Version: 2, New: 2, Throwaway: 1}},
		{"two diffs", wire.TransportInstruction{Version: 2, New: 1, Diff: []byte("y")}},
		{"version 3", wire.TransportInstruction{Version: 3, New: 2}},
		{"state 0 after 1", wire.TransportInstruction{Version: 2}},
	}
	n := New(1, &Link{})
	for _, c := range cases {
		w := NewWatch(key)
		if err := w.instruction(datagram.ToServer, &good); err != nil {
			t.Fatal(err)
		}
		if err := w.instruction(datagram.ToServer, &c.ins); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("want %q, got %v", c.want, err)
		}
	}
	w := NewWatch(key)
	ep := datagram.NewEndpoint(key, datagram.ToServer)
	b, _ := ep.AppendSeal(nil, Start, []byte("0123456789zz"))
	d := Datagram{netip.AddrPort{}, netip.AddrPort{}, b}
	_ = w.Datagram(n, d)
	if err := w.Datagram(n, d); err == nil || !strings.Contains(err.Error(), "used twice") {
		t.Errorf("a nonce used twice: %v", err)
	}
	if err := w.Datagram(n, Datagram{B: make([]byte, 1253)}); err == nil {
		t.Error("a datagram of 1253 octets")
	}
}
