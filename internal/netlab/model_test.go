package netlab

import (
	"encoding/binary"
	"math"
	"net/netip"
	"testing"
	"time"
)

const ms = time.Millisecond

// udp builds a UDP packet between client and server whose payload is n octets, the first two its number.
func udp(from, to netip.AddrPort, number uint16, n int, df bool) []byte {
	var b []byte
	n += 8
	if from.Addr().Is4() {
		b = appendIPv4(nil, protoUDP, from.Addr(), to.Addr(), n)
		if df {
			b[6] |= 0x40
			b[10], b[11] = 0, 0
			binary.BigEndian.PutUint16(b[10:], checksum(b[:20], 0))
		}
	} else {
		b = append(b, 0x60, 0, 0, 0, byte(n>>8), byte(n), protoUDP, 64)
		b = append(append(b, from.Addr().AsSlice()...), to.Addr().AsSlice()...)
	}
	at := len(b)
	b = binary.BigEndian.AppendUint16(b, from.Port())
	b = binary.BigEndian.AppendUint16(b, to.Port())
	b = binary.BigEndian.AppendUint16(b, uint16(n))
	b = binary.BigEndian.AppendUint16(b, 0)
	b = append(b, make([]byte, n-8)...)
	binary.BigEndian.PutUint16(b[at+8:], number)
	binary.BigEndian.PutUint16(b[at+6:], transportSum(b))
	return b
}

// transportSum computes the checksum of the transport header over the pseudo header; over a right packet it is 0.
func transportSum(b []byte) uint16 {
	h, _ := parse(b)
	sum := uint32(h.proto) + uint32(h.total-h.ip)
	for _, a := range [][]byte{h.src.AsSlice(), h.dst.AsSlice()} {
		for ; len(a) > 0; a = a[2:] {
			sum += uint32(binary.BigEndian.Uint16(a))
		}
	}
	return checksum(b[h.ip:h.total], sum)
}

var (
	client4 = netip.AddrPortFrom(ClientV4, 40000)
	server4 = netip.AddrPortFrom(ServerV4, 60001)
	client6 = netip.AddrPortFrom(ClientV6, 40000)
	server6 = netip.AddrPortFrom(ServerV6, 60001)
)

type delivery struct {
	at     time.Duration
	dir    Dir
	number uint16
	packet []byte
}

// drain steps the model through all that is under way.
func drain(m *model) (out []delivery) {
	for {
		at, ok := m.next()
		if !ok {
			return out
		}
		b, dir, ok := m.depart(at)
		if !ok {
			continue
		}
		d := delivery{at: at, dir: dir, packet: b}
		if h, ok := parse(b); ok && h.l4 != 0 {
			d.number = binary.BigEndian.Uint16(b[h.l4+8:])
		}
		out = append(out, d)
	}
}

func TestDelayAndRate(t *testing.T) {
	// 972 octets of payload are 1000 of IP: 8 ms each at 1 Mbit/s.
	m := newModel(Config{Up: Path{Delay: 50 * ms, Rate: 1e6, Queue: 3000}})
	for i := range uint16(5) {
		m.arrive(0, Up, udp(client4, server4, i, 972, false))
	}
	got := drain(m)
	if len(got) != 3 || m.dirs[Up].all.Fate[Overflow] != 2 {
		t.Fatalf("%d delivered and %v counted; a queue of 3000 octets holds 3", len(got), m.dirs[Up].all)
	}
	for i, d := range got {
		if want := 50*ms + time.Duration(i+1)*8*ms; d.at != want || d.number != uint16(i) {
			t.Errorf("delivery %d: number %d at %v, want at %v", i, d.number, d.at, want)
		}
	}
	// After 16 of 24 ms two have left: there is room for two.
	m.arrive(16*ms, Up, udp(client4, server4, 9, 972, false))
	if d := drain(m); len(d) != 1 || d[0].at != 82*ms {
		t.Errorf("after the queue had drained in part: %v", d)
	}
}

func TestCongestionIsMarked(t *testing.T) {
	for _, v6 := range []bool{false, true} {
		from, to := client4, server4
		if v6 {
			from, to = client6, server6
		}
		m := newModel(Config{Up: Path{Rate: 1e6, MarkAt: 1500}})
		for i := range uint16(3) {
			b := udp(from, to, i, 972, false)
			if v6 {
				b[1] |= 2 << 4
			} else {
				b[1] = 2
				b[10], b[11] = 0, 0
				binary.BigEndian.PutUint16(b[10:], checksum(b[:20], 0))
			}
			m.arrive(0, Up, b)
		}
		for i, d := range drain(m) {
			ce := d.packet[1]&3 == 3
			if v6 {
				ce = d.packet[1]>>4&3 == 3
			}
			if ce != (i == 2) {
				t.Errorf("IPv6 %v, packet %d: CE %v", v6, i, ce)
			}
			if !v6 && checksum(d.packet[:20], 0) != 0 {
				t.Errorf("packet %d: wrong header checksum after marking", i)
			}
		}
	}
}

func TestLossIsSeededPerFlow(t *testing.T) {
	const n = 20000
	fates := func(seed uint64, port uint16, others bool) (lost []bool) {
		m := newModel(Config{Seed: seed, Up: Path{Loss: 0.29}})
		m.trace = func(e Event) {
			if _, _, dst, _ := UDPPayload(e.Packet); dst == port {
				lost = append(lost, e.Fate == Lost)
			}
		}
		for i := range n {
			m.arrive(time.Duration(i)*ms, Up, udp(client4, netip.AddrPortFrom(ServerV4, port), 0, 10, false))
			if others {
				m.arrive(time.Duration(i)*ms, Up, udp(client4, netip.AddrPortFrom(ServerV4, 9), 0, 10, false))
			}
		}
		return lost
	}
	a, b, c := fates(1, 60001, false), fates(1, 60002, true), fates(2, 60001, false)
	count, differ, same := 0, 0, 0
	for i := range a {
		if a[i] {
			count++
		}
		if a[i] != b[i] {
			differ++
		}
		if a[i] == c[i] {
			same++
		}
	}
	if share := float64(count) / n; math.Abs(share-0.29) > 0.01 {
		t.Errorf("lost %.3f of all, want 0.29", share)
	}
	if differ != 0 {
		t.Errorf("two flows with one seed differ in %d fates", differ)
	}
	if same == n {
		t.Error("two seeds give the same fates")
	}
}

func TestBursts(t *testing.T) {
	run := func(m *model, start time.Duration) (lost []bool) {
		m.trace = func(e Event) { lost = append(lost, e.Fate == Burst) }
		for at := start; at < start+1000*time.Second; at += 10 * ms {
			m.arrive(at, Up, udp(client4, server4, 0, 10, false))
		}
		return lost
	}
	m := newModel(Config{Seed: 3, Up: Path{BurstLoss: 0.1, BurstLen: 300 * ms}})
	first := run(m, 0)
	m.reseed(2000*time.Second, 3)
	again := run(m, 2000*time.Second)
	count, length := 0, 0
	for i, l := range first {
		if l != again[i] {
			t.Fatalf("packet %d after a reseed meets another fate", i)
		}
		if l {
			count++
			length++
			continue
		}
		// Bursts may touch; alone each is 300 ms.
		if length != 0 && length < 29 {
			t.Errorf("a burst of %d packets 10 ms apart", length)
		}
		length = 0
	}
	if share := float64(count) / float64(len(first)); math.Abs(share-0.1) > 0.02 {
		t.Errorf("lost %.3f in bursts, want 0.1", share)
	}
}

func TestOrder(t *testing.T) {
	numbers := func(p Path, n int) (got []uint16, inversions int) {
		m := newModel(Config{Seed: 1, Up: p})
		for i := range n {
			m.arrive(time.Duration(i)*ms, Up, udp(client4, server4, uint16(i), 10, false))
		}
		for _, d := range drain(m) {
			if len(got) > 0 && d.number < got[len(got)-1] {
				inversions++
			}
			got = append(got, d.number)
		}
		return got, inversions
	}
	if got, inv := numbers(Path{Jitter: 30 * ms}, 1000); len(got) != 1000 || inv != 0 {
		t.Errorf("jitter: %d delivered, %d out of order", len(got), inv)
	}
	if got, inv := numbers(Path{Reorder: 0.1, ReorderBy: 5 * ms}, 1000); len(got) != 1000 || inv < 50 {
		t.Errorf("reordering: %d delivered, %d out of order", len(got), inv)
	}
	if got, _ := numbers(Path{Duplicate: 0.1}, 1000); len(got) < 1050 || len(got) > 1150 {
		t.Errorf("duplication of a tenth: %d of 1000 delivered", len(got))
	}
}

func TestMTU(t *testing.T) {
	cases := []struct {
		name     string
		v6, df   bool
		silent   bool
		up, down int // packets delivered
		fate     Fate
	}{
		{"v4 is fragmented", false, false, false, 2, 0, Delivered},
		{"v4 with DF is answered", false, true, false, 0, 1, TooBig},
		{"v6 is answered", true, false, false, 0, 1, TooBig},
		{"v4 black hole", false, false, true, 0, 0, TooBig},
		{"v6 black hole", true, false, true, 0, 0, TooBig},
	}
	for _, c := range cases {
		from, to := client4, server4
		if c.v6 {
			from, to = client6, server6
		}
		m := newModel(Config{Up: Path{MTU: 1000, Silent: c.silent}})
		var fate Fate
		m.trace = func(e Event) { fate = e.Fate }
		m.arrive(0, Up, udp(from, to, 7, 1200, c.df))
		var n [2]int
		for _, d := range drain(m) {
			n[d.dir]++
			h, ok := parse(d.packet)
			if !ok || h.total > 1000 && d.dir == Up {
				t.Errorf("%s: delivered %x", c.name, d.packet)
			}
			if !h.v6 && checksum(d.packet[:20], 0) != 0 {
				t.Errorf("%s: wrong header checksum", c.name)
			}
			if h.proto == protoICMP6 && transportSum(d.packet) != 0 {
				t.Errorf("%s: wrong ICMPv6 checksum", c.name)
			}
		}
		if n[Up] != c.up || n[Down] != c.down || fate != c.fate {
			t.Errorf("%s: %d up, %d down, %v; want %d, %d, %v", c.name, n[Up], n[Down], fate, c.up, c.down, c.fate)
		}
	}
}

func TestNAT(t *testing.T) {
	for _, pair := range [][2]netip.AddrPort{{client4, server4}, {client6, server6}} {
		client, server := pair[0], pair[1]
		m := newModel(Config{NAT: true})
		pass := func(dir Dir, b []byte) (src, dst uint16, ok bool) {
			m.arrive(0, dir, b)
			out := drain(m)
			if len(out) == 0 {
				return 0, 0, false
			}
			if transportSum(out[0].packet) != 0 {
				t.Error("wrong checksum after translation")
			}
			_, src, dst, ok = UDPPayload(out[0].packet)
			return src, dst, ok
		}
		outside, _, _ := pass(Up, udp(client, server, 1, 20, false))
		if outside == client.Port() {
			t.Error("the port is not translated")
		}
		if again, _, _ := pass(Up, udp(client, server, 1, 20, false)); again != outside {
			t.Error("a mapping is not kept")
		}
		back := netip.AddrPortFrom(client.Addr(), outside)
		if _, dst, ok := pass(Down, udp(server, back, 1, 20, false)); !ok || dst != client.Port() {
			t.Errorf("back to port %d, %v", dst, ok)
		}
		m.nat.forget()
		if _, _, ok := pass(Down, udp(server, back, 1, 20, false)); ok {
			t.Error("a forgotten mapping still passes")
		}
		if after, _, ok := pass(Up, udp(client, server, 1, 20, false)); !ok || after == outside {
			t.Errorf("after rebinding: port %d again", after)
		}
	}
}

func TestSwitches(t *testing.T) {
	m := newModel(Config{})
	send := func() Fate {
		var f Fate
		m.trace = func(e Event) { f = e.Fate }
		m.arrive(0, Down, udp(server4, client4, 0, 10, false))
		return f
	}
	m.cut = true
	if f := send(); f != Outage {
		t.Errorf("cut: %v", f)
	}
	m.cut = false
	send()
	m.cut = true
	if got := drain(m); len(got) != 0 {
		t.Errorf("%d packets that were under way passed a link that is down", len(got))
	}
	m.cut = false
	m.blocked[ClientV4] = true
	if f := send(); f != Blackhole {
		t.Errorf("blocked address: %v", f)
	}
	clear(m.blocked)
	m.dirs[Down].dropNext = 1
	if f, g := send(), send(); f != Forced || g != Delivered {
		t.Errorf("drop one: %v, %v", f, g)
	}
	if c := m.dirs[Down].flows[flow{protoUDP, 60001}]; c.Packets != 5 || c.Octets != 5*38 || c.Payload != 50 {
		t.Errorf("counted %+v", c.Count)
	}
}

func FuzzArrive(f *testing.F) {
	f.Add(udp(client4, server4, 1, 30, true))
	f.Add(udp(client6, server6, 1, 1400, false))
	f.Add(udp(client4, server4, 1, 1400, false)[:60])
	f.Fuzz(func(t *testing.T, b []byte) {
		m := newModel(Config{NAT: true, Up: Path{MTU: 600, Rate: 1e6, MarkAt: 1}})
		m.arrive(0, Up, append([]byte(nil), b...))
		m.arrive(0, Up, append([]byte(nil), b...))
		drain(m)
	})
}

func TestRouterMakesNoGarbage(t *testing.T) {
	m := newModel(Config{NAT: true, Up: Path{Delay: ms, Loss: 0.1}})
	b := udp(client4, server4, 1, 100, false)
	step := func() {
		m.arrive(0, Up, b)
		for {
			p, _, ok := m.depart(time.Second)
			if !ok {
				break
			}
			m.release(p)
		}
	}
	step()
	if n := testing.AllocsPerRun(1000, step); n != 0 {
		t.Errorf("%v allocations per packet", n)
	}
}
