package udp

import (
	"bytes"
	"errors"
	"net"
	"net/netip"
	"testing"

	"golang.org/x/sys/unix"
)

// TestECN: both ends send ECT(0), and a CE mark set on the way is seen, in either protocol. The mark is set here by
// the sender, which the receiver cannot tell from a router's doing.
func TestECN(t *testing.T) {
	for _, c := range []struct {
		name         string
		bind, target netip.Addr
	}{
		{"IPv4", lo4, lo4}, {"IPv6", lo6, lo6},
		{"both, IPv4 peer", netip.IPv6Unspecified(), lo4}, {"both, IPv6 peer", netip.IPv6Unspecified(), lo6},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := listen(t, c.bind)
			set := newSet(t)
			open(t, set, 1, netip.AddrPortFrom(c.target, server.Local().Port()))
			for _, class := range []int{ect0, ecnCE, 0, 1, ecnCE} {
				setClass(t, set.paths[1].Socket, class)
				send(t, set, 1, "x")
				b := one(t, server.Start())
				if got := b.Datagrams[0].CE; got != (class == ecnCE) {
					t.Errorf("class %d: CE %v", class, got)
				}
				b.Release()
			}
		})
	}
}

func setClass(t *testing.T, s *Socket, class int) {
	t.Helper()
	err := s.raw.Control(func(fd uintptr) {
		if s.inet6 {
			_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_IPV6, unix.IPV6_TCLASS, class)
		}
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_TOS, class)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestOptions reads back what spec/protocol.md section 3.4 asks for.
func TestOptions(t *testing.T) {
	want := func(t *testing.T, s *Socket, name string, level, opt, value int) {
		t.Helper()
		_ = s.raw.Control(func(fd uintptr) {
			if got, err := unix.GetsockoptInt(int(fd), level, opt); err != nil || got != value {
				t.Errorf("%s of %v is %d (%v), want %d", name, s.Local(), got, err, value)
			}
		})
	}
	for _, addr := range []netip.Addr{lo4, lo6, netip.IPv6Unspecified()} {
		s := listen(t, addr)
		want(t, s, "IP_MTU_DISCOVER", unix.IPPROTO_IP, unix.IP_MTU_DISCOVER, unix.IP_PMTUDISC_DONT)
		want(t, s, "IP_TOS", unix.IPPROTO_IP, unix.IP_TOS, 2)
		want(t, s, "IP_RECVTOS", unix.IPPROTO_IP, unix.IP_RECVTOS, 1)
		if s.Inet6() {
			want(t, s, "IPV6_TCLASS", unix.IPPROTO_IPV6, unix.IPV6_TCLASS, 2)
			want(t, s, "IPV6_RECVTCLASS", unix.IPPROTO_IPV6, unix.IPV6_RECVTCLASS, 1)
		}
		if addr.IsUnspecified() {
			want(t, s, "IPV6_V6ONLY", unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 0)
		}
	}
}

// TestRefused: a port that nobody listens on is reported, and the path works as soon as somebody does.
func TestRefused(t *testing.T) {
	for _, addr := range []netip.Addr{lo4, lo6} {
		server := listen(t, addr)
		remote := server.Local()
		server.Close()
		set := newSet(t)
		open(t, set, 1, remote)
		send(t, set, 1, "x")
		b := next(t, set.Events())
		if !errors.Is(b.Err, ErrRefused) || b.Path != 1 {
			t.Errorf("%v: error %v on path %d, want ErrRefused on path 1", remote, b.Err, b.Path)
		}
		b.Release()

		server, err := Listen(addr, Ports{remote.Port(), remote.Port()})
		if err != nil {
			t.Fatal(err)
		}
		send(t, set, 1, "now")
		one(t, server.Start()).Release()
		server.Close()
	}
}

// An error left by one datagram must not cost the next one.
func TestSendAfterRefused(t *testing.T) {
	c, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(lo4, 0)))
	if err != nil {
		t.Fatal(err)
	}
	s, err := newSocket(c, 1, make(chan *Batch), sockOptions{client: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	nobody := listen(t, lo4)
	nobody.Close()
	server := listen(t, lo4)
	// On loopback the ICMP error is there when the first Send returns; nobody reads it, as the socket is not started.
	if err := s.Send([]byte("lost"), nobody.Local(), netip.Addr{}); err != nil {
		t.Fatal(err)
	}
	if err := s.Send([]byte("kept"), server.Local(), netip.Addr{}); err != nil {
		t.Fatal(err)
	}
	b := one(t, server.Start())
	if got := string(b.Datagrams[0].B); got != "kept" {
		t.Errorf("received %q", got)
	}
	b.Release()
}

// TestFilter: the peer's datagrams pass, everything else is dropped by the kernel, in either protocol.
func TestFilter(t *testing.T) {
	datagram := func(n int, head ...byte) []byte { return append(head, make([]byte, n-len(head))...) }
	cases := []struct {
		b                  []byte
		toServer, toClient bool
	}{
		{datagram(24, 0x00, 0x00, 0xff), true, false},
		{datagram(24, 0x80, 0x00, 0xff), false, true},
		{datagram(MaxDatagram, 0x00, 0x00), true, false},
		{datagram(MaxDatagram, 0x80, 0x00), false, true},
		{datagram(23, 0x00, 0x00), false, false},
		{datagram(23, 0x80, 0x00), false, false},
		{datagram(MaxDatagram+1, 0x00), false, false},
		{datagram(MaxDatagram+1, 0x80), false, false},
		{datagram(60000, 0x00), false, false},
		{datagram(100, 0x00, 0x01), false, false},
		{datagram(100, 0x40, 0x00), false, false},
		{datagram(100, 0xff, 0xff), false, false},
		{nil, false, false},
		{datagram(1, 0x00), false, false},
	}
	last := func(f Filter) []byte {
		return append([]byte{byte(f.Head >> 8), byte(f.Head)}, "the last one, all came through"...)
	}
	for _, addr := range []netip.Addr{lo4, lo6, netip.IPv6Unspecified()} {
		server := listen(t, addr)
		if err := server.Only(FromClient); err != nil {
			t.Fatal(err)
		}
		set := newSet(t)
		set.Only(FromServer)
		target := netip.AddrPortFrom(lo6, server.Local().Port())
		if addr != lo6 {
			target = netip.AddrPortFrom(lo4, server.Local().Port())
		}
		open(t, set, 1, target)
		var toServer, toClient [][]byte
		for _, c := range cases {
			if err := set.Send(1, c.b); err != nil {
				t.Fatal(err)
			}
			if err := server.Send(c.b, netip.AddrPortFrom(target.Addr(), set.Local(1).Port()), netip.Addr{}); err != nil {
				t.Fatal(err)
			}
			if c.toServer {
				toServer = append(toServer, c.b)
			}
			if c.toClient {
				toClient = append(toClient, c.b)
			}
		}
		send(t, set, 1, string(last(FromClient)))
		if err := server.Send(last(FromServer), netip.AddrPortFrom(target.Addr(), set.Local(1).Port()), netip.Addr{}); err != nil {
			t.Fatal(err)
		}
		compare(t, server.Start(), append(toServer, last(FromClient)))
		compare(t, set.Events(), append(toClient, last(FromServer)))
	}
}

// compare expects these datagrams and no others before the last of them.
func compare(t *testing.T, events <-chan *Batch, want [][]byte) {
	t.Helper()
	for len(want) > 0 {
		b := next(t, events)
		if b.Err != nil || b.Dropped > 0 {
			t.Errorf("error %v, %d dropped", b.Err, b.Dropped)
		}
		for _, d := range b.Datagrams {
			if len(want) == 0 || !bytes.Equal(d.B, want[0]) {
				t.Fatalf("received %d octets beginning with %x, want %d", len(d.B), d.B[:min(len(d.B), 4)], len(want))
			}
			want = want[1:]
		}
		b.Release()
	}
}

// A probe leaves with DF, what follows without; one that the interface cannot take is refused, and nothing else changes.
func TestSendWhole(t *testing.T) {
	for _, addr := range []netip.Addr{lo4, lo6} {
		server := listen(t, addr)
		set := newSet(t)
		open(t, set, 1, server.Local())
		if err := set.SendWhole(1, make([]byte, 1472)); err != nil {
			t.Errorf("%v: 1472 octets: %v", addr, err)
		}
		events := server.Start()
		one(t, events).Release()
		if addr.Is6() { // over IPv4 it just fits, and would arrive
			if err := set.SendWhole(1, make([]byte, 65500)); !errors.Is(err, ErrTooBig) {
				t.Errorf("65500 octets on an interface of 65536: %v, want ErrTooBig", err)
			}
		}
		send(t, set, 1, "the path still works")
		one(t, events).Release()
		s := set.paths[1].Socket
		var mode int
		if err := s.raw.Control(func(fd uintptr) { mode, _ = unix.GetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_MTU_DISCOVER) }); err != nil {
			t.Fatal(err)
		}
		if addr.Is4() && mode != unix.IP_PMTUDISC_DONT {
			t.Errorf("%v: IP_MTU_DISCOVER %d after a probe", addr, mode)
		}
	}
}
