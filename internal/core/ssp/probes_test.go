package ssp

import (
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"mosh/internal/core/datagram"
	"mosh/internal/core/wire"
)

// userMirror and hostMirror read diffs as the states above do, as far as no terminal is needed.
type userMirror struct{ events string }

func (u userMirror) Apply(diff []byte) (userMirror, error) {
	for ins, err := range wire.UserMessage(diff).Instructions() {
		switch {
		case err != nil:
			return u, err
		case ins.Kind == wire.Keystroke:
			u.events += string(ins.Bytes)
		case ins.Kind == wire.Resize:
			u.events += fmt.Sprintf("[%dx%d]", ins.Width, ins.Height)
		}
	}
	return u, nil
}

type hostMirror struct {
	text    string
	echoAck uint64
}

func (h hostMirror) Apply(diff []byte) (hostMirror, error) {
	for ins, err := range wire.HostMessage(diff).Instructions() {
		switch {
		case err != nil:
			return h, err
		case ins.Kind == wire.HostBytes:
			h.text += string(ins.Bytes)
		case ins.Kind == wire.EchoAck && ins.EchoAck < h.echoAck:
			return h, errors.New("echo ack decreases")
		case ins.Kind == wire.EchoAck:
			h.echoAck = ins.EchoAck
		}
	}
	return h, nil
}

type probe struct {
	Name      string
	Fragments []octets `json:"fragments_hex"`
	Outcome   string
	Ack       uint64 `json:"ack_num_after"`
}

// prober sends crafted fragments to a transport.
type prober struct {
	ep  *datagram.Endpoint
	now time.Time
}

func (p *prober) send(t testing.TB, handle func(time.Time, netip.AddrPort, bool, []byte) error, payload []byte) error {
	t.Helper()
	b, err := p.ep.AppendSeal(nil, p.now, payload)
	if err != nil {
		t.Fatal(err)
	}
	return handle(p.now, netip.AddrPort{}, false, b)
}

var probeKey = datagram.NewKey([16]byte{3: 7})

var probeAddr = netip.MustParseAddrPort("192.0.2.1:4000")

// decidedAbove names the probes whose refusal needs a terminal; here they are taken.
var decidedAbove = map[string]bool{
	"host bytes with cursor position query (CSI 6 n)": true,
	"host bytes with device attributes query (CSI c)": true,
}

// check compares what stock did with what we do: what it accepts we accept,
// what it ignores we ignore, and what aborts it we refuse, count, and survive.
func (p *probe) check(t *testing.T, ackBefore, ack, refused uint64, lastErr error) {
	t.Helper()
	switch {
	case p.Outcome == "process aborts" && !decidedAbove[p.Name]:
		if ack != ackBefore || refused != 1 || lastErr == nil {
			t.Errorf("%s: ack %d, %d refusals, %v; stock aborts", p.Name, ack, refused, lastErr)
		}
	case p.Outcome == "process aborts":
		if ack != ackBefore+1 {
			t.Errorf("%s: ack %d", p.Name, ack)
		}
	default:
		if ack != p.Ack {
			t.Errorf("%s: ack %d, stock answers %d", p.Name, ack, p.Ack)
		}
	}
}

func readProbes(t *testing.T, name string) []probe {
	var v struct{ Probes []probe }
	readVectors(t, name, &v)
	if len(v.Probes) == 0 {
		t.Fatalf("%s is empty", name)
	}
	return v.Probes
}

func TestServerProbes(t *testing.T) {
	for _, p := range readProbes(t, "probes_server.json") {
		now := time.UnixMilli(1000)
		tr := New(now, Config{}, datagram.NewEndpoint(probeKey, datagram.ToClient), func() hostLog { return hostLog{} }, hostLog{}, userMirror{})
		c := prober{datagram.NewEndpoint(probeKey, datagram.ToServer), now}
		first := wire.TransportInstruction{Version: 2, New: 1, Diff: wire.AppendResize(nil, 80, 24)}
		var pk packer
		pk.setLimit(PayloadIPv4)
		if err := c.send(t, tr.HandleDatagram, pk.payload(pk.pack(&first, nil)[0])); err != nil || tr.out.ackNum != 1 {
			t.Fatalf("precondition: %v", err)
		}
		var err error
		for _, f := range p.Fragments {
			err = c.send(t, tr.HandleDatagram, f)
		}
		s := tr.Stats()
		p.check(t, 1, tr.out.ackNum, s.RefusedTotal(), err)
		last := wire.TransportInstruction{Version: 2, Old: 1, New: 600, Diff: wire.AppendKeystroke(nil, []byte("z"))}
		pk.id = 1000
		if err := c.send(t, tr.HandleDatagram, pk.payload(pk.pack(&last, nil)[0])); err != nil || tr.Remote().events != "[80x24]z" {
			t.Errorf("%s: the session does not go on: %v, %q", p.Name, err, tr.Remote().events)
		}
	}
}

func TestClientProbes(t *testing.T) {
	for _, p := range readProbes(t, "probes_client.json") {
		now := time.UnixMilli(1000)
		tr := New(now, Config{}, datagram.NewEndpoint(probeKey, datagram.ToServer), func() userLog { return "R" }, "", hostMirror{})
		tr.Changed(now)
		tr.AppendDatagrams(now, nil)
		s := prober{datagram.NewEndpoint(probeKey, datagram.ToClient), now}
		var err error
		for _, f := range p.Fragments {
			err = s.send(t, tr.HandleDatagram, f)
		}
		stats := tr.Stats()
		p.check(t, 0, tr.out.ackNum, stats.RefusedTotal(), err)
	}
}
