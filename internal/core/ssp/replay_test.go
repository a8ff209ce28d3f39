package ssp

import (
	"bytes"
	"math"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"mosh/internal/core/datagram"
	"mosh/internal/core/wire"
)

// userLog is a user's object: an R is a resize to 80x24, all else octets.
type userLog string

func (u userLog) Equal(o userLog) bool { return u == o }

func (u userLog) AppendDiff(dst []byte, base userLog) []byte {
	added := string(u[len(base):])
	if strings.HasPrefix(added, "R") {
		dst, added = wire.AppendResize(dst, 80, 24), added[1:]
	}
	if added != "" {
		dst = wire.AppendKeystroke(dst, []byte(added))
	}
	return dst
}

// hostLog is a server's object that only ever grows.
type hostLog struct {
	text    string
	echoAck uint64
}

func (h hostLog) Equal(o hostLog) bool { return h == o }

func (h hostLog) AppendDiff(dst []byte, base hostLog) []byte {
	if h.echoAck != base.echoAck {
		dst = wire.AppendEchoAck(dst, h.echoAck)
	}
	if added := h.text[len(base.text):]; added != "" {
		dst = wire.AppendHostBytes(dst, []byte(added))
	}
	return dst
}

// anything is a remote object that takes every diff.
type anything struct{}

func (anything) Apply([]byte) (anything, error) { return anything{}, nil }

// lossSession replays session_loss_ipv4.json on the clock of its timestamps.
type lossSession struct {
	session
	clock []int64 // when each datagram was sent, in milliseconds
}

const (
	// Both processes and the relay ran on one machine: the relay's time plus this is the clock of the timestamps.
	clockOffset = 59171
	// A datagram arrives this long after its timestamp: 50 ms in the relay, the rest on the way.
	transit = 51
	// The relay was still starting when the very first datagram passed.
	firstTransit = 56
	// "stock's real intervals exceed the computed ... by 1-4 ms of wake-up latency"
	wakeUpLatency = 5
)

func readLossSession(t testing.TB) lossSession {
	s := lossSession{session: readSession(t, "session_loss_ipv4.json")}
	for _, d := range s.Datagrams {
		rough := int64(d.At) + clockOffset
		low := rough & 0xffff
		delta := (int64(d.Timestamp)-low+98304)%65536 - 32768
		s.clock = append(s.clock, rough+delta)
	}
	return s
}

func (s *lossSession) arrival(i int) int64 {
	if i == 0 {
		return s.clock[0] + firstTransit
	}
	return s.clock[i] + transit
}

// moment is something that happens at one end.
type moment struct {
	at   int64
	what func(now time.Time)
}

// replay drives one end through its moments and checks that it sends at the
// captured times what was captured, and nothing in between.
func replay[L Local[L]](t *testing.T, s *lossSession, direction int, tr *Transport[L, anything], moments []moment) {
	t.Helper()
	for i, d := range s.Datagrams {
		if d.Direction == direction {
			moments = append(moments, moment{s.clock[i], func(now time.Time) { s.expect(t, i, tr.AppendDatagrams(now, nil)) }})
			continue
		}
		if d.Delivered == nil || *d.Delivered {
			moments = append(moments, moment{s.arrival(i), func(now time.Time) {
				if err := tr.HandleDatagram(now, netip.AddrPort{}, false, d.Datagram); err != nil {
					t.Fatalf("datagram %d: %v", i, err)
				}
			}})
		}
	}
	slices.SortStableFunc(moments, func(a, b moment) int { return int(a.at - b.at) })
	before := time.UnixMilli(0)
	for _, m := range moments {
		// What is overdue when it becomes possible is due then.
		if due := tr.NextTimeout(); !due.IsZero() && later(due, before).Before(time.UnixMilli(m.at-wakeUpLatency)) {
			t.Fatalf("at %d: something was due at %d already", m.at, due.UnixMilli())
		}
		before = time.UnixMilli(m.at)
		m.what(time.UnixMilli(m.at))
	}
}

func (s *lossSession) expect(t *testing.T, i int, got []Datagram) {
	t.Helper()
	want := s.Datagrams[i]
	if len(got) != 1 {
		t.Fatalf("datagram %d: %d sent", i, len(got))
	}
	e := datagram.NewEndpoint(datagram.NewKey([16]byte(s.Key)), datagram.Direction(1-want.Direction))
	payload, err := e.Open(time.UnixMilli(0), netip.AddrPort{}, false, got[0].B)
	if err != nil {
		t.Fatal(err)
	}
	f, err := parseFragment(payload)
	if err != nil {
		t.Fatal(err)
	}
	var z inflater
	text, err := z.inflate(f.chunk, nil)
	if err != nil {
		t.Fatal(err)
	}
	ins, err := wire.ParseTransportInstruction(text)
	if err != nil {
		t.Fatal(err)
	}
	w := want.Instruction
	if ins.Old != w.Old || ins.New != w.New || ins.Ack != w.Ack || ins.Throwaway != w.Throwaway || !bytes.Equal(ins.Diff, w.Diff) {
		t.Fatalf("datagram %d: sent %d>%d ack %d throwaway %d %x, want %d>%d ack %d throwaway %d %x", i,
			ins.Old, ins.New, ins.Ack, ins.Throwaway, ins.Diff, w.Old, w.New, w.Ack, w.Throwaway, w.Diff)
	}
	if f.id != want.Fragment.ID || !bytes.Equal(got[0].B[:8], want.Datagram[:8]) {
		t.Errorf("datagram %d: fragment %d, nonce %x", i, f.id, got[0].B[:8])
	}
}

func (s *lossSession) endpoint(d datagram.Direction) *datagram.Endpoint {
	return datagram.NewEndpoint(datagram.NewKey([16]byte(s.Key)), d)
}

// chaff makes no two instructions in a row alike with this seed, as in the capture.
func chaff() *rand.Rand { return rand.New(rand.NewPCG(5, 5)) }

// relayTime is a time of the relay on the clock of the timestamps.
func relayTime(ms float64) int64 { return int64(math.Round(ms)) + clockOffset }

// The client's side of the loss capture: the same old, new, ack, throwaway and
// diff, each within the wake-up latency of our deadline.
func TestReplayLossClient(t *testing.T) {
	s := readLossSession(t)
	log := userLog("R")
	tr := New(time.UnixMilli(s.clock[0]), Config{Policy: Stock, CollectDelay: time.Millisecond, Rand: chaff()}, s.endpoint(datagram.ToServer),
		func() userLog { return log }, "", anything{})
	moments := []moment{{s.clock[0], tr.Changed}}
	for _, k := range []struct {
		at   float64
		keys userLog
	}{{3001.9, "a"}, {4502.2, "b"}, {4902.4, "c"}, {7202.9, "d"}, {9203.3, "\x15"}} {
		moments = append(moments, moment{relayTime(k.at), func(now time.Time) { log += k.keys; tr.Changed(now) }})
	}
	quit := len(s.Datagrams) - 3 // the first with the number of the shutdown
	moments = append(moments, moment{s.clock[quit] - 1, tr.StartShutdown})
	replay(t, &s, 0, tr, moments)
}

// The server's side: the terminal echoes at once, the echo ack follows 50 ms later.
func TestReplayLossServer(t *testing.T) {
	s := readLossSession(t)
	var screen hostLog
	tr := New(time.UnixMilli(s.clock[0]-20), Config{Policy: Stock, CollectDelay: 8 * time.Millisecond, Rand: chaff()}, s.endpoint(datagram.ToClient),
		func() hostLog { return screen }, hostLog{}, anything{})
	output := map[uint64]string{1: "\x1b[?25l\n$ \x1b[?25h\x1b[?2004h", 3: "a", 5: "b", 6: "c", 8: "d", 10: "\x1b[?25l\b\b\b\b\x1b[K\x1b[?25h"}
	var moments []moment
	seen := map[uint64]bool{}
	for i, d := range s.Datagrams {
		n := d.Instruction.New
		if d.Direction != 0 || !*d.Delivered || seen[n] || output[n] == "" {
			continue
		}
		seen[n] = true
		delay := int64(0)
		if n == 1 {
			delay = 20 // the shell starts
		}
		moments = append(moments,
			moment{s.arrival(i) + delay, func(now time.Time) { screen.text += output[n]; tr.Changed(now) }},
			moment{s.arrival(i) + 50, func(now time.Time) { screen.echoAck = n; tr.Changed(now) }})
	}
	replay(t, &s, 1, tr, moments)
}
