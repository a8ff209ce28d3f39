package server

import (
	"bytes"
	"math/rand/v2"
	"net/netip"
	"regexp"
	"testing"
	"time"

	"mosh/internal/core/datagram"
	"mosh/internal/core/ssp"
	"mosh/internal/core/statesync"
	"mosh/internal/core/wire"
	"mosh/internal/corpus"
)

// recorder is a client's mirror that keeps every diff it is given.
type recorder struct{ diffs *[][]byte }

func (r recorder) Apply(diff []byte) (recorder, error) {
	*r.diffs = append(*r.diffs, bytes.Clone(diff))
	return r, nil
}

// peerTest is a server with one client whose user stream the test writes by hand.
type peerTest struct {
	t      *testing.T
	now    time.Time
	server *Session
	client *ssp.Transport[statesync.UserInput, recorder]
	log    statesync.InputLog
	diffs  [][]byte
	more   bool
}

var clientAddr = netip.MustParseAddrPort("192.0.2.2:4000")

func newPeerTest(t *testing.T) *peerTest {
	p := &peerTest{t: t, now: time.Unix(1_000_000, 0)}
	key := datagram.NewKey([16]byte{7})
	rng := rand.New(rand.NewPCG(1, 2))
	p.server = New(p.now, Config{Width: 80, Height: 24, Program: "test 1", Rand: rng})
	p.server.AddPeer(p.now, key)
	p.client = ssp.New(p.now, ssp.Config{CollectDelay: time.Millisecond, Rand: rng},
		datagram.NewEndpoint(key, datagram.ToServer),
		func() (u statesync.UserInput) { u, p.more = p.log.Snapshot(p.client.Acked()); return u },
		statesync.UserInput{Log: &p.log}, recorder{&p.diffs})
	return p
}

// run lets d pass on a wire that loses nothing.
func (p *peerTest) run(d time.Duration) {
	p.t.Helper()
	for end := p.now.Add(d); p.now.Before(end); p.now = p.now.Add(time.Millisecond) {
		for _, out := range p.client.AppendDatagrams(p.now, nil) {
			if err := p.server.HandleDatagram(p.now, clientAddr, false, out.B); err != nil {
				p.t.Fatalf("server: %v", err)
			}
		}
		p.server.Advance(p.now)
		p.server.HostWritten(p.now, len(p.server.HostInput()))
		for _, out := range p.server.AppendDatagrams(p.now, nil) {
			if err := p.client.HandleDatagram(p.now, netip.AddrPort{}, false, out.B); err != nil {
				p.t.Fatalf("client: %v", err)
			}
		}
	}
}

// stockHostBytes is everything that stock's emulator is known to understand, and nothing that answers
// (spec/terminal.md, sections 2 and 5.12): text, a few controls, and these sequences.
var stockHostBytes = regexp.MustCompile(`^(?:[ -~\x{a0}-\x{10ffff}]|[\x07\x08\x0a\x0d\t]|` +
	`\x1b\[[0-9;]*[ABCDGHIJKLMPSTXZ@dfgmr` + "`" + `]|\x1b\[\?(?:5|25|2004|9|100[0-6]|1015)[hl]|\x1b\[4[hl]|\x1bM|` +
	`\x1b\](?:0|1|2);[^\x07\x1b]*\x07|\x1b\]52;c;[^\x07\x1b]*\x07)*$`)

// Without a hello from the client, every octet is one that stock could have sent or is known to take.
func TestNoHelloNothingNew(t *testing.T) {
	p := newPeerTest(t)
	p.log.AppendResize(statesync.Size{Width: 80, Height: 24})
	p.client.Changed(p.now)
	p.server.SetTTY(p.now, true, true)
	p.run(500 * time.Millisecond)
	for seed := range uint64(40) {
		p.server.HostOutput(p.now, corpus.Program(seed, 2000))
		p.server.SetTTY(p.now, seed%2 == 0, seed%3 == 0)
		p.run(300 * time.Millisecond)
	}
	p.server.HostOutput(p.now, []byte("\x1b[4:3mcurly\x1b[58:5:1m\x1b]8;;http://x/\x1b\\link\x1b]8;;\x1b\\\x1b[3 q\x1b[?1049h"+
		"\x1b[>1u\x1b[?1016h\x1b[2;9;53mX\x1b]4;1;#ff0000\x07A\x1b[20b"))
	p.run(300 * time.Millisecond)
	p.server.SetExit(p.now, wire.Exit{Status: 3})
	p.server.StartShutdown(p.now)
	p.run(time.Second)
	if len(p.diffs) < 20 {
		t.Fatalf("only %d diffs", len(p.diffs))
	}
	for _, d := range p.diffs {
		for ins, err := range wire.HostMessage(d).Instructions() {
			switch {
			case err != nil:
				t.Fatal(err)
			case ins.Kind == wire.Extended || ins.Kind == wire.Unknown || ins.Kind == wire.BadExtension:
				t.Fatalf("an instruction that stock does not have: %v in %x", ins.Kind, d)
			case ins.Kind == wire.HostBytes && !stockHostBytes.Match(ins.Bytes):
				t.Fatalf("host bytes that stock does not know: %q", ins.Bytes)
			}
		}
	}
}

// With a hello, the tty's state and the exit status arrive, each when it changes.
func TestHelloBringsTTYAndExit(t *testing.T) {
	p := newPeerTest(t)
	p.log.AppendHello(wire.Hello{Version: 1, Features: statesync.Features()})
	p.log.AppendResize(statesync.Size{Width: 80, Height: 24})
	p.client.Changed(p.now)
	p.server.SetTTY(p.now, true, true)
	p.run(500 * time.Millisecond)
	p.server.SetTTY(p.now, false, true)
	p.run(500 * time.Millisecond)
	p.server.SetExit(p.now, wire.Exit{Status: 3})
	p.server.StartShutdown(p.now)
	p.run(time.Second)
	var ttys []wire.TTY
	var exit *wire.Exit
	hellos := 0
	for _, d := range p.diffs {
		for ins := range wire.HostMessage(d).Instructions() {
			if ins.Kind != wire.Extended {
				continue
			}
			if ins.Extension.Hello != nil {
				hellos++
			}
			if ins.Extension.TTY != nil {
				ttys = append(ttys, *ins.Extension.TTY)
			}
			if ins.Extension.Exit != nil {
				exit = ins.Extension.Exit
			}
		}
	}
	if hellos == 0 || exit == nil || exit.Status != 3 {
		t.Errorf("hellos %d, exit %v", hellos, exit)
	}
	if len(ttys) < 2 || ttys[0] != (wire.TTY{Echo: true, Canonical: true}) || ttys[len(ttys)-1] != (wire.TTY{Canonical: true}) {
		t.Errorf("tty states %v", ttys)
	}
}

// What the program does not read waits, bounded: further client states are refused, not lost.
func TestProgramThatDoesNotRead(t *testing.T) {
	p := newPeerTest(t)
	p.log.AppendResize(statesync.Size{Width: 80, Height: 24})
	p.client.Changed(p.now)
	p.run(200 * time.Millisecond)
	big := bytes.Repeat([]byte("x"), 3<<20)
	total := 0
	exchange := func() {
		for range 400 {
			p.now = p.now.Add(5 * time.Millisecond)
			for _, out := range p.client.AppendDatagrams(p.now, nil) {
				_ = p.server.HandleDatagram(p.now, clientAddr, false, out.B)
			}
			p.server.Advance(p.now)
			for _, out := range p.server.AppendDatagrams(p.now, nil) {
				_ = p.client.HandleDatagram(p.now, netip.AddrPort{}, false, out.B)
			}
			if p.more {
				p.client.Changed(p.now)
			}
		}
	}
	for range 4 {
		p.log.AppendKeys(big)
		p.client.Changed(p.now)
		exchange()
	}
	if n := len(p.server.HostInput()); n > maxHostInput {
		t.Errorf("%d octets wait for the program", n)
	}
	for range 50 {
		n := len(p.server.HostInput())
		total += n
		p.server.HostWritten(p.now, n)
		if total == 4*len(big) {
			return
		}
		exchange()
	}
	t.Errorf("%d of %d octets reached the program", total, 4*len(big))
}
