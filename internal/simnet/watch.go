package simnet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"mosh/internal/core/datagram"
	"mosh/internal/core/wire"
)

// Watch reads the datagrams of one session with its key. Use Datagram as a watch of a Net.
type Watch struct {
	Limit int // largest UDP payload; 0: 1252

	open  [2]*datagram.Endpoint
	flows [2]flow
	seen  map[uint64]bool // nonces
	trace []string
}

// flow is what one direction has said so far.
type flow struct {
	datagrams, octets int
	instructions      int
	newest            uint64
	known             map[uint64]bool // state numbers sent
	diffs             map[[2]uint64]string
	ack, throwaway    uint64
	id                uint64
	parts             []byte
	reader            Reader
}

// traceLength is how many lines a trace keeps.
const traceLength = 200

// NewWatch returns a watch for the session with this key.
func NewWatch(k datagram.Key) *Watch {
	w := &Watch{Limit: 1252, seen: map[uint64]bool{}}
	for d := range w.open {
		w.open[d] = datagram.NewEndpoint(k, datagram.Direction(1-d))
		w.flows[d] = flow{known: map[uint64]bool{0: true}, diffs: map[[2]uint64]string{}}
	}
	return w
}

// Datagrams and Octets are how much went in a direction, UDP payloads.
func (w *Watch) Datagrams(d datagram.Direction) int { return w.flows[d].datagrams }

// Octets is the sum of the UDP payloads in a direction.
func (w *Watch) Octets(d datagram.Direction) int { return w.flows[d].octets }

// Trace is what was sent last, a line each.
func (w *Watch) Trace() string { return strings.Join(w.trace, "\n") }

// Note adds a line to the trace.
func (w *Watch) Note(n *Net, format string, args ...any) {
	w.trace = append(w.trace, fmt.Sprintf("%10.1f  ", float64(n.Elapsed().Microseconds())/1000)+fmt.Sprintf(format, args...))
	if len(w.trace) > traceLength {
		w.trace = w.trace[len(w.trace)-traceLength:]
	}
}

// Datagram checks what holds whatever the network does: no nonce twice, sizes
// within the limit, fragments of one instruction together, numbers and acks
// that only grow, acks only of what was sent, no instruction that throws its
// own base away, the same diff for the same pair of states.
func (w *Watch) Datagram(n *Net, d Datagram) error {
	if len(d.B) < datagram.Overhead || len(d.B) > w.Limit {
		return fmt.Errorf("datagram of %d octets", len(d.B))
	}
	nonce := binary.BigEndian.Uint64(d.B)
	if w.seen[nonce] {
		return fmt.Errorf("nonce %016x used twice", nonce)
	}
	w.seen[nonce] = true
	dir := datagram.Direction(nonce >> 63)
	f := &w.flows[dir]
	f.datagrams++
	f.octets += len(d.B)
	payload, err := w.open[dir].Open(time.UnixMilli(0), netip.AddrPort{}, false, d.B)
	if err != nil {
		return fmt.Errorf("sent datagram does not open: %w", err)
	}
	return w.fragment(n, d, dir, nonce<<1>>1, payload)
}

func (w *Watch) fragment(n *Net, d Datagram, dir datagram.Direction, seq uint64, payload []byte) error {
	f := &w.flows[dir]
	if len(payload) <= 10 {
		return errors.New("fragment without a chunk")
	}
	id, word := binary.BigEndian.Uint64(payload), binary.BigEndian.Uint16(payload[8:])
	number, final := int(word&0x7fff), word&0x8000 != 0
	if number == 0 {
		f.parts = nil
		if id < f.id {
			return fmt.Errorf("instruction id %d after %d", id, f.id)
		}
		f.id = id
	} else if id != f.id {
		return fmt.Errorf("fragment of instruction %d amid %d", id, f.id)
	}
	f.parts = append(f.parts, payload[10:]...)
	if !final {
		w.Note(n, "%v %v>%v seq %d id %d.%d %d octets", dir, d.From, d.To, seq, id, number, len(d.B))
		return nil
	}
	ins, err := f.reader.Read(f.parts)
	if err != nil {
		return fmt.Errorf("instruction %d: %w", id, err)
	}
	w.Note(n, "%v %v>%v seq %d id %d.%d %d octets: %d>%d ack %d throwaway %d diff %d", dir, d.From, d.To, seq, id, number, len(d.B),
		ins.Old, ins.New, ins.Ack, ins.Throwaway, len(ins.Diff))
	return w.instruction(dir, &ins)
}

func (w *Watch) instruction(dir datagram.Direction, ins *wire.TransportInstruction) error {
	f, peer := &w.flows[dir], &w.flows[1-dir]
	f.instructions++
	pair := [2]uint64{ins.Old, ins.New}
	diff, repeated := f.diffs[pair]
	switch {
	case ins.Version != wire.Version:
		return fmt.Errorf("version %d", ins.Version)
	case ins.New < f.newest:
		return fmt.Errorf("state %d after %d", ins.New, f.newest)
	case !f.known[ins.Old]:
		return fmt.Errorf("diff from state %d, which was never sent", ins.Old)
	case ins.Throwaway > ins.Old:
		return fmt.Errorf("throws away %d, below its base %d", ins.Throwaway, ins.Old)
	case ins.Throwaway < f.throwaway:
		return fmt.Errorf("throwaway %d after %d", ins.Throwaway, f.throwaway)
	case !peer.known[ins.Ack]:
		return fmt.Errorf("ack of state %d, which was never sent", ins.Ack)
	case ins.Ack < f.ack:
		return fmt.Errorf("ack %d after %d", ins.Ack, f.ack)
	case repeated && diff != string(ins.Diff):
		return fmt.Errorf("two diffs for %d>%d", ins.Old, ins.New)
	}
	f.newest, f.ack, f.throwaway = ins.New, ins.Ack, ins.Throwaway
	f.known[ins.New] = true
	f.diffs[pair] = string(ins.Diff)
	return nil
}

// Forget drops what the watch remembers of the past, for long runs: nonces and diffs.
func (w *Watch) Forget() {
	clear(w.seen)
	for d := range w.flows {
		clear(w.flows[d].diffs)
	}
}
