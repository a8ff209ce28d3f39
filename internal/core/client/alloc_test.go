package client

import (
	"testing"
	"time"

	"mosh/internal/core/display"
	"mosh/internal/core/ssp"
	"mosh/internal/core/vt"
	"mosh/internal/corpus"
)

// turner moves a pair on without allocating itself, as the event loops do.
type turner struct {
	*pair
	up       []Datagram
	down     []ssp.Datagram
	echo     []byte
	renderer display.Renderer
	caps     display.Caps
	painted  *vt.Frame
	paint    []byte
}

func newTurner(t *testing.T) *turner {
	p := &turner{pair: newPair(t), caps: display.Terminal()}
	p.run(time.Second)
	p.server.TakeResize()
	p.run(10 * time.Second)
	p.painted = p.client.Frame(p.now)
	return p
}

// turn is one turn of both loops.
func (p *turner) turn() {
	p.clientTurn()
	p.serverTurn()
}

func (p *turner) clientTurn() {
	p.client.Advance(p.now)
	p.up = p.client.AppendDatagrams(p.now, p.up[:0])
	for _, d := range p.up {
		if err := p.server.HandleDatagram(p.now, clientAddr, false, d.B); err != nil {
			p.t.Fatal(err)
		}
	}
	if f := p.client.Frame(p.now); f != p.painted {
		p.paint = p.renderer.AppendDiff(p.paint[:0], &p.caps, p.painted, f)
		p.painted = f
	}
}

func (p *turner) serverTurn() {
	p.server.Advance(p.now)
	if in := p.server.HostInput(); len(in) > 0 {
		p.echo = append(p.echo[:0], in...)
		p.server.HostWritten(p.now, len(in))
		p.server.HostOutput(p.now, p.echo)
	}
	p.down = p.server.AppendDatagrams(p.now, p.down[:0])
	for _, d := range p.down {
		if err := p.client.HandleDatagram(p.now, 0, serverAddr, false, d.B); err != nil {
			p.t.Fatal(err)
		}
	}
}

// pass lets d pass in turns at the deadlines.
func (p *turner) pass(d time.Duration) { p.turns(d, p.turn) }

// TestAllocations bounds what a turn of either loop allocates once a session runs. What is kept must be made: a screen
// that was sent is a frame and the row that differs, at both ends, and the client's emulator is a copy of the one before.
// Nothing else is: no buffer, no object of an instruction, no octet of a key.
func TestAllocations(t *testing.T) {
	p := newTurner(t)
	for range 50 {
		p.client.Keys(p.now, []byte("\r"))
		p.pass(time.Second)
	}
	chunk := corpus.Log(1, 4096)
	key, enter, keys := []byte("a"), []byte("\r"), 0
	steps := []struct {
		name  string
		limit float64
		do    func()
	}{
		{"a turn with nothing due", 0, func() {
			p.now = p.now.Add(time.Microsecond)
			p.turn()
			_, _ = p.client.NextTimeout(), p.server.NextTimeout()
		}},
		// Two copies of the client's emulator, each with two screens and a frame; the server's frame and row; a state
		// of the checksum for each instruction.
		{"a key, typed, echoed and painted", 24, func() {
			if keys++; keys%60 == 0 {
				p.client.Keys(p.now, enter)
			} else {
				p.client.Keys(p.now, key)
			}
			p.pass(300 * time.Millisecond)
		}},
		{"an idle minute", 40, func() { p.pass(time.Minute) }},
		{"a chunk of output before the next frame", 0, func() {
			p.now = p.now.Add(time.Microsecond)
			p.server.HostOutput(p.now, chunk)
			_ = p.server.NextTimeout()
		}},
		// A frame of 24 rows, of which all are new, at both ends.
		{"5 frames of a flood", 5 * 120, func() {
			for range 100 {
				p.server.HostOutput(p.now, chunk)
				p.pass(time.Millisecond)
			}
		}},
	}
	for _, s := range steps {
		s.do()
		if n := testing.AllocsPerRun(60, s.do); n > s.limit {
			t.Errorf("%s: %v allocations, want at most %v", s.name, n, s.limit)
		} else {
			t.Logf("%s: %v allocations", s.name, n)
		}
	}
	if len(p.paint) == 0 || p.server.Stats().InstructionsSent == 0 {
		t.Error("nothing was painted or sent")
	}
}
