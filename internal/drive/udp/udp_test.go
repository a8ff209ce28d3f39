package udp

import (
	"bytes"
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"
)

var (
	lo4 = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	lo6 = netip.IPv6Loopback()
)

// limit is how long a test waits for what must come.
const limit = 20 * time.Second

// next returns the next batch.
func next(t *testing.T, events <-chan *Batch) *Batch {
	t.Helper()
	select {
	case b := <-events:
		return b
	case <-time.After(limit):
		t.Fatal("nothing was received")
		return nil
	}
}

// one returns the next batch, which must be of one datagram.
func one(t *testing.T, events <-chan *Batch) *Batch {
	t.Helper()
	b := next(t, events)
	if b.Err != nil || len(b.Datagrams) != 1 {
		t.Fatalf("got %d datagrams, error %v", len(b.Datagrams), b.Err)
	}
	return b
}

func listen(t *testing.T, addr netip.Addr) *Socket {
	t.Helper()
	s, err := Listen(addr, Ports{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func newSet(t *testing.T) *Set {
	t.Helper()
	set := NewSet()
	t.Cleanup(func() { set.Close() })
	return set
}

func open(t *testing.T, set *Set, p PathID, remote netip.AddrPort) {
	t.Helper()
	if err := set.Open(p, remote, From{}); err != nil {
		t.Fatal(err)
	}
}

func send(t *testing.T, set *Set, p PathID, b string) {
	t.Helper()
	if err := set.Send(p, []byte(b)); err != nil {
		t.Fatal(err)
	}
}

// TestConversation: several paths to one server, each answered on its own.
func TestConversation(t *testing.T) {
	for _, c := range []struct {
		name         string
		bind, target netip.Addr
	}{
		{"IPv4", lo4, lo4},
		{"IPv6", lo6, lo6},
		{"IPv4 wildcard", netip.IPv4Unspecified(), lo4},
		{"both, IPv4 peer", netip.IPv6Unspecified(), lo4},
		{"both, IPv6 peer", netip.IPv6Unspecified(), lo6},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := listen(t, c.bind)
			events := server.Start()
			set := newSet(t)
			remote := netip.AddrPortFrom(c.target, server.Local().Port())
			for p := PathID(1); p <= 3; p++ {
				open(t, set, p, remote)
				send(t, set, p, "key")
				b := one(t, events)
				d := b.Datagrams[0]
				if string(d.B) != "key" || d.From.Addr() != c.target || d.From.Port() != set.Local(p).Port() {
					t.Fatalf("%q from %v, want %q from %v port %d", d.B, d.From, "key", c.target, set.Local(p).Port())
				}
				if c.bind.IsUnspecified() && d.Local != c.target {
					t.Errorf("sent to %v, received at %v", c.target, d.Local)
				}
				if err := server.Send([]byte("screen"), d.From, d.Local); err != nil {
					t.Fatal(err)
				}
				b.Release()
				b = one(t, set.Events())
				if b.Path != p || string(b.Datagrams[0].B) != "screen" || b.Datagrams[0].From != remote {
					t.Errorf("path %d: %q from %v on path %d", p, b.Datagrams[0].B, b.Datagrams[0].From, b.Path)
				}
				b.Release()
			}
		})
	}
}

// A host with several addresses must answer from the one that was addressed, or NATs and firewalls on the way drop
// the answer.
func TestAnswerFromTheAddressSentTo(t *testing.T) {
	second := netip.AddrFrom4([4]byte{127, 0, 0, 77})
	for _, bind := range []netip.Addr{netip.IPv4Unspecified(), netip.IPv6Unspecified()} {
		server := listen(t, bind)
		set := newSet(t)
		open(t, set, 1, netip.AddrPortFrom(second, server.Local().Port()))
		send(t, set, 1, "x")
		b := one(t, server.Start())
		if err := server.Send([]byte("y"), b.Datagrams[0].From, b.Datagrams[0].Local); err != nil {
			t.Fatal(err)
		}
		b.Release()
		b = one(t, set.Events())
		if got := b.Datagrams[0].From.Addr(); got != second {
			t.Errorf("bound to %v: answer to a datagram to %v came from %v", bind, second, got)
		}
		b.Release()
	}
}

// An address that is not ours any more must not keep us from answering.
func TestSourceAddressGone(t *testing.T) {
	server := listen(t, netip.IPv4Unspecified())
	set := newSet(t)
	open(t, set, 1, netip.AddrPortFrom(lo4, server.Local().Port()))
	to := netip.AddrPortFrom(lo4, set.Local(1).Port())
	if err := server.Send([]byte("y"), to, netip.AddrFrom4([4]byte{192, 0, 2, 1})); err != nil {
		t.Fatal(err)
	}
	one(t, set.Events()).Release()
}

func TestPortRangeBusy(t *testing.T) {
	// Three neighbouring ports of which the first two are taken.
	var taken [2]*Socket
	var low uint16
	for low = 40001; ; low += 3 {
		if low > 60000 {
			t.Fatal("no three free neighbouring ports")
		}
		var err, err2, err3 error
		var third *Socket
		taken[0], err = Listen(netip.IPv4Unspecified(), Ports{low, low})
		taken[1], err2 = Listen(netip.IPv4Unspecified(), Ports{low + 1, low + 1})
		third, err3 = Listen(netip.IPv4Unspecified(), Ports{low + 2, low + 2})
		if third != nil {
			third.Close()
		}
		if errors.Join(err, err2, err3) == nil {
			break
		}
		for _, s := range taken {
			if s != nil {
				s.Close()
			}
		}
	}
	defer taken[0].Close()
	defer taken[1].Close()

	s, err := Listen(netip.IPv4Unspecified(), Ports{low, low + 2})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Local().Port(); got != low+2 {
		t.Errorf("bound port %d, want the first free one, %d", got, low+2)
	}
	s.Close()

	// The dual-stack wildcard must see an IPv4-only server that has the port.
	if s, err := Listen(netip.IPv6Unspecified(), Ports{low, low + 1}); err == nil {
		t.Errorf("bound %v, which is taken", s.Local())
		s.Close()
	}

	notOurs := netip.AddrFrom4([4]byte{192, 0, 2, 1})
	s, failed, err := ListenFirst(Ports{low, low + 2}, notOurs, lo4)
	if err != nil {
		t.Fatal(err)
	}
	if len(failed) != 1 || s.Local().Addr() != lo4 {
		t.Errorf("bound to %v, failed before: %v", s.Local(), failed)
	}
	s.Close()
}

func TestBadRange(t *testing.T) {
	for _, p := range []Ports{{2, 1}, {0, 5}} {
		if s, err := Listen(lo4, p); err == nil {
			s.Close()
			t.Errorf("range %d:%d was accepted", p.Low, p.High)
		}
	}
}

func TestFromFile(t *testing.T) {
	first := listen(t, netip.IPv6Unspecified())
	f, err := first.File()
	if err != nil {
		t.Fatal(err)
	}
	second, err := FromFile(f)
	f.Close()
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if second.Local() != first.Local() {
		t.Errorf("bound to %v, the original to %v", second.Local(), first.Local())
	}
	first.Close()
	set := newSet(t)
	open(t, set, 1, netip.AddrPortFrom(lo6, second.Local().Port()))
	send(t, set, 1, "x")
	one(t, second.Start()).Release()
}

func TestTooBig(t *testing.T) {
	server := listen(t, lo4)
	set := newSet(t)
	open(t, set, 1, server.Local())
	err := set.Send(1, make([]byte, 65508))
	if !errors.Is(err, ErrTooBig) {
		t.Errorf("65508 octets: %v, want ErrTooBig", err)
	}
	send(t, set, 1, "the path still works")
	one(t, server.Start()).Release()
}

// A datagram longer than the buffer is dropped, and what comes with it is not.
func TestOversize(t *testing.T) {
	server := listen(t, lo4)
	set := newSet(t)
	open(t, set, 1, server.Local())
	full := bytes.Repeat([]byte{7}, MaxDatagram)
	for _, b := range [][]byte{make([]byte, MaxDatagram+1), full, make([]byte, 65507), {}} {
		if err := set.Send(1, b); err != nil {
			t.Fatal(err)
		}
	}
	var got [][]byte
	dropped := 0
	for len(got) < 2 || dropped < 2 {
		b := next(t, server.Start())
		for _, d := range b.Datagrams {
			got = append(got, bytes.Clone(d.B))
		}
		dropped += b.Dropped
		b.Release()
	}
	if len(got) != 2 || !bytes.Equal(got[0], full) || len(got[1]) != 0 || dropped != 2 {
		t.Errorf("%d received, %d dropped", len(got), dropped)
	}
}

func TestNoPath(t *testing.T) {
	set := newSet(t)
	if err := set.Send(5, []byte("x")); !errors.Is(err, ErrNoPath) {
		t.Errorf("got %v", err)
	}
	server := listen(t, lo4)
	open(t, set, 5, server.Local())
	if err := set.Open(5, server.Local(), From{}); err == nil {
		t.Error("a path was opened twice")
	}
	set.Retire(5)
	if err := set.Send(5, []byte("x")); !errors.Is(err, ErrNoPath) || set.Has(5) {
		t.Errorf("retired path: %v", err)
	}
}

func TestBindToSource(t *testing.T) {
	server := listen(t, lo4)
	set := newSet(t)
	src := netip.AddrFrom4([4]byte{127, 0, 0, 9})
	if err := set.Open(1, server.Local(), From{Addr: src, Device: loopback(t)}); err != nil {
		t.Fatal(err)
	}
	send(t, set, 1, "x")
	b := one(t, server.Start())
	if got := b.Datagrams[0].From.Addr(); got != src {
		t.Errorf("came from %v, want %v", got, src)
	}
	b.Release()
	if err := set.Open(2, server.Local(), From{Device: "nosuchif0"}); err == nil {
		t.Error("bound to an interface that does not exist")
	}
}

func loopback(t *testing.T) string {
	ifs, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range ifs {
		if i.Flags&net.FlagLoopback != 0 {
			return i.Name
		}
	}
	t.Fatal("no loopback interface")
	return ""
}

// Close must end a reader wherever it is: in the kernel, handing over, or waiting for its batch to come back.
func TestCloseWakesReader(t *testing.T) {
	t.Run("in the kernel", func(t *testing.T) {
		s := listen(t, lo4)
		s.Start()
		s.Close()
	})
	t.Run("handing over", func(t *testing.T) {
		server := listen(t, lo4)
		server.Start()
		set := newSet(t)
		open(t, set, 1, server.Local())
		send(t, set, 1, "x")
		server.Close()
	})
	t.Run("batch in use", func(t *testing.T) {
		server := listen(t, lo4)
		set := newSet(t)
		open(t, set, 1, server.Local())
		send(t, set, 1, "x")
		b := one(t, server.Start())
		server.Close()
		if string(b.Datagrams[0].B) != "x" {
			t.Error("the batch changed in the loop's hands")
		}
		b.Release()
	})
	t.Run("set", func(t *testing.T) {
		server := listen(t, lo4)
		set := newSet(t)
		open(t, set, 1, server.Local())
		open(t, set, 2, server.Local())
		set.Retire(1)
		if err := set.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestNothingIsAllocatedPerDatagram(t *testing.T) {
	for _, c := range []struct{ bind, target netip.Addr }{
		{netip.IPv4Unspecified(), lo4}, {netip.IPv6Unspecified(), lo4}, {netip.IPv6Unspecified(), lo6},
	} {
		server := listen(t, c.bind)
		events := server.Start()
		set := newSet(t)
		open(t, set, 1, netip.AddrPortFrom(c.target, server.Local().Port()))
		msg := []byte("0123456789")
		n := testing.AllocsPerRun(200, func() {
			_ = set.Send(1, msg)
			b := <-events
			_ = server.Send(msg, b.Datagrams[0].From, b.Datagrams[0].Local)
			b.Release()
			(<-set.Events()).Release()
		})
		if n != 0 {
			t.Errorf("%v at %v: %v allocations for a datagram each way", c.target, c.bind, n)
		}
	}
}

func BenchmarkRoundTrip(b *testing.B) {
	server, err := Listen(netip.IPv6Unspecified(), Ports{})
	if err != nil {
		b.Fatal(err)
	}
	defer server.Close()
	set := NewSet()
	defer set.Close()
	if err := set.Open(1, netip.AddrPortFrom(lo4, server.Local().Port()), From{}); err != nil {
		b.Fatal(err)
	}
	events := server.Start()
	msg := make([]byte, 100)
	b.ReportAllocs()
	for b.Loop() {
		_ = set.Send(1, msg)
		x := <-events
		_ = server.Send(msg, x.Datagrams[0].From, x.Datagrams[0].Local)
		x.Release()
		(<-set.Events()).Release()
	}
}

// BenchmarkFlood is how many datagrams a second get through the hand-over to a loop that does nothing with them, while
// a sender sends as many as it can.
func BenchmarkFlood(b *testing.B) {
	server, err := Listen(lo4, Ports{})
	if err != nil {
		b.Fatal(err)
	}
	defer server.Close()
	set := NewSet()
	defer set.Close()
	if err := set.Open(1, server.Local(), From{}); err != nil {
		b.Fatal(err)
	}
	sent, stop, done := 0, make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		msg := make([]byte, 100)
		for {
			select {
			case <-stop:
				return
			default:
				_ = set.Send(1, msg)
				sent++
			}
		}
	}()
	events := server.Start()
	received, batches := 0, 0
	for b.Loop() {
		x := <-events
		received += len(x.Datagrams)
		batches++
		x.Release()
	}
	close(stop)
	<-done
	s := b.Elapsed().Seconds()
	b.ReportMetric(float64(sent)/s, "sent/s")
	b.ReportMetric(float64(received)/s, "received/s")
	b.ReportMetric(float64(received)/float64(batches), "per-batch")
}
