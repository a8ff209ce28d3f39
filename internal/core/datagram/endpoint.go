package datagram

import (
	"crypto/aes"
	"encoding/binary"
	"errors"
	"net/netip"
	"time"
)

// Sizes in octets.
const (
	nonceSize     = 8
	timestampSize = 4
	// Overhead is what sealing adds to a payload.
	Overhead = nonceSize + timestampSize + tagSize
	// MaxReceive is the longest datagram that is looked at (spec/protocol.md, section 2.5).
	MaxReceive = 2048
)

// AssociationTimeout is the silence after which a server forgets the client's address (spec/protocol.md, section 4.2).
const AssociationTimeout = 40 * time.Second

const (
	directionBit = 1 << 63
	// maxBlocks is half of RFC 7253's limit of 2^48 blocks, since both ends use the same key.
	maxBlocks = 1 << 47
)

// Direction says which way a datagram goes.
type Direction uint8

// The two directions; the value is the first bit of the nonce.
const (
	ToServer Direction = 0
	ToClient Direction = 1
)

func (d Direction) String() string {
	if d == ToServer {
		return "to server"
	}
	return "to client"
}

// What a datagram is refused for. None of these changes anything but a counter.
var (
	ErrTooLong   = errors.New("datagram: longer than 2048 octets")
	ErrShort     = errors.New("datagram: too short for nonce, timestamps and tag")
	ErrForged    = errors.New("datagram: does not authenticate: wrong key, damaged or forged")
	ErrReflected = errors.New("datagram: has our own direction")
)

// ErrKeyUsedUp ends a session: the key has encrypted as much as is safe, or the sequence numbers are used up.
var ErrKeyUsedUp = errors.New("session key is used up (2^47 blocks or 2^63 datagrams): start a new session")

// Stats counts datagrams.
type Stats struct {
	Sent, SentOctets         uint64
	Received, ReceivedOctets uint64 // authentic ones
	Late                     uint64 // authentic, but not newer than all before: duplicates and reorderings
	Marked                   uint64 // with a congestion mark
	TooLong, Short           uint64
	Forged, Reflected        uint64
}

// Endpoint is one end of a session.
type Endpoint struct {
	direction Direction // of what we send
	seal      ocb
	open      ocb
	nextSeq   uint64
	blocks    uint64 // encrypted so far

	expected  uint64 // lowest sequence number that is fresh
	held      heldTimestamp
	rtt       RTT
	loss      lossEstimate
	lastHeard time.Time
	attached  bool
	remote    netip.AddrPort

	stats Stats
	plain [MaxReceive]byte
}

// NewEndpoint returns the end that sends in direction d. A key must not be given to two ends of one direction, ever.
func NewEndpoint(k Key, d Direction) *Endpoint {
	b, err := aes.NewCipher(k.b[:])
	if err != nil {
		panic("datagram: AES refuses a 16-octet key: " + err.Error())
	}
	return &Endpoint{direction: d, seal: newOCB(b), open: newOCB(b)}
}

// AppendSeal appends one sealed datagram with the payload to dst. Every call
// uses up a sequence number. The only error is ErrKeyUsedUp; then dst is returned as it was.
func (e *Endpoint) AppendSeal(dst []byte, now time.Time, payload []byte) ([]byte, error) {
	blocks := uint64(timestampSize+len(payload)+15) / 16
	if e.blocks+blocks > maxBlocks || e.nextSeq >= directionBit {
		return dst, ErrKeyUsedUp
	}
	e.blocks += blocks
	n := e.nextSeq | uint64(e.direction)<<63
	e.nextSeq++

	start := len(dst)
	dst = binary.BigEndian.AppendUint64(dst, n)
	dst = binary.BigEndian.AppendUint16(dst, timestamp(now))
	dst = binary.BigEndian.AppendUint16(dst, e.held.reply(now))
	dst = append(dst, payload...)
	var tag [tagSize]byte
	dst = append(dst, tag[:]...)
	e.seal.seal(n, dst[start+nonceSize:])
	e.stats.Sent++
	e.stats.SentOctets += uint64(len(dst) - start)
	return dst, nil
}

// Open authenticates a datagram and returns its payload, valid until the next
// call. from is the source address, ce the congestion mark it came with. A
// late datagram delivers its payload but touches nothing else. spec/protocol.md, section 2.5.
func (e *Endpoint) Open(now time.Time, from netip.AddrPort, ce bool, b []byte) ([]byte, error) {
	switch {
	case len(b) > MaxReceive:
		e.stats.TooLong++
		return nil, ErrTooLong
	case len(b) < Overhead:
		e.stats.Short++
		return nil, ErrShort
	}
	n := binary.BigEndian.Uint64(b)
	// The direction is in the clear, so a reflected datagram need not be decrypted to be refused.
	if Direction(n>>63) == e.direction {
		e.stats.Reflected++
		return nil, ErrReflected
	}
	text := e.plain[:copy(e.plain[:], b[nonceSize:len(b)-tagSize])]
	if !e.open.open(n, text, b[len(b)-tagSize:]) {
		e.stats.Forged++
		return nil, ErrForged
	}
	e.stats.Received++
	e.stats.ReceivedOctets += uint64(len(b))
	seq := n &^ directionBit
	if seq < e.expected {
		e.stats.Late++
		e.loss.late()
		return text[timestampSize:], nil
	}
	e.loss.fresh(seq - e.expected)
	e.expected = seq + 1
	e.heard(now, from, ce, binary.BigEndian.Uint16(text), binary.BigEndian.Uint16(text[2:]))
	return text[timestampSize:], nil
}

func (e *Endpoint) heard(now time.Time, from netip.AddrPort, ce bool, ts, reply uint16) {
	if ce {
		e.stats.Marked++
	}
	e.held.save(now, ts, ce)
	if reply != noTimestamp {
		e.rtt.Sample(roundTrip(now, reply))
	}
	e.lastHeard = now
	e.attached = true
	if e.direction == ToClient {
		e.remote = from
	}
}

// Expire forgets the client's address if the client has been silent too long;
// the server calls it after sending. The next fresh datagram attaches again.
func (e *Endpoint) Expire(now time.Time) {
	if e.direction == ToClient && e.attached && now.Sub(e.lastHeard) > AssociationTimeout {
		e.attached = false
		e.remote = netip.AddrPort{}
	}
}

// HasPeer reports whether there is somebody to send to: always on the client, on the server from the first fresh datagram.
func (e *Endpoint) HasPeer() bool { return e.direction == ToServer || e.attached }

// Remote is the client's address as the server knows it: the source of the
// newest fresh datagram. Always invalid on the client, whose driver knows the path.
func (e *Endpoint) Remote() netip.AddrPort { return e.remote }

// LastHeard is the arrival of the newest fresh datagram; zero if there was none.
func (e *Endpoint) LastHeard() time.Time { return e.lastHeard }

// RTT is the round-trip estimator, for reading.
func (e *Endpoint) RTT() *RTT { return &e.rtt }

// Loss is the estimated share of the peer's datagrams that do not arrive, 0 to 1.
func (e *Endpoint) Loss() float64 { return e.loss.share }

// LossRun is how many of the peer's datagrams are lost in a row when any are.
func (e *Endpoint) LossRun() float64 { return e.loss.run }

// Direction is that of what this end sends.
func (e *Endpoint) Direction() Direction { return e.direction }

// Stats returns the counters.
func (e *Endpoint) Stats() Stats { return e.stats }
