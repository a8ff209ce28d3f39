package udp

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"mosh/internal/leak"

	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == watchMode {
		os.Exit(playWatch())
	}
	leak.Main(m)
}

const watchMode = "-watch"

// TestWatch makes changes in a network namespace of its own, and each must be told of.
func TestWatch(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"--net", exe, watchMode}
	if os.Getuid() != 0 {
		args = append([]string{"--user", "--map-root-user"}, args...)
	}
	out, err := exec.Command("unshare", args...).CombinedOutput()
	if err != nil || string(out) != "all told\n" {
		t.Fatalf("%v: %s", err, out)
	}
}

func playWatch() int {
	w := Watch()
	defer w.Close()
	if w.news == nil {
		fmt.Println("no netlink socket")
		return 1
	}
	for _, change := range []string{
		"link set lo up",
		"address add 198.51.100.1/32 dev lo",
		"route add 203.0.113.0/24 dev lo",
		"route del 203.0.113.0/24",
		"rule add from 198.51.100.1 table 100",
		"address del 198.51.100.1/32 dev lo",
		"address add 2001:db8::1/128 dev lo nodad",
		"link set lo down",
	} {
		if out, err := exec.Command("ip", strings.Fields(change)...).CombinedOutput(); err != nil {
			fmt.Printf("ip %s: %v: %s", change, err, out)
			return 1
		}
		select {
		case <-w.C():
		case <-time.After(limit):
			fmt.Printf("not told of: ip %s\n", change)
			return 1
		}
	}
	fmt.Println("all told")
	return 0
}

// nl makes a netlink message.
func nl(kind uint16, body []byte, attrs ...[]byte) []byte {
	b := append(make([]byte, unix.SizeofNlMsghdr), body...)
	for _, a := range attrs {
		b = append(b, a...)
	}
	binary.NativeEndian.PutUint32(b, uint32(len(b)))
	binary.NativeEndian.PutUint16(b[4:], kind)
	return append(b, make([]byte, align(len(b))-len(b))...)
}

func link(index int32, flags uint32) []byte {
	b := make([]byte, unix.SizeofIfInfomsg)
	binary.NativeEndian.PutUint32(b[4:], uint32(index))
	binary.NativeEndian.PutUint32(b[8:], flags)
	return b
}

func addr(flags uint8, index uint32) []byte {
	b := make([]byte, unix.SizeofIfAddrmsg)
	b[2] = flags
	binary.NativeEndian.PutUint32(b[4:], index)
	return b
}

func attr(kind uint16, value []byte) []byte {
	b := append(make([]byte, unix.SizeofRtAttr), value...)
	binary.NativeEndian.PutUint16(b, uint16(len(b)))
	binary.NativeEndian.PutUint16(b[2:], kind)
	return append(b, make([]byte, align(len(b))-len(b))...)
}

func route(table, kind uint8, flags uint32) []byte {
	b := make([]byte, unix.SizeofRtMsg)
	b[4], b[7] = table, kind
	binary.NativeEndian.PutUint32(b[8:], flags)
	return b
}

// TestChangesAndRepetitions: what the kernel repeats is no news.
func TestChangesAndRepetitions(t *testing.T) {
	a4 := attr(unix.IFA_LOCAL, []byte{192, 0, 2, 1})
	peer := attr(unix.IFA_ADDRESS, []byte{192, 0, 2, 9})
	a6 := attr(unix.IFA_ADDRESS, netip.MustParseAddr("2001:db8::1").AsSlice())
	const up, run = unix.IFF_UP, unix.IFF_UP | unix.IFF_RUNNING
	n := &netlink{links: map[int32]uint32{}, addrs: map[ifAddr]uint8{}}
	for i, step := range []struct {
		what string
		b    []byte
		want bool
	}{
		{"first sight of a link", nl(unix.RTM_NEWLINK, link(2, up)), true},
		{"same again", nl(unix.RTM_NEWLINK, link(2, up|unix.IFF_PROMISC)), false},
		{"carrier", nl(unix.RTM_NEWLINK, link(2, run)), true},
		{"same again", nl(unix.RTM_NEWLINK, link(2, run)), false},
		{"link gone", nl(unix.RTM_DELLINK, link(2, 0)), true},
		{"new address", nl(unix.RTM_NEWADDR, addr(0, 2), peer, a4), true},
		{"renewed", nl(unix.RTM_NEWADDR, addr(unix.IFA_F_PERMANENT, 2), a4, peer), false},
		{"the same on another link", nl(unix.RTM_NEWADDR, addr(0, 3), a4), true},
		{"address being tested", nl(unix.RTM_NEWADDR, addr(unix.IFA_F_TENTATIVE, 2), a6), false},
		{"address usable", nl(unix.RTM_NEWADDR, addr(0, 2), a6), true},
		{"renewed", nl(unix.RTM_NEWADDR, addr(0, 2), a6), false},
		{"deprecated", nl(unix.RTM_NEWADDR, addr(unix.IFA_F_DEPRECATED, 2), a6), true},
		{"address gone", nl(unix.RTM_DELADDR, addr(0, 2), a6), true},
		{"and back", nl(unix.RTM_NEWADDR, addr(0, 2), a6), true},
		{"route", nl(unix.RTM_NEWROUTE, route(unix.RT_TABLE_MAIN, unix.RTN_UNICAST, 0)), true},
		{"route gone", nl(unix.RTM_DELROUTE, route(unix.RT_TABLE_MAIN, unix.RTN_UNICAST, 0)), true},
		{"route of the VPN's table", nl(unix.RTM_NEWROUTE, route(100, unix.RTN_UNICAST, 0)), true},
		{"local route", nl(unix.RTM_NEWROUTE, route(unix.RT_TABLE_LOCAL, unix.RTN_LOCAL, 0)), false},
		{"cached route", nl(unix.RTM_NEWROUTE, route(unix.RT_TABLE_MAIN, unix.RTN_UNICAST, unix.RTM_F_CLONED)), false},
		{"neighbour", nl(unix.RTM_NEWNEIGH, make([]byte, 12)), false},
		{"news after none", append(nl(unix.RTM_NEWNEIGH, make([]byte, 13)), nl(unix.RTM_NEWLINK, link(9, up))...), true},
		{"garbage", []byte{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, true},
		{"too short", nl(unix.RTM_NEWLINK, nil), false},
		{"nothing", nil, false},
	} {
		if got := n.changed(step.b); got != step.want {
			t.Errorf("step %d, %s: %v", i, step.what, got)
		}
	}
}

func FuzzNetlink(f *testing.F) {
	f.Add(nl(unix.RTM_NEWADDR, addr(0, 2), attr(unix.IFA_LOCAL, []byte{192, 0, 2, 1})))
	f.Add(nl(unix.RTM_NEWLINK, link(2, 1)))
	f.Fuzz(func(t *testing.T, b []byte) {
		n := &netlink{links: map[int32]uint32{}, addrs: map[ifAddr]uint8{}}
		n.changed(b)
	})
}

func FuzzControl(f *testing.F) {
	f.Add(appendSource(make([]byte, 0, 64), lo4))
	f.Add(appendSource(make([]byte, 0, 64), lo6))
	f.Fuzz(func(t *testing.T, b []byte) {
		var d Datagram
		parseControl(&d, b)
		parseSockaddr(b)
	})
}

// The comparison must see a change too, for systems that do not tell.
func TestPoll(t *testing.T) {
	w := &Watcher{c: make(chan struct{}, 1), stop: make(chan struct{})}
	w.wg.Go(func() { w.poll(time.Millisecond) })
	w.Close()
	if a, b := snapshot(), snapshot(); len(a) != len(b) || len(a) < 2 {
		t.Errorf("%v, then %v", a, b)
	}
}

func TestSourceFor(t *testing.T) {
	for _, a := range []netip.Addr{lo4, lo6} {
		if got, err := SourceFor(netip.AddrPortFrom(a, 9)); got != a || err != nil {
			t.Errorf("towards %v: from %v, %v", a, got, err)
		}
	}
}

func TestLocalAddrs(t *testing.T) {
	all, err := LocalAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		if a.Addr.IsLoopback() || a.Addr.IsLinkLocalUnicast() || a.Device == "" || a.Device == loopback(t) {
			t.Errorf("unusable address %+v", a)
		}
	}
}
