package ssp

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"mosh/internal/core/wire"
)

// Section 5.3, and what stock aborts on (section 5.4), which we refuse.
func TestAssembler(t *testing.T) {
	f := func(id uint64, number int, final bool, chunk string) fragment {
		return fragment{id, number, final, []byte(chunk)}
	}
	cases := []struct {
		name string
		in   []fragment
		want []string // delivered
		err  error    // of the last one
	}{
		{"single", []fragment{f(1, 0, true, "a")}, []string{"a"}, nil},
		{"repeated single is delivered again", []fragment{f(1, 0, true, "a"), f(1, 0, true, "a")}, []string{"a", "a"}, nil},
		{"in order", []fragment{f(1, 0, false, "a"), f(1, 1, false, "b"), f(1, 2, true, "c")}, []string{"abc"}, nil},
		{"any order", []fragment{f(1, 2, true, "c"), f(1, 0, false, "a"), f(1, 1, false, "b")}, []string{"abc"}, nil},
		{"duplicates", []fragment{f(1, 0, false, "a"), f(1, 0, false, "a"), f(1, 1, true, "b")}, []string{"ab"}, nil},
		{"a stray id destroys the assembly", []fragment{f(5, 0, false, "a"), f(4, 0, true, "x"), f(5, 1, true, "b")}, []string{"x"}, nil},
		{"complete again after delivery", []fragment{f(1, 0, false, "a"), f(1, 1, true, "b"), f(1, 1, true, "b"), f(1, 0, false, "a")}, []string{"ab", "ab"}, nil},
		{"id 2^64-1", []fragment{f(Shutdown, 0, true, "a")}, []string{"a"}, nil},
		{"same number, other octets", []fragment{f(7, 0, false, "a"), f(7, 0, false, "b")}, nil, FragmentConflict},
		{"same number, other final bit", []fragment{f(7, 0, false, "a"), f(7, 0, true, "a")}, nil, FragmentConflict},
		{"final below one held", []fragment{f(7, 5, false, "a"), f(7, 2, true, "b")}, nil, FragmentConflict},
		{"second final", []fragment{f(7, 2, true, "a"), f(7, 1, true, "b")}, nil, FragmentConflict},
		{"number above the final one", []fragment{f(7, 2, true, "a"), f(7, 3, false, "b")}, nil, FragmentConflict},
		{"highest number", []fragment{f(7, 1<<15-1, true, "z")}, nil, nil},
	}
	for _, c := range cases {
		var a assembler
		var got []string
		var err error
		for _, x := range c.in {
			var whole []byte
			var complete bool
			whole, complete, err = a.add(x)
			if complete {
				got = append(got, string(whole))
			}
		}
		if !slices.Equal(got, c.want) || !errors.Is(err, c.err) {
			t.Errorf("%s: delivered %q, %v", c.name, got, err)
		}
	}
}

// A peer with the key cannot make the slot hold more than an instruction may have.
func TestAssemblerBound(t *testing.T) {
	var a assembler
	chunk := make([]byte, 2000)
	var err error
	for n := range 1 << 15 {
		if _, _, err = a.add(fragment{9, n, false, chunk}); err != nil {
			break
		}
		if cap(a.text) > 2*maxInstruction {
			t.Fatalf("holds %d octets", cap(a.text))
		}
	}
	if !errors.Is(err, TooLarge) || len(a.text) != 0 {
		t.Errorf("%v, %d octets held", err, len(a.text))
	}
}

// Whatever the size and the limit, cutting and assembling is the identity, and no datagram is over the limit.
func TestCutAndAssemble(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var p packer
	for _, limit := range []int{PayloadIPv4, PayloadIPv6, PayloadSmall, 1} {
		p.setLimit(limit)
		for range 200 {
			ins := wire.TransportInstruction{Version: 2, New: r.Uint64(), Diff: []byte(generate("random", r.IntN(5000), r.Uint64()))}
			var a assembler
			fs := p.pack(&ins, nil)
			r.Shuffle(len(fs), func(i, j int) { fs[i], fs[j] = fs[j], fs[i] })
			for i, f := range fs {
				b := p.payload(f)
				if len(b)+28 > p.limit {
					t.Fatalf("payload of %d octets with limit %d", len(b), p.limit)
				}
				back, err := parseFragment(bytes.Clone(b))
				if err != nil {
					t.Fatal(err)
				}
				whole, complete, err := a.add(back)
				if err != nil || complete != (i == len(fs)-1) || complete && !bytes.Equal(whole, p.compressed) {
					t.Fatalf("fragment %d of %d: %v", i, len(fs), err)
				}
			}
		}
	}
}

// "Exception: an instruction identical to the previous one ... under the same size limit, reuses the id"
func TestIDs(t *testing.T) {
	var p packer
	p.setLimit(PayloadIPv4)
	ins := wire.TransportInstruction{Version: 2, Old: 1, New: 2, Diff: []byte("x")}
	id := func() uint64 { return p.pack(&ins, nil)[0].id }
	check := func(what string, want uint64) {
		t.Helper()
		if got := id(); got != want {
			t.Errorf("%s: id %d, want %d", what, got, want)
		}
	}
	check("first", 1)
	check("again", 1)
	ins.Chaff = []byte{1}
	check("other chaff", 2)
	ins.Ack = 5
	check("other ack", 3)
	check("again", 3)
	ins.Diff = []byte("y") // must not happen; a stock peer would abort on the same id
	check("other diff", 4)
	p.shrink()
	check("other limit", 5)
	p.setLimit(PayloadIPv4)
	if p.limit != PayloadSmall {
		t.Error("500 octets are for the rest of the session")
	}
}

// "Limit: 4 194 304 octets ... exactly 4 MiB is accepted, more is dropped"
func TestInflateLimit(t *testing.T) {
	var d deflater
	var z inflater
	exact := d.append(nil, make([]byte, maxInstruction))
	if b, err := z.inflate(exact, nil); err != nil || len(b) != maxInstruction {
		t.Errorf("4 MiB: %d octets, %v", len(b), err)
	}
	if _, err := z.inflate(d.append(nil, make([]byte, maxInstruction+1)), nil); !errors.Is(err, TooLarge) {
		t.Errorf("one more: %v", err)
	}
	if b, err := z.inflate(append(d.append(nil, []byte("small")), "trailer"...), nil); err != nil || string(b) != "small" {
		t.Errorf("after a large one, with a trailer: %q, %v", b, err)
	}
	if z.out.Cap() > keepScratch {
		t.Errorf("keeps %d octets", z.out.Cap())
	}
	for _, bad := range []string{"", "78", "789c", "6e6f74207a6c6962", hex.EncodeToString(exact[:100])} {
		b, _ := hex.DecodeString(bad)
		if _, err := z.inflate(b, nil); !errors.Is(err, BadZlib) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
