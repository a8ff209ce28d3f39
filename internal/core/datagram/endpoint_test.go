package datagram

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"
)

var (
	testKey = NewKey([KeySize]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
	home    = netip.MustParseAddrPort("192.0.2.1:1000")
	away    = netip.MustParseAddrPort("[2001:db8::2]:2000")
)

func pair() (client, server *Endpoint) {
	return NewEndpoint(testKey, ToServer), NewEndpoint(testKey, ToClient)
}

func mustSeal(t testing.TB, e *Endpoint, now time.Time, payload string) []byte {
	t.Helper()
	b, err := e.AppendSeal(nil, now, []byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func mustOpen(t testing.TB, e *Endpoint, now time.Time, from netip.AddrPort, b []byte) string {
	t.Helper()
	p, err := e.Open(now, from, false, b)
	if err != nil {
		t.Fatal(err)
	}
	return string(p)
}

func TestKeyNeverPrints(t *testing.T) {
	holder := struct {
		K Key
		P *Key
	}{testKey, &testKey}
	js, err := json.Marshal(holder)
	if err != nil {
		t.Fatal(err)
	}
	outs := []string{testKey.String(), string(js)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%t"} {
		outs = append(outs, fmt.Sprintf(verb, testKey), fmt.Sprintf(verb, holder))
	}
	for _, s := range outs {
		if strings.Contains(s, testKey.Text()[:6]) || strings.Contains(s, "1 2 3") || strings.Contains(s, "010203") || !strings.Contains(s, "[key]") {
			t.Errorf("printed as %q", s)
		}
	}
	k := testKey
	k.Zero()
	if k.Text() != "AAAAAAAAAAAAAAAAAAAAAA" {
		t.Error("Zero leaves octets")
	}
}

// "seq starts at 0 and rises by 1 for every datagram sent"; 8 + 16 + 4 octets of overhead.
func TestSequence(t *testing.T) {
	c, s := pair()
	for i := range 3 {
		b := mustSeal(t, c, at(5), "abc")
		if len(b) != 3+Overhead || !bytes.Equal(b[:8], []byte{0, 0, 0, 0, 0, 0, 0, byte(i)}) {
			t.Fatalf("datagram %d: %x", i, b)
		}
	}
	if b := mustSeal(t, s, at(5), ""); !bytes.Equal(b[:8], []byte{0x80, 0, 0, 0, 0, 0, 0, 0}) {
		t.Fatalf("server's first: %x", b)
	}
}

// "an old or duplicated datagram may deliver payload but may never touch timestamps, RTT, liveness or the target address"
func TestLateChangesNothing(t *testing.T) {
	c, s := pair()
	old, newer := mustSeal(t, c, at(100), "old"), mustSeal(t, c, at(200), "new")
	mustOpen(t, s, at(250), away, newer)
	before := *s
	for _, b := range [][]byte{old, newer} {
		if p := mustOpen(t, s, at(900), home, b); p != "old" && p != "new" {
			t.Fatalf("payload %q", p)
		}
	}
	if s.Remote() != away || !s.LastHeard().Equal(at(250)) || s.held != before.held || s.expected != 2 || s.Stats().Late != 2 {
		t.Errorf("a late datagram changed the endpoint: %v %v %+v", s.Remote(), s.LastHeard(), s.held)
	}
	far := NewEndpoint(testKey, ToServer)
	far.nextSeq = 1 << 40
	mustOpen(t, s, at(1000), home, mustSeal(t, far, at(1000), "far"))
	if s.Remote() != home || s.expected != 1<<40+1 {
		t.Error("a sequence number far ahead must be accepted")
	}
}

// Nothing that does not authenticate changes anything but its counter.
func TestBadDatagrams(t *testing.T) {
	c, s := pair()
	mustOpen(t, s, at(10), home, mustSeal(t, c, at(10), "hello"))
	good := mustSeal(t, c, at(20), "more")
	forged := bytes.Clone(good)
	forged[20] ^= 1
	other := NewEndpoint(NewKey([KeySize]byte{9}), ToServer)
	cases := []struct {
		name  string
		b     []byte
		want  error
		count func(Stats) uint64
	}{
		{"empty", nil, ErrShort, func(s Stats) uint64 { return s.Short }},
		{"27 octets", good[:27], ErrShort, func(s Stats) uint64 { return s.Short }},
		{"cut", good[:30], ErrForged, func(s Stats) uint64 { return s.Forged }},
		{"flipped", forged, ErrForged, func(s Stats) uint64 { return s.Forged }},
		{"other key", mustSeal(t, other, at(20), "x"), ErrForged, func(s Stats) uint64 { return s.Forged }},
		{"own direction", mustSeal(t, s, at(20), "x"), ErrReflected, func(s Stats) uint64 { return s.Reflected }},
		{"2049 octets", make([]byte, 2049), ErrTooLong, func(s Stats) uint64 { return s.TooLong }},
		{"65507 octets", make([]byte, 65507), ErrTooLong, func(s Stats) uint64 { return s.TooLong }},
	}
	for _, x := range cases {
		before := *s
		p, err := s.Open(at(500), away, true, x.b)
		if !errors.Is(err, x.want) || p != nil {
			t.Errorf("%s: got %q, %v", x.name, p, err)
		}
		if x.count(s.stats) != x.count(before.stats)+1 {
			t.Errorf("%s is not counted: %+v", x.name, s.stats)
		}
		if s.expected != before.expected || s.remote != home || s.held != before.held || !s.lastHeard.Equal(at(10)) || s.rtt != before.rtt || s.loss != before.loss {
			t.Errorf("%s changed the endpoint", x.name)
		}
	}
	mustOpen(t, s, at(30), home, good)
}

// "the end terminates": 2^47 blocks, 63 bits of sequence; nothing is sent after it.
func TestKeyUsedUp(t *testing.T) {
	c, _ := pair()
	c.blocks = maxBlocks - 1
	mustSeal(t, c, at(0), "twelve octet") // 16 octets with the timestamps: one block
	if b, err := c.AppendSeal([]byte("x"), at(0), nil); !errors.Is(err, ErrKeyUsedUp) || string(b) != "x" {
		t.Errorf("block limit: %q, %v", b, err)
	}
	c, s := pair()
	c.nextSeq = 1<<63 - 1
	mustOpen(t, s, at(0), home, mustSeal(t, c, at(0), "last"))
	if _, err := c.AppendSeal(nil, at(0), nil); !errors.Is(err, ErrKeyUsedUp) {
		t.Errorf("sequence limit: %v", err)
	}
}

func TestRoundTripThroughEndpoints(t *testing.T) {
	c, s := pair()
	mustOpen(t, s, at(65530), home, mustSeal(t, c, at(65500), "")) // 30 ms there
	b := mustSeal(t, s, at(65560), "")                             // held 30 ms
	mustOpen(t, c, at(65600), home, b)                             // 40 ms back
	if got := c.RTT().SRTT(); got != 70*time.Millisecond {
		t.Errorf("SRTT %v, want 70ms", got)
	}
	mustOpen(t, c, at(65610), home, mustSeal(t, s, at(65570), "")) // a timestamp is answered once
	if got := c.RTT().Latest(); got != 70*time.Millisecond {
		t.Errorf("second sample %v from one timestamp", got)
	}
}

func TestAssociation(t *testing.T) {
	c, s := pair()
	if s.HasPeer() || !c.HasPeer() {
		t.Error("the client has a peer from the start, the server has none")
	}
	mustOpen(t, s, at(0), home, mustSeal(t, c, at(0), ""))
	s.Expire(at(40000))
	if !s.HasPeer() || s.Remote() != home {
		t.Error("detached at 40 s, not after")
	}
	s.Expire(at(40001))
	if s.HasPeer() || s.Remote().IsValid() {
		t.Error("still attached after 40 s")
	}
	mustOpen(t, s, at(50000), away, mustSeal(t, c, at(50000), ""))
	if !s.HasPeer() || s.Remote() != away {
		t.Error("does not attach again")
	}
}

func TestLoss(t *testing.T) {
	c, s := pair()
	for i := range 1000 {
		b := mustSeal(t, c, at(int64(i)), "")
		if i%4 != 0 {
			mustOpen(t, s, at(int64(i)), home, b)
		}
	}
	if l := s.Loss(); l < 0.15 || l > 0.35 {
		t.Errorf("loss %v, want about 0.25", l)
	}
}

// "seal and open: zero allocations"; a flood of garbage costs one failed decryption each.
func TestNoAllocations(t *testing.T) {
	c, s := pair()
	payload := make([]byte, 1200)
	buf := make([]byte, 0, MaxReceive)
	now := at(5)
	seal := func() []byte {
		b, err := c.AppendSeal(buf, now, payload)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if n := testing.AllocsPerRun(100, func() { seal() }); n != 0 {
		t.Errorf("seal allocates %v times", n)
	}
	if n := testing.AllocsPerRun(100, func() {
		if _, err := s.Open(now, home, false, seal()); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("open allocates %v times", n)
	}
	garbage := make([]byte, 1200)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := s.Open(now, home, false, garbage); err == nil {
			t.Fatal("garbage opens")
		}
	}); n != 0 {
		t.Errorf("garbage allocates %v times", n)
	}
}
