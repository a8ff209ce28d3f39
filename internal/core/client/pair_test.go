package client

import (
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"

	"mosh/internal/core/datagram"
	"mosh/internal/core/predict"
	"mosh/internal/core/server"
	"mosh/internal/core/ssp"
	"mosh/internal/core/vt"
)

// pair is a client and a server with a program that echoes, joined by a wire that loses nothing.
type pair struct {
	t      testing.TB
	now    time.Time
	client *Session
	server *server.Session
	typed  []byte // what the program read
	drop   bool
}

var (
	serverAddr = netip.MustParseAddrPort("192.0.2.1:60001")
	clientAddr = netip.MustParseAddrPort("192.0.2.2:4000")
)

func newPair(t testing.TB) *pair { return newPairWith(t, server.Config{}) }

func newPairWith(t testing.TB, cfg server.Config) *pair {
	p := &pair{t: t, now: time.Unix(1_000_000, 0)}
	key := datagram.NewKey([16]byte{1, 2, 3})
	rng := rand.New(rand.NewPCG(1, 2))
	cfg.Width, cfg.Height, cfg.Program, cfg.Rand = 80, 24, "test 1", rng
	p.server = server.New(p.now, cfg)
	p.server.AddPeer(p.now, key)
	p.client = New(p.now, Config{Key: key, Servers: []netip.AddrPort{serverAddr}, Width: 90, Height: 20,
		Predict: predict.Never, Escape: ParseEscape("", false), Rand: rng})
	return p
}

// run lets d pass, moving datagrams without delay.
func (p *pair) run(d time.Duration) { p.turns(d, p.exchange) }

// turns lets d pass, with a turn at each deadline.
func (p *pair) turns(d time.Duration, turn func()) {
	end := p.now.Add(d)
	for {
		turn()
		next := earliest(p.client.NextTimeout(), p.server.NextTimeout())
		if next.IsZero() || next.After(end) {
			p.now = end
			return
		}
		if next.After(p.now) {
			p.now = next
		}
	}
}

func (p *pair) exchange() {
	p.client.Advance(p.now)
	p.server.Advance(p.now)
	for _, d := range p.client.AppendDatagrams(p.now, nil) {
		if !p.drop {
			if err := p.server.HandleDatagram(p.now, clientAddr, false, d.B); err != nil {
				p.t.Fatalf("server refuses: %v", err)
			}
		}
	}
	if in := p.server.HostInput(); len(in) > 0 {
		p.typed = append(p.typed, in...)
		echo := strings.ReplaceAll(string(in), "\r", "\r\n")
		p.server.HostWritten(p.now, len(in))
		p.server.HostOutput(p.now, []byte(echo))
	}
	for _, d := range p.server.AppendDatagrams(p.now, []ssp.Datagram(nil)) {
		if !p.drop {
			if err := p.client.HandleDatagram(p.now, 0, serverAddr, false, d.B); err != nil {
				p.t.Fatalf("client refuses: %v", err)
			}
		}
	}
}

func line(f *vt.Frame, row int) string {
	var b []byte
	for _, c := range f.Rows[row].Cells {
		if c.Content.Empty() {
			b = append(b, ' ')
		}
		b = f.Interns.AppendContent(b, c.Content)
	}
	return strings.TrimRight(string(b), " ")
}

func TestKeysReachTheProgramAndComeBack(t *testing.T) {
	p := newPair(t)
	p.run(time.Second)
	if w, h, ok := p.server.TakeResize(); !ok || w != 90 || h != 20 {
		t.Errorf("the server was told %d by %d, %v", w, h, ok)
	}
	p.client.Keys(p.now, []byte("hello"))
	p.run(time.Second)
	if string(p.typed) != "hello" {
		t.Errorf("the program read %q", p.typed)
	}
	if got := line(p.client.Frame(p.now), 0); got != "hello" {
		t.Errorf("the user sees %q", got)
	}
}

func TestNothingTypedInAnOutageIsLost(t *testing.T) {
	p := newPair(t)
	p.run(time.Second)
	p.drop = true
	p.client.Keys(p.now, []byte("abc"))
	p.run(30 * time.Second)
	p.client.Keys(p.now, []byte("def"))
	p.run(10 * time.Second)
	if bar := line(p.client.Frame(p.now), 0); !strings.Contains(bar, "Last contact") {
		t.Errorf("no bar after 40 s: %q", bar)
	}
	p.drop = false
	p.run(5 * time.Second)
	if string(p.typed) != "abcdef" {
		t.Errorf("the program read %q", p.typed)
	}
	if got := line(p.client.Frame(p.now), 0); got != "abcdef" {
		t.Errorf("the user sees %q", got)
	}
}

func TestBothEndsEnd(t *testing.T) {
	p := newPair(t)
	p.run(time.Second)
	p.server.StartShutdown(p.now)
	p.run(time.Second)
	if r, done := p.client.Done(); !done || r != Clean {
		t.Errorf("client: %v %v", r, done)
	}
	if r, done := p.server.Done(); !done || r != server.ShutdownAcked {
		t.Errorf("server: %v %v", r, done)
	}
}

// A laptop that slept for hours: the first datagram after it leaves at once, from a new port, and what is
// typed arrives.
func TestSleep(t *testing.T) {
	p := newPair(t)
	p.run(time.Second)
	before := p.client.paths.current.ID
	p.now = p.now.Add(7 * time.Hour)
	p.client.Keys(p.now, []byte("x"))
	out := p.client.AppendDatagrams(p.now, nil)
	fresh := false
	for _, d := range out {
		fresh = fresh || d.Path.ID != before
	}
	if !fresh {
		t.Fatalf("%d datagrams at the moment of waking, none from a new port (the old path is %d)", len(out), before)
	}
	for _, d := range out {
		if err := p.server.HandleDatagram(p.now, clientAddr, false, d.B); err != nil {
			t.Fatal(err)
		}
	}
	p.run(time.Second)
	if string(p.typed) != "x" {
		t.Errorf("the program read %q", p.typed)
	}
}

// Until the server answers, what the system says of its addresses is told; one that only is silent may still answer.
func TestRefused(t *testing.T) {
	other := netip.MustParseAddrPort("[2001:db8::1]:60001")
	now := time.Unix(1_000_000, 0)
	c := New(now, Config{Key: datagram.NewKey([16]byte{1}), Servers: []netip.AddrPort{serverAddr, other}, Width: 90, Height: 20,
		Predict: predict.Never, Escape: ParseEscape("", false), Rand: rand.New(rand.NewPCG(1, 2))})
	now = now.Add(3 * time.Second)
	c.Advance(now)
	c.Refused(0)
	if text := line(c.Frame(now), 0); c.WasRefused() || !strings.Contains(text, "Nothing received from 2001:db8::1 on") {
		t.Errorf("one of two: %q", text)
	}
	c.Refused(1)
	if text := line(c.Frame(now), 0); !c.WasRefused() || !strings.Contains(text, "Nothing listens on 192.0.2.1, 2001:db8::1 UDP port 60001") {
		t.Errorf("both: %q", text)
	}
	p := newPair(t)
	p.client.Refused(0)
	p.run(time.Second)
	if text := line(p.client.Frame(p.now), 0); text != "" || p.client.WasRefused() {
		t.Errorf("after an answer: %q", text)
	}
	p.client.Refused(0)
	if text := line(p.client.Frame(p.now), 0); text != "" || p.client.WasRefused() {
		t.Errorf("in a session: %q", text)
	}
}
