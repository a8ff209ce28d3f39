package session

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"mosh/internal/core/datagram"
	"mosh/internal/core/ssp"
	"mosh/internal/core/wire"
	"mosh/internal/simnet"
)

var strangerAddr = netip.MustParseAddrPort("10.6.6.6:666")

// running is a session that has exchanged a few keys, with what its client sent.
func running(t *testing.T) (s *Session, captured [][]byte) {
	t.Helper()
	up, down := quietLinks()
	s = New(Config{Seed: 3, Up: up, Down: down})
	s.Hostile = 1 << 40
	s.Net.Watch(func(_ *simnet.Net, d simnet.Datagram) error {
		if d.From == ClientAddr {
			captured = append(captured, bytes.Clone(d.B))
		}
		return nil
	})
	for i := range 5 {
		s.At(time.Second+time.Duration(i)*200*ms, func() { s.Type("k") })
	}
	if err := s.Run(4 * time.Second); err != nil {
		t.Fatal(err)
	}
	return s, captured
}

// "Unauthenticated datagrams of any size change nothing and cost at most one decryption", on both ends.
func TestGarbage(t *testing.T) {
	s, captured := running(t)
	r := rand.New(rand.NewPCG(9, 9))
	noise := make([]byte, 65507)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	var garbage [][]byte
	for n := 0; n <= 2100; n += 1 + n/50 {
		garbage = append(garbage, noise[:n])
	}
	garbage = append(garbage, noise[:4096], noise[:65507])
	valid := captured[len(captured)-1]
	for i := range valid { // cut and flipped
		flipped := bytes.Clone(valid)
		flipped[i] ^= 1 << r.IntN(8)
		garbage = append(garbage, valid[:i], flipped)
	}
	peer, _ := s.Server.Peer()
	next := [2]time.Time{s.Client.NextTimeout(), s.Server.NextTimeout()}
	before := [2]ssp.Stats{s.Client.Stats(), s.Server.Stats()}
	for _, b := range garbage {
		_ = s.Server.HandleDatagram(s.Now, strangerAddr, true, b)
		_ = s.Client.HandleDatagram(s.Now, 0, strangerAddr, true, b)
		if n := len(s.Server.AppendDatagrams(s.Now, nil)) + len(s.Client.AppendDatagrams(s.Now, nil)); n > 0 {
			t.Fatalf("%d datagrams in answer to %d octets of garbage", n, len(b))
		}
	}
	after := [2]ssp.Stats{s.Client.Stats(), s.Server.Stats()}
	for i := range after {
		tried := after[i].Forged - before[i].Forged
		if tried > uint64(len(garbage)) {
			t.Errorf("end %d: %d decryptions for %d datagrams", i, tried, len(garbage))
		}
		a := after[i]
		a.Forged, a.Short, a.TooLong, a.Reflected = before[i].Forged, before[i].Short, before[i].TooLong, before[i].Reflected
		if a != before[i] {
			t.Errorf("end %d: %+v became %+v", i, before[i], a)
		}
	}
	if now, _ := s.Server.Peer(); now != peer {
		t.Errorf("the server answers to %v", now)
	}
	if got := [2]time.Time{s.Client.NextTimeout(), s.Server.NextTimeout()}; got != next {
		t.Errorf("deadlines moved from %v to %v", next, got)
	}
}

// A replay from elsewhere neither moves the server's target nor types anything again.
func TestReplay(t *testing.T) {
	s, captured := running(t)
	peer, _ := s.Server.Peer()
	read := len(s.read)
	for _, b := range captured {
		_ = s.Server.HandleDatagram(s.Now, strangerAddr, false, b)
		for _, d := range s.Server.AppendDatagrams(s.Now, nil) {
			if d.To != peer {
				t.Fatalf("a datagram to %v", d.To)
			}
		}
	}
	if now, _ := s.Server.Peer(); now != peer || len(s.read) != read || len(s.Server.HostInput()) > 0 {
		t.Errorf("target %v, %d octets typed", now, len(s.read)-read)
	}
}

// A server that nobody spoke to says nothing, whatever comes.
func TestNoAmplifier(t *testing.T) {
	s := New(Config{Seed: 4, Up: &simnet.Link{Down: true}, Down: &simnet.Link{}})
	for i := range 3000 {
		now := s.Now.Add(time.Duration(i) * 10 * ms)
		_ = s.Server.HandleDatagram(now, strangerAddr, false, make([]byte, i))
		s.Server.HostOutput(now, []byte("x"))
		if out := s.Server.AppendDatagrams(now, nil); len(out) > 0 {
			t.Fatalf("%d datagrams to %v", len(out), out[0].To)
		}
	}
}

// attacker has the key and speaks for one end.
type attacker struct {
	ep  *datagram.Endpoint
	id  uint64
	num uint64
}

func (a *attacker) fragment(id uint64, word uint16, chunk []byte) []byte {
	p := binary.BigEndian.AppendUint64(nil, id)
	p = append(binary.BigEndian.AppendUint16(p, word), chunk...)
	b, err := a.ep.AppendSeal(nil, simnet.Start, p)
	if err != nil {
		panic(err)
	}
	return b
}

// raw cuts a compressed instruction into datagrams.
func (a *attacker) raw(compressed []byte) (out [][]byte) {
	a.id++
	for n := 0; ; n++ {
		k := min(1200, len(compressed))
		word := uint16(n)
		if k == len(compressed) {
			word |= 1 << 15
		}
		out = append(out, a.fragment(a.id, word, compressed[:k]))
		if compressed = compressed[k:]; len(compressed) == 0 {
			return out
		}
	}
}

func (a *attacker) deflated(text []byte) [][]byte {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	_, _ = w.Write(text)
	_ = w.Close()
	return a.raw(z.Bytes())
}

func (a *attacker) instruction(ins wire.TransportInstruction) [][]byte {
	ins.Version = wire.Version
	return a.deflated(ins.Append(nil))
}

// next is a state on top of state 0.
func (a *attacker) next(diff []byte) [][]byte {
	a.num++
	return a.instruction(wire.TransportInstruction{New: a.num, Diff: diff})
}

// repeated is n times what f appends, as far as an instruction may go.
func repeated(n int, f func([]byte) []byte) []byte {
	var b []byte
	for range n {
		if b = f(b); len(b) > 4<<20-200 {
			return b
		}
	}
	return b
}

// attacks are what a peer with the key may try; those for one direction only are passed over by the other.
func attacks(a *attacker) map[string]func(round int) [][]byte {
	return map[string]func(int) [][]byte{
		"zlib bomb":      func(int) [][]byte { return a.deflated(make([]byte, 64<<20)) },
		"4 MiB of zeros": func(int) [][]byte { return a.deflated(make([]byte, 4<<20)) },
		"4 MiB of chaff": func(int) [][]byte {
			return a.instruction(wire.TransportInstruction{New: 1 << 40, Chaff: make([]byte, 4<<20-64)})
		},
		"endless numbers": func(i int) [][]byte { return [][]byte{a.fragment(77, uint16(i)&0x7fff, make([]byte, 1200))} },
		"last fragment first": func(i int) [][]byte {
			return [][]byte{a.fragment(uint64(i), 0xffff, []byte("x")), a.fragment(uint64(i), 0x7ffe, []byte("x"))}
		},
		"numbers near 2^64": func(i int) [][]byte {
			var out [][]byte
			for _, n := range []uint64{1<<64 - 2, 1<<64 - 3, 1 << 63} {
				out = append(out, a.instruction(wire.TransportInstruction{New: n - uint64(i), Ack: n, Old: n, Throwaway: n})...)
				out = append(out, a.instruction(wire.TransportInstruction{New: n - uint64(i)<<32, Ack: 1<<64 - 1})...)
			}
			return out
		},
		"resizes of 2^31": func(i int) [][]byte {
			return a.next(repeated(400, func(b []byte) []byte { return wire.AppendResize(b, 1<<31-1, 1<<31-1) }))
		},
		"resizes amid keys": func(i int) [][]byte {
			n := 0
			return a.next(repeated(20000, func(b []byte) []byte {
				n++
				return wire.AppendKeystroke(wire.AppendResize(b, 4000+n%2, 128), []byte("k"))
			}))
		},
		"large screens": func(i int) [][]byte {
			return a.next(wire.AppendHostBytes(wire.AppendResize(nil, 4000+i%2, 128), []byte("\x1b#8")))
		},
		"empty instructions": func(int) [][]byte {
			return a.next(repeated(1<<21, func(b []byte) []byte { return append(b, 0x0a, 0) }))
		},
		"feature list": func(int) [][]byte {
			return a.next(wire.AppendExtension(nil, wire.Extension{Hello: &wire.Hello{Version: 1<<32 - 1, Features: 1<<64 - 1, Widths: 1<<32 - 1}}))
		},
		"long extension": func(int) [][]byte {
			return a.next(append([]byte{0x0a, 0x84, 0x80, 1, 0xc2, 0x3e, 0x80, 0x80, 1}, make([]byte, 1<<14)...))
		},
		"many states": func(int) [][]byte { return a.next(wire.AppendHostBytes(nil, []byte("\x1b#8"))) },
		"many keys":   func(int) [][]byte { return a.next(wire.AppendKeystroke(nil, make([]byte, 100<<10))) },
		"echo acks":   func(i int) [][]byte { return a.next(wire.AppendEchoAck(nil, 1<<63-uint64(i))) },
		"queries": func(int) [][]byte {
			return a.next(wire.AppendHostBytes(nil, bytes.Repeat([]byte("\x1b[c\x1b[6n\x1b[14t"), 3000)))
		},
		"endless string": func(int) [][]byte {
			return a.next(wire.AppendHostBytes(nil, append([]byte("\x1b]0;"), make([]byte, 1<<20)...)))
		},
		"clusters": func(int) [][]byte {
			return a.next(wire.AppendHostBytes(nil, bytes.Repeat([]byte("e\u0301\u0302"), 1<<16)))
		},
		"large counts": func(int) [][]byte {
			return a.next(wire.AppendHostBytes(nil, bytes.Repeat([]byte("x\x1b[2147483647b\x1b[2147483647L\x1b[99999999@\x1b[2147483647T"), 50)))
		},
		"no protobuf": func(int) [][]byte { return a.deflated([]byte{0xff, 0xff, 0xff}) },
		"no zlib":     func(int) [][]byte { return a.raw([]byte("not zlib at all")) },
	}
}

// memoryBound is what a hostile peer may make one end hold, beyond what it held, in octets: the weight of the
// states received (64 MiB), one instruction and its parts, the queue to the program.
const memoryBound = 140 << 20

// A peer with the key does its worst: memory stays bounded, the work is bounded by what was sent, nothing panics, and the
// end still runs or is over with a reason.
func TestHostilePeer(t *testing.T) {
	for _, d := range []datagram.Direction{datagram.ToServer, datagram.ToClient} {
		for name := range attacks(&attacker{}) {
			t.Run(fmt.Sprintf("%s/%s", d, name), func(t *testing.T) { hostile(t, d, name) })
		}
	}
}

func hostile(t *testing.T, d datagram.Direction, name string) {
	up, down := quietLinks()
	s := New(Config{Seed: 5, Up: up, Down: down, NoWatch: true})
	a := &attacker{ep: datagram.NewEndpoint(key, d)}
	attack := attacks(a)[name]
	rounds := 4 // each of up to 4 MiB
	if name == "many states" || name == "endless numbers" || name == "echo acks" {
		rounds = 150 // more than are kept
	}
	base := heap()
	worst := uint64(0)
	steps := 0
	for i := range rounds {
		now := s.Now.Add(time.Duration(i) * ms)
		for _, b := range attack(i) {
			if d == datagram.ToServer {
				_ = s.Server.HandleDatagram(now, strangerAddr, false, b)
				s.Server.HostWritten(now, len(s.Server.HostInput()))
				s.Server.TakeResize()
				steps += len(s.Server.AppendDatagrams(now, nil))
			} else {
				_ = s.Client.HandleDatagram(now, 0, ServerAddr, false, b)
				_ = s.Client.Frame(now)
				steps += len(s.Client.AppendDatagrams(now, nil))
			}
		}
		if i%30 == 29 || i == rounds-1 {
			worst = max(worst, heap())
		}
	}
	if worst > base+memoryBound {
		t.Errorf("memory grew by %d MB", (worst-base)>>20)
	}
	if steps > 200*rounds {
		t.Errorf("%d datagrams in %d ms", steps, rounds)
	}
	for _, st := range []ssp.Stats{s.Client.Stats(), s.Server.Stats()} {
		if st.KeptReceived > 130 || st.KeptSent > maxKeptSent {
			t.Errorf("%d received and %d sent states kept", st.KeptReceived, st.KeptSent)
		}
	}
	runtime.KeepAlive(s)
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
