package simnet_test

import (
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"

	"mosh/internal/core/datagram"
	"mosh/internal/core/ssp"
	"mosh/internal/core/wire"
	"mosh/internal/simnet"
)

var (
	seedFlag  = flag.Uint64("seed", 0, "run only this seed of the random networks")
	traceFlag = flag.Bool("trace", false, "print the trace even if nothing fails")
)

// stream is what a user typed: it only grows.
type stream string

func (s stream) Equal(o stream) bool { return s == o }

func (s stream) AppendDiff(dst []byte, base stream) []byte {
	if !strings.HasPrefix(string(s), string(base)) {
		panic("diff from a stream that is no prefix")
	}
	if s == base {
		return dst
	}
	return wire.AppendKeystroke(dst, []byte(s[len(base):]))
}

func (s stream) Apply(diff []byte) (stream, error) {
	for ins, err := range wire.UserMessage(diff).Instructions() {
		if err != nil {
			return s, err
		}
		s += stream(ins.Bytes)
	}
	return s, nil
}

// screen is what a host shows: any content, diffs that fit one base only.
type screen string

func (s screen) hash() uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}

func (s screen) Equal(o screen) bool { return s == o }

func (s screen) AppendDiff(dst []byte, base screen) []byte {
	if s == base {
		return dst
	}
	return wire.AppendHostBytes(wire.AppendEchoAck(dst, base.hash()), []byte(s))
}

func (s screen) Apply(diff []byte) (screen, error) {
	for ins, err := range wire.HostMessage(diff).Instructions() {
		switch {
		case err != nil:
			return s, err
		case ins.Kind == wire.EchoAck && ins.EchoAck != s.hash():
			return s, errors.New("diff for another base")
		case ins.Kind == wire.HostBytes:
			s = screen(ins.Bytes)
		}
	}
	return s, nil
}

// session is a client and a server on a net. The server's screen shows how
// much it has read, and whatever draw is set to.
type session struct {
	*simnet.Net
	*simnet.Watch
	client *ssp.Transport[stream, screen]
	server *ssp.Transport[screen, stream]
	cEnd   *simnet.End
	sEnd   *simnet.End

	typed stream
	shown screen
	draw  string
	read  stream
}

var (
	clientAddr = netip.MustParseAddrPort("10.0.0.2:5000")
	roamAddr   = netip.MustParseAddrPort("10.9.9.9:6000")
	serverAddr = netip.MustParseAddrPort("10.0.0.1:60001")
	simKey     = datagram.NewKey([16]byte{1, 1, 2, 3, 5, 8})
)

// newSession runs all four pairs of policies, by the seed.
func newSession(seed uint64, up, down *simnet.Link) *session {
	s := &session{Net: simnet.New(seed, &simnet.Link{Down: true}), Watch: simnet.NewWatch(simKey)}
	for _, c := range []netip.AddrPort{clientAddr, roamAddr} {
		s.Connect(c.Addr(), serverAddr.Addr(), up)
		s.Connect(serverAddr.Addr(), c.Addr(), down)
	}
	chaff := func(n uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, n)) }
	s.client = ssp.New(simnet.Start, ssp.Config{Policy: ssp.Policy(seed & 1), CollectDelay: time.Millisecond, Rand: chaff(1)}, datagram.NewEndpoint(simKey, datagram.ToServer), func() stream { return s.typed }, "", screen(""))
	s.server = ssp.New(simnet.Start, ssp.Config{Policy: ssp.Policy(seed >> 1 & 1), CollectDelay: 8 * time.Millisecond, Rand: chaff(2)}, datagram.NewEndpoint(simKey, datagram.ToClient), func() screen { return s.shown }, "", stream(""))
	s.cEnd = &simnet.End{Transport: s.client, Local: clientAddr, Server: serverAddr}
	s.sEnd = &simnet.End{Transport: hosted{s.server, s}, Local: serverAddr}
	s.Add(s.cEnd, clientAddr)
	s.Add(s.sEnd, serverAddr)
	s.Net.Watch(s.Watch.Datagram)
	s.Check(func(*simnet.Net) error { return s.invariants() })
	s.press("R")
	return s
}

// hosted is the server's transport with the program behind it: what is read shows on the screen.
type hosted struct {
	*ssp.Transport[screen, stream]
	s *session
}

func (h hosted) HandleDatagram(now time.Time, from netip.AddrPort, ce bool, b []byte) error {
	err := h.Transport.HandleDatagram(now, from, ce, b)
	h.s.show(now)
	return err
}

func (s *session) show(now time.Time) {
	s.shown = screen(fmt.Sprintf("%d %s", len(s.server.Remote()), s.draw))
	s.server.Changed(now)
}

func (s *session) press(keys stream) {
	s.typed += keys
	s.client.Changed(s.Now)
}

// roam moves the client to another address.
func (s *session) roam(to netip.AddrPort) {
	s.Bind(s.cEnd.Local, nil)
	s.cEnd.Local = to
	s.Bind(to, s.cEnd)
}

// invariants: what was typed reaches the host once, in order, whole, and is
// never taken back; nothing of it is refused; no state is forgotten that is needed.
func (s *session) invariants() error {
	got := s.server.Remote()
	switch {
	case !strings.HasPrefix(string(s.typed), string(got)):
		return fmt.Errorf("the host read %.60q of %.60q", got, s.typed)
	case !strings.HasPrefix(string(got), string(s.read)):
		return fmt.Errorf("the host had read %.60q, now %.60q", s.read, got)
	}
	s.read = got
	cs, ss := s.client.Stats(), s.server.Stats()
	if n := cs.RefusedTotal() + ss.RefusedTotal() + cs.Forged + ss.Forged; n > 0 {
		return fmt.Errorf("%d refusals: %+v, %+v", n, cs, ss)
	}
	return nil
}

func (s *session) synced() bool {
	return s.server.Remote() == s.typed && s.client.Remote() == s.shown
}

// fail prints how to see it again.
func (s *session) fail(t *testing.T, seed uint64, err error) {
	t.Helper()
	t.Fatalf("seed %d: %v\nreplay with: go test ./internal/simnet -run %s -args -seed %d -trace\n%s", seed, err, t.Name(), seed, s.Trace())
}

func perfect() *simnet.Link { return &simnet.Link{Delay: 10 * time.Millisecond} }
