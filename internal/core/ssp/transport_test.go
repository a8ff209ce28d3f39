package ssp

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"mosh/internal/core/datagram"
	"mosh/internal/core/wire"
)

// end is one transport on a virtual clock, with the peer's pen in the test's hand.
type end struct {
	t    *testing.T
	now  time.Time
	log  userLog
	tr   *Transport[userLog, userMirror]
	peer prober
	pk   packer
	got  []wire.TransportInstruction // sent so far
	at   []time.Duration             // and when, since the start
	size []int                       // datagrams of each
}

var epoch = time.UnixMilli(1_000_000)

func newEnd(t *testing.T, d datagram.Direction, delay time.Duration) *end {
	e := &end{t: t, now: epoch}
	e.tr = New(epoch, Config{Policy: Stock, CollectDelay: delay}, datagram.NewEndpoint(probeKey, d), func() userLog { return e.log }, "", userMirror{})
	e.peer = prober{datagram.NewEndpoint(probeKey, 1-d), epoch}
	e.pk.setLimit(PayloadIPv4)
	return e
}

func newClient(t *testing.T) *end { return newEnd(t, datagram.ToServer, time.Millisecond) }

func (e *end) key(s userLog) {
	e.log += s
	e.tr.Changed(e.now)
	e.take()
}

func (e *end) take() {
	e.t.Helper()
	ds := e.tr.AppendDatagrams(e.now, nil)
	if len(ds) == 0 {
		return
	}
	open := datagram.NewEndpoint(probeKey, 1-e.tr.ep.Direction())
	var a assembler
	for i, d := range ds {
		payload, err := open.Open(e.now, netip.AddrPort{}, false, d.B)
		if err != nil {
			e.t.Fatal(err)
		}
		f, _ := parseFragment(payload)
		whole, complete, err := a.add(fragment{f.id, f.number, f.final, slices.Clone(f.chunk)})
		if err != nil || complete != (i == len(ds)-1) {
			e.t.Fatalf("datagram %d of %d: %v", i, len(ds), err)
		}
		if complete {
			var z inflater
			text, err := z.inflate(whole, nil)
			if err != nil {
				e.t.Fatal(err)
			}
			ins, err := wire.ParseTransportInstruction(text)
			if err != nil {
				e.t.Fatal(err)
			}
			e.got, e.at, e.size = append(e.got, ins), append(e.at, e.now.Sub(epoch)), append(e.size, len(ds))
		}
	}
}

// run lets time pass, waking up at every deadline.
func (e *end) run(until time.Duration) {
	e.t.Helper()
	for range 100000 {
		due := e.tr.NextTimeout()
		if due.IsZero() || due.After(epoch.Add(until)) {
			e.now = epoch.Add(until)
			return
		}
		e.now = later(e.now, due)
		e.tr.Advance(e.now)
		e.take()
	}
	e.t.Fatal("spins")
}

// hear gives the transport an instruction of its peer.
func (e *end) hear(old, num, ack, throwaway uint64, diff []byte) error {
	e.t.Helper()
	e.peer.now = e.now
	ins := wire.TransportInstruction{Version: 2, Old: old, New: num, Ack: ack, Throwaway: throwaway, Diff: diff}
	var err error
	for _, f := range e.pk.pack(&ins, nil) {
		err = e.peer.send(e.t, e.tr.HandleDatagram, e.pk.payload(f))
	}
	e.take()
	return err
}

// log of what was sent, as "at old>new aA tT diff".
func (e *end) sent() string {
	var b strings.Builder
	for i, x := range e.got {
		num := fmt.Sprint(x.New)
		if x.New == Shutdown {
			num = "MAX"
		}
		ack := fmt.Sprint(x.Ack)
		if x.Ack == Shutdown {
			ack = "MAX"
		}
		u, err := userMirror{}.Apply(x.Diff)
		if err != nil {
			e.t.Fatal(err)
		}
		fmt.Fprintf(&b, "%d %d>%s a%s t%d %s\n", e.at[i].Milliseconds(), x.Old, num, ack, x.Throwaway, u.events)
	}
	return b.String()
}

func (e *end) want(lines ...string) {
	e.t.Helper()
	got := strings.Split(strings.TrimSuffix(e.sent(), "\n"), "\n")
	for i := range got {
		got[i] = strings.TrimSpace(got[i])
	}
	if !slices.Equal(got, lines) {
		e.t.Errorf("sent\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(lines, "\n"))
	}
	e.got, e.at, e.size = nil, nil, nil
}

// Section 7.10: "First client datagram: at once. Lost -> repeated only every
// 3000 ... sends at 0, 3, 6, 9, 12 s, then 16 shutdown instructions from 15 s"
func TestUnansweredClient(t *testing.T) {
	c := newClient(t)
	c.key("R")
	c.run(15 * time.Second)
	c.want("0 0>1 a0 t0 [80x24]", "3000 0>1 a0 t0 [80x24]", "6000 0>1 a0 t0 [80x24]", "9000 0>1 a0 t0 [80x24]", "12000 0>1 a0 t0 [80x24]", "15000 0>1 a0 t0 [80x24]")
	c.tr.StartShutdown(c.now)
	c.run(30 * time.Second)
	if len(c.got) != 16 || c.at[0] != 15250*time.Millisecond || c.at[15]-c.at[0] != 15*250*time.Millisecond {
		t.Errorf("shutdown: %d tries, first at %v, last at %v", len(c.got), c.at[0], c.at[15])
	}
	if !c.tr.ShutdownGaveUp() || c.tr.ShutdownAcked() || !c.tr.NextTimeout().IsZero() {
		t.Error("has not given up")
	}
}

// "First server datagram: answers at once with 0 => 1, ack 1", to nobody before.
func TestFirstServerAnswer(t *testing.T) {
	s := newEnd(t, datagram.ToClient, 8*time.Millisecond)
	s.key("ignored until there is a peer")
	if !s.tr.NextTimeout().IsZero() || s.tr.HasPeer() {
		t.Error("a server without a peer has no deadline")
	}
	s.log = ""
	s.run(500 * time.Millisecond)
	if err := s.hear(0, 1, 0, 0, wire.AppendResize(nil, 80, 24)); err != nil {
		t.Fatal(err)
	}
	s.want("500 0>1 a1 t0")
}

// "Data accepted -> ack leaves at the latest 100 ms after the first scheduling
// pass that follows; later data do not extend it"; "Empty diffs never hasten an ack"; heartbeat 3000.
func TestAckTiming(t *testing.T) {
	c := newClient(t)
	c.key("R")
	c.run(100 * time.Millisecond)
	_ = c.hear(0, 1, 1, 0, wire.AppendKeystroke(nil, []byte("x")))
	c.run(150 * time.Millisecond)
	_ = c.hear(1, 2, 1, 0, wire.AppendKeystroke(nil, []byte("y")))
	c.run(3100 * time.Millisecond)
	c.want("0 0>1 a0 t0 [80x24]", "200 1>2 a2 t1")
	_ = c.hear(2, 3, 2, 2, nil)
	c.run(3400 * time.Millisecond)
	c.want("3200 2>3 a3 t2")
}

// "Retransmissions of a state already held trigger no ack"
func TestNoAckForKnownState(t *testing.T) {
	c := newClient(t)
	c.key("R")
	_ = c.hear(0, 1, 1, 0, wire.AppendKeystroke(nil, []byte("x")))
	c.run(200 * time.Millisecond)
	c.want("0 0>1 a0 t0 [80x24]", "100 1>2 a1 t1")
	_ = c.hear(0, 1, 1, 0, wire.AppendKeystroke(nil, []byte("x")))
	c.run(3000 * time.Millisecond)
	c.want("")
	if c.tr.Remote().events != "x" || c.tr.RemoteNum() != 1 {
		t.Errorf("remote %q", c.tr.Remote().events)
	}
}

// Sent, not acknowledged: RTO + 100, then every frame interval; "Active retry
// lasts 10 s after the last appended peer state, then the 3 s heartbeat only".
func TestRetry(t *testing.T) {
	c := newClient(t)
	c.key("R")
	_ = c.hear(0, 1, 1, 0, nil) // no reply in it: RTO 1000, interval 250
	c.run(2000 * time.Millisecond)
	c.key("a")
	c.run(18 * time.Second)
	if c.at[1] != 2001*time.Millisecond || c.at[2] != 3101*time.Millisecond {
		t.Errorf("sent at %v and %v, want 2001 ms and 1100 ms later", c.at[1], c.at[2])
	}
	var late []time.Duration
	for _, at := range c.at {
		if at >= 10*time.Second {
			late = append(late, at)
		}
	}
	if len(late) != 2 || late[1]-late[0] != 3*time.Second {
		t.Errorf("after 10 s: %v", late)
	}
}

// "S keeps the 17 oldest and the 15 newest: after 61 unacknowledged states S = {0...16, 47...61}"; an ack for a deleted one is ignored.
func TestSentLimit(t *testing.T) {
	c := newClient(t)
	c.take() // state 1, empty
	for range 60 {
		c.run(c.now.Sub(epoch) + 300*time.Millisecond)
		c.key("a")
		c.run(c.now.Sub(epoch) + 2*time.Millisecond)
	}
	var nums []uint64
	for _, s := range c.tr.out.sent {
		nums = append(nums, s.num)
	}
	var want []uint64
	for n := range uint64(62) {
		if n <= 16 || n >= 47 {
			want = append(want, n)
		}
	}
	if !slices.Equal(nums, want) {
		t.Errorf("S = %v", nums)
	}
	for _, x := range []struct{ ack, oldest uint64 }{{30, 0}, {9999, 0}, {12, 12}, {5, 12}, {47, 47}, {61, 61}} {
		_ = c.hear(0, 1, x.ack, 0, nil)
		if got := c.tr.AckedNum(); got != x.oldest {
			t.Errorf("ack %d: S[0] = %d, want %d", x.ack, got, x.oldest)
		}
	}
	if c.tr.Acked() != c.log {
		t.Errorf("acked %q", c.tr.Acked())
	}
}

// Section 7.6: numbers may jump; older ones are inserted without an ack; a diff applies to any state held.
func TestReceiver(t *testing.T) {
	key := func(s string) []byte { return wire.AppendKeystroke(nil, []byte(s)) }
	c := newClient(t)
	steps := []struct {
		old, num, throwaway uint64
		diff                []byte
		err                 error
		newest              uint64
		events              string
		held                int
	}{
		{0, 500, 0, key("abc"), nil, 500, "abc", 2},
		{0, 100, 0, key("a"), nil, 500, "abc", 3},
		{100, 501, 0, key("bcd"), nil, 501, "abcd", 4},
		{100, 501, 0, key("zzz"), nil, 501, "abcd", 4},
		{77, 502, 0, key("x"), nil, 501, "abcd", 4},
		{501, 502, 502, key("x"), ThrowawayAboveOld, 501, "abcd", 4},
		{501, 502, 0, []byte{0xff}, BadDiff, 501, "abcd", 4},
		{501, 502, 500, key("e"), nil, 502, "abcde", 3},
		{500, 503, 500, nil, nil, 503, "abc", 4},
		{503, Shutdown - 1, 503, key("!"), nil, Shutdown - 1, "abc!", 2},
	}
	for i, s := range steps {
		if err := c.hear(s.old, s.num, 0, s.throwaway, s.diff); !errors.Is(err, s.err) {
			t.Errorf("step %d: %v", i, err)
		}
		if c.tr.RemoteNum() != s.newest || c.tr.Remote().events != s.events || len(c.tr.in.queue) != s.held {
			t.Errorf("step %d: %d %q, %d held", i, c.tr.RemoteNum(), c.tr.Remote().events, len(c.tr.in.queue))
		}
	}
}

// "Above 1024 entries one new state per 15 s is accepted (1026th entry at once, then one each 15 s)"; ours never holds more than twice that.
func TestQuench(t *testing.T) {
	c := newClient(t)
	for n := range uint64(1100) {
		_ = c.hear(0, n+1, 0, 0, nil)
	}
	if got := len(c.tr.in.queue); got != 1026 {
		t.Errorf("%d held, want 1026", got)
	}
	c.run(c.now.Sub(epoch) + 15*time.Second)
	_ = c.hear(0, 2000, 0, 0, nil)
	_ = c.hear(0, 2001, 0, 0, nil)
	if got := len(c.tr.in.queue); got != 1027 || c.tr.RemoteNum() != 2000 {
		t.Errorf("after 15 s: %d held, newest %d", got, c.tr.RemoteNum())
	}
	for n := range uint64(1500) {
		c.now = c.now.Add(15 * time.Second)
		_ = c.hear(0, 3000+n, 0, 0, nil)
	}
	if got := len(c.tr.in.queue); got != hardReceived || c.tr.in.queue[0].num != 0 {
		t.Errorf("%d held, oldest %d", got, c.tr.in.queue[0].num)
	}
	_ = c.hear(4000, 9000, 0, 4000, nil)
	if got := len(c.tr.in.queue); got > 502 || c.tr.RemoteNum() != 9000 {
		t.Errorf("after a throwaway: %d held", got)
	}
}

// Section 7.8, both roles.
func TestShutdown(t *testing.T) {
	c := newClient(t)
	c.key("R")
	_ = c.hear(0, 1, 1, 0, nil)
	c.run(time.Second)
	c.key("ab") // unacknowledged when the shutdown starts
	c.tr.StartShutdown(c.now)
	c.log += "not any more"
	c.tr.Changed(c.now)
	c.run(1250 * time.Millisecond)
	c.want("0 0>1 a0 t0 [80x24]", "1000 1>MAX a1 t1 ab", "1250 1>MAX a1 t1 ab")
	_ = c.hear(1, 2, Shutdown, 1, nil)
	if !c.tr.ShutdownAcked() || c.tr.ShutdownGaveUp() || !c.tr.NextTimeout().IsZero() {
		t.Error("not done")
	}

	p := newClient(t)
	p.key("R")
	p.run(time.Second)
	p.got, p.at, p.size = nil, nil, nil
	_ = p.hear(0, Shutdown, 1, 0, wire.AppendKeystroke(nil, []byte("last")))
	if !p.tr.PeerShutdown() {
		t.Error("the peer's shutdown is not acknowledged at once, a frame interval after the last transmission")
	}
	p.want("1000 1>2 aMAX t1")
	if p.tr.Remote().events != "last" || p.tr.RemoteNum() != Shutdown {
		t.Error("the last state is lost")
	}
}

// Both ends at once works.
func TestShutdownCrossing(t *testing.T) {
	c := newClient(t)
	c.key("R")
	_ = c.hear(0, 1, 1, 0, nil)
	c.run(time.Second)
	c.tr.StartShutdown(c.now)
	c.take()
	_ = c.hear(1, Shutdown, 1, 1, nil)
	_ = c.hear(1, Shutdown, Shutdown, 1, nil)
	if !c.tr.ShutdownAcked() {
		t.Error("not done")
	}
}

// Section 7.3: from the known state if that is not longer, or short and under 100 octets longer.
func TestProspectiveResend(t *testing.T) {
	for _, x := range []struct{ first, second, old int }{{98, 10, 1}, {120, 10, 2}, {1200, 1300, 2}, {900, 50, 2}, {0, 20, 1}} {
		c := newClient(t)
		c.key("R")
		_ = c.hear(0, 1, 1, 0, nil)
		c.run(time.Second)
		c.key(userLog(strings.Repeat("x", x.first)))
		c.run(1200 * time.Millisecond)
		c.key(userLog(strings.Repeat("y", x.second)))
		c.run(1400 * time.Millisecond)
		if got := c.got[len(c.got)-1].Old; got != uint64(x.old) {
			t.Errorf("%d octets unacknowledged, %d new: from state %d, want %d", x.first, x.second, got, x.old)
		}
	}
}

// A change of more than 4 MiB cannot be sent; the session stays alive without it.
func TestOversize(t *testing.T) {
	c := newClient(t)
	c.key("R")
	_ = c.hear(0, 1, 1, 0, nil)
	c.run(time.Second)
	c.key(userLog(strings.Repeat("x", maxInstruction)))
	c.run(10 * time.Second)
	s := c.tr.Stats()
	if s.Oversize == 0 || s.Oversize > 20 || len(c.got) != 4 {
		t.Errorf("%d attempts, %d instructions", s.Oversize, len(c.got))
	}
}

// toggle is an object that can come back to a state it had.
type toggle string

func (a toggle) Equal(b toggle) bool { return a == b }
func (a toggle) AppendDiff(dst []byte, base toggle) []byte {
	if a == base {
		return dst
	}
	return wire.AppendKeystroke(dst, []byte(a))
}

// An object that goes back to an acknowledged state is told so at once, not at the next heartbeat, and without spinning.
func TestBackToAcknowledged(t *testing.T) {
	now := epoch
	cur := toggle("A")
	tr := New(now, Config{Policy: Stock}, datagram.NewEndpoint(probeKey, datagram.ToServer), func() toggle { return cur }, "A", anything{})
	n := len(tr.AppendDatagrams(now, nil))
	for i, s := range []toggle{"B", "A"} {
		now = now.Add(time.Second)
		cur = s
		tr.Changed(now)
		if got := len(tr.AppendDatagrams(now, nil)); got != 1 {
			t.Errorf("change %d: %d datagrams", i, got)
		}
		n++
	}
	if due := tr.NextTimeout(); !due.After(now) || tr.SentNum() != 3 || n != 3 {
		t.Errorf("due %v at %v, sent %d", due, now, tr.SentNum())
	}
}

// "500 octets from the next instruction on, for the rest of the process"
func TestEMSGSIZE(t *testing.T) {
	c := newClient(t)
	c.key("R")
	_ = c.hear(0, 1, 1, 0, nil)
	noise := userLog(generate("random", 2000, 3))
	c.run(time.Second)
	c.key(noise)
	c.run(1500 * time.Millisecond)
	c.tr.ReportEMSGSIZE(c.now)
	c.key(noise)
	c.run(2 * time.Second)
	if c.size[1] != 2 || c.size[len(c.size)-1] < 5 {
		t.Errorf("datagrams per instruction: %v", c.size)
	}
}

// A session that has used its key up says so and stops.
func TestKeyUsedUp(t *testing.T) {
	c := newClient(t)
	c.key("R")
	if c.tr.Err() != nil {
		t.Fatal(c.tr.Err())
	}
	c.tr.err = datagram.ErrKeyUsedUp
	c.key("a")
	c.run(10 * time.Second)
	if len(c.got) != 1 || !c.tr.NextTimeout().IsZero() {
		t.Error("goes on")
	}
}

func TestDetach(t *testing.T) {
	s := newEnd(t, datagram.ToClient, 8*time.Millisecond)
	_ = s.hear(0, 1, 0, 0, wire.AppendResize(nil, 80, 24))
	s.run(100 * time.Second)
	if s.tr.HasPeer() || !s.tr.NextTimeout().IsZero() {
		t.Error("still attached")
	}
	if last := s.at[len(s.at)-1]; last <= 40*time.Second || last > 43*time.Second {
		t.Errorf("last datagram at %v: the first sent after 40 s is the last", last)
	}
	_ = s.hear(1, 2, 1, 1, nil)
	if !s.tr.HasPeer() || s.at[len(s.at)-1] != 100*time.Second {
		t.Error("does not answer when the client is back")
	}
}
