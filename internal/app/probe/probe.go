// Package probe measures the way to a running mosh-server, stock or ours: does UDP pass both ways, how long is the
// round trip, what is lost, and how large may datagrams be. It speaks just enough of the protocol to be answered
// (spec/protocol.md, sections 5 to 7): every probe is a new state of the user stream, which the server acknowledges
// within 100 ms; the screen that comes back is acknowledged and not looked at.
package probe

import (
	"crypto/rand"
	"errors"
	"net/netip"
	"time"

	"mosh/internal/core/datagram"
	"mosh/internal/core/wire"
	"mosh/internal/drive/clock"
	"mosh/internal/drive/udp"
)

// Result is what one address gave.
type Result struct {
	Sent     int
	Answered int // probes that were acknowledged while they were the newest
	RTT      time.Duration
	MinRTT   time.Duration
	// LargestOut and LargestIn are the largest datagrams that arrived at the server and here, in octets of UDP payload.
	LargestOut, LargestIn int
	Refused               bool  // ICMP said that nothing listens there
	Err                   error // sending failed
}

// Timing: the interval is above the server's delayed acknowledgement of 100 ms, so that each probe has its own.
const (
	count    = 20
	interval = 150 * time.Millisecond
	patience = time.Second // for the last answers
)

// sizes are tried from the third probe on, in octets of UDP payload: Ethernet's limit, then what tunnels leave, what
// mosh itself uses at most (1252), and the least that IP guarantees.
var sizes = []int{1472, 1452, 1400, 1252, 1200, 1024, 548}

// Client is one end of a session with the server.
type Client struct {
	endpoint *datagram.Endpoint
	set      *udp.Set
	path     udp.PathID
	state    uint64 // the newest of ours
	ack      uint64 // the newest of the server's
	instr    uint64 // instruction id
	in       assembly
	pending  map[uint64]int // probes without an answer: state number to datagram size
}

// New returns the client end of the session with this key. The key must not be used by anybody else.
func New(key datagram.Key) *Client {
	return &Client{endpoint: datagram.NewEndpoint(key, datagram.ToServer), set: udp.NewSet()}
}

// Close ends the session and the sockets; the server is told with as many datagrams as one may hope to need.
func (c *Client) Close() {
	for range 3 {
		c.send(c.payload(shutdown, 0))
	}
	c.set.Close()
}

// Probe measures one address of the server. It takes about four seconds.
func (c *Client) Probe(remote netip.AddrPort) Result {
	var r Result
	if c.path > 0 {
		c.set.Retire(c.path)
	}
	c.path++
	if r.Err = c.set.Open(c.path, remote, udp.From{}); r.Err != nil {
		return r
	}
	c.pending = map[uint64]int{}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			if r.Sent == count {
				return r
			}
			c.probe(&r)
			timer.Reset(interval)
			if r.Sent == count {
				timer.Reset(patience)
			}
		case b := <-c.set.Events():
			c.receive(b, &r)
			if r.Sent == count && len(c.pending) == 0 {
				return r
			}
		}
	}
}

func (c *Client) probe(r *Result) {
	size := 0
	if i := r.Sent - 2; i >= 0 && i < len(sizes) {
		size = sizes[i]
	}
	c.state++
	sealed, err := c.send(c.payload(c.state, size))
	r.Sent++
	switch {
	case err != nil && !errors.Is(err, udp.ErrTooBig):
		r.Err = err
	case err == nil:
		c.pending[c.state] = sealed
	}
}

// send seals and sends a payload, and tells the size of the datagram.
func (c *Client) send(payload []byte) (int, error) {
	b, err := c.endpoint.AppendSeal(nil, clock.Now(), payload)
	if err != nil {
		return 0, err
	}
	return len(b), c.set.Send(c.path, b)
}

func (c *Client) receive(b *udp.Batch, r *Result) {
	defer b.Release()
	if errors.Is(b.Err, udp.ErrRefused) {
		r.Refused = true
	}
	for _, d := range b.Datagrams {
		payload, err := c.endpoint.Open(clock.Now(), d.From, d.CE, d.B)
		if err != nil {
			continue
		}
		r.LargestIn = max(r.LargestIn, len(d.B))
		if rtt := c.endpoint.RTT(); rtt.Sampled() {
			r.RTT, r.MinRTT = rtt.SRTT(), rtt.Min()
		}
		ins, ok := c.in.add(payload)
		if !ok {
			continue
		}
		if ins.New != shutdown {
			c.ack = max(c.ack, ins.New)
		}
		if size, waiting := c.pending[ins.Ack]; waiting {
			delete(c.pending, ins.Ack)
			r.Answered++
			r.LargestOut = max(r.LargestOut, size)
		}
	}
}

// payload is the fragment that takes the server from the empty user stream to the state with this number: so many
// resize events, so that each state begins with the one before. size, if not 0, is what the datagram shall have.
func (c *Client) payload(state uint64, size int) []byte {
	c.instr++
	ins := wire.TransportInstruction{Version: wire.Version, New: state, Ack: c.ack}
	for range min(state, c.state) {
		ins.Diff = wire.AppendResize(ins.Diff, 100, 50)
	}
	out := appendFragment(nil, c.instr, ins.Append(nil))
	for missing := size - len(out) - datagram.Overhead; missing > 0; missing = size - len(out) - datagram.Overhead {
		more := make([]byte, max(1, missing-2)) // the length prefix may grow by two
		rand.Read(more)
		ins.Chaff = append(ins.Chaff, more...)
		out = appendFragment(nil, c.instr, ins.Append(nil))
	}
	return out
}
