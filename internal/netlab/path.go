package netlab

import (
	"net/netip"
	"time"
)

// Dir is a direction over the link.
type Dir uint8

const (
	Up   Dir = iota // client to server
	Down            // server to client
)

func (d Dir) String() string {
	if d == Up {
		return "up"
	}
	return "down"
}

// Path describes one direction of the link. The zero Path passes everything at once.
type Path struct {
	Delay  time.Duration // one way, after the queue
	Jitter time.Duration // added delay, uniform in [0, Jitter); order is kept

	Loss      float64       // share of packets lost, independently
	BurstLoss float64       // share of time in which everything is lost, in bursts of BurstLen
	BurstLen  time.Duration // length of a burst; the gaps are exponential

	Rate   int64 // bit/s of IP packets; 0 is unlimited
	Queue  int   // octets that may wait at Rate; 0 is unlimited. What does not fit is dropped (drop-tail)
	MarkAt int   // octets waiting from which ECN-capable packets are marked CE; 0 is never

	Reorder   float64       // share of packets held back by ReorderBy, so that later ones overtake
	ReorderBy time.Duration //
	Duplicate float64       // share of packets delivered twice

	MTU       int  // octets of the largest IP packet; 0 is the interface's 1500
	Silent    bool // too large: drop without ICMP and without fragmenting (a black hole for large packets)
	Blackhole bool // drop everything
}

// Config describes a link as it starts.
type Config struct {
	Seed     uint64
	Up, Down Path
	NAT      bool // the router gives every client socket another source port, see Link.Rebind
}

// Addresses of the two ends. The link starts with ClientV4 and ClientV6 at the client and both server addresses at
// the server; the others are for Host.SetAddrs. The router delivers whatever address the ends use.
var (
	ClientV4  = netip.MustParseAddr("10.91.0.1")
	ClientV4b = netip.MustParseAddr("10.91.0.2")
	ClientV6  = netip.MustParseAddr("fd91::1")
	ClientV6b = netip.MustParseAddr("fd91::2")
	ServerV4  = netip.MustParseAddr("10.91.128.1")
	ServerV6  = netip.MustParseAddr("fd91:0:128::1")
)

// The router's own addresses, the source of its ICMP errors.
var (
	routerV4 = netip.MustParseAddr("10.91.255.254")
	routerV6 = netip.MustParseAddr("fd91:0:255::1")
)

// Fate is what became of a packet.
type Fate uint8

const (
	Delivered Fate = iota
	Lost           // Path.Loss
	Burst          // Path.BurstLoss
	Overflow       // Path.Queue was full
	TooBig         // Path.MTU
	Outage         // Link.Cut, at arrival or while under way
	Blackhole      // Path.Blackhole or Link.Block
	Forced         // Link.DropNext
	NoMapping      // Config.NAT: the server sent to a port that is not mapped (any more)
	numFates
)

func (f Fate) String() string {
	return [...]string{"delivered", "lost", "burst", "overflow", "too big", "outage", "blackhole", "forced", "no mapping"}[f]
}

// Count is what one end sent in one direction, counted where it enters the link; duplicates and fragments made by the
// router are not counted again, and neither is multicast.
type Count struct {
	Packets int64
	Octets  int64 // IP packets with their headers
	Payload int64 // UDP or TCP payload
	Fate    [numFates]int64
}

// Tally is the traffic of a flow, or of all.
type Tally [2]Count

// Sub returns what was counted between u and t.
func (t Tally) Sub(u Tally) Tally {
	for d := range t {
		t[d].Packets -= u[d].Packets
		t[d].Octets -= u[d].Octets
		t[d].Payload -= u[d].Payload
		for f := range t[d].Fate {
			t[d].Fate[f] -= u[d].Fate[f]
		}
	}
	return t
}

// Event is one packet entering the link, for Link.Trace.
type Event struct {
	At     time.Duration // since the link was made
	Due    time.Duration // when it will be delivered, if Fate is Delivered
	Dir    Dir
	Fate   Fate
	Packet []byte // IP packet as sent, only valid during the call
}

// UDPPayload returns the payload of a UDP datagram in an IP packet and its ports, or ok false for anything else.
func UDPPayload(packet []byte) (payload []byte, src, dst uint16, ok bool) {
	h, ok := parse(packet)
	if !ok || h.proto != protoUDP || h.l4 == 0 {
		return nil, 0, 0, false
	}
	src, dst = h.ports(packet)
	return packet[h.l4+8 : h.total], src, dst, true
}
