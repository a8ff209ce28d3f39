package server

import (
	"time"

	"mosh/internal/core/datagram"
	"mosh/internal/core/display"
	"mosh/internal/core/ssp"
	"mosh/internal/core/statesync"
	"mosh/internal/core/vt"
	"mosh/internal/core/width"
	"mosh/internal/core/wire"
)

// collectDelay is how long a change of the screen waits for more (spec/protocol.md, section 7.1).
const collectDelay = 8 * time.Millisecond

// Limits of what a client can make of the screen, for the sake of memory, and of the resizes carried out for one state
// of its input, for the sake of time: beyond them only the last counts.
const (
	maxSide    = 4096
	maxCells   = 1 << 19
	maxResizes = 16
)

// peer is one client: its transport and what is known of it.
type peer struct {
	session   *Session
	endpoint  *datagram.Endpoint
	transport *ssp.Transport[statesync.Screen, statesync.RemoteInput]

	input      *statesync.InputLog // what the client sent
	consumed   uint64              // position in input up to which events were carried out
	lastState  uint64              // number of the client state that was consumed last
	translator vt.Translator
	echo       echoHistory
	view       *statesync.View // how the screen is put into diffs for this peer
	hello      *wire.Hello     // ours, once the client has said its own
}

func newPeer(now time.Time, s *Session, key datagram.Key) *peer {
	ep := datagram.NewEndpoint(key, datagram.ToClient)
	p := &peer{session: s, endpoint: ep, input: &statesync.InputLog{}, view: statesync.NewView(display.Stock())}
	initial := statesync.Screen{Frame: vt.NewFrame(s.cfg.Width, s.cfg.Height), View: p.view}
	p.transport = ssp.New(now, ssp.Config{Policy: s.cfg.Policy, CollectDelay: collectDelay, Rand: s.cfg.Rand}, ep,
		p.screen, initial, statesync.RemoteInput{Log: p.input, Room: s.room})
	return p
}

// room is how much more input the session may take before the program reads some.
func (s *Session) room() int { return maxHostInput - len(s.hostIn) }

// screen is the object that is synchronised to the client.
func (p *peer) screen() statesync.Screen {
	s := p.session
	sc := statesync.Screen{Frame: s.snapshot(), EchoAck: p.echo.ack, Hello: p.hello, View: p.view}
	if p.hello == nil {
		return sc
	}
	if s.ttyOK && p.hello.Features.Has(wire.FeatureTTY) {
		tty := s.tty
		sc.TTY = &tty
	}
	if p.hello.Features.Has(wire.FeatureExit) {
		sc.Exit = s.exit
	}
	return sc
}

// takeInput carries out the events of a newly arrived client state.
func (p *peer) takeInput(now time.Time) {
	num := p.transport.RemoteNum()
	if num == p.lastState {
		return
	}
	p.lastState = num
	s, end := p.session, p.transport.Remote().End
	if end <= p.consumed || s.closing {
		return
	}
	var size *statesync.Size
	resizes := 0
	resize := func() {
		if size != nil && resizes < maxResizes {
			s.applyResize(now, *size)
			size = nil
			resizes++
		}
	}
	before := len(s.hostIn)
	p.input.Events(p.consumed, end, func(e statesync.Event) {
		switch {
		case e.Resize != nil:
			size = e.Resize // of adjacent ones the last counts
		case e.Keys != nil:
			resize()
			had := len(s.hostIn)
			s.hostIn = p.appendKeys(s.hostIn, e.Keys)
			s.hostEnd += uint64(len(s.hostIn) - had)
		case e.Hello != nil:
			p.greet(now, e.Hello)
		case e.Terminal != nil:
			s.setTerminal(e.Terminal)
		}
	})
	resizes = 0
	resize()
	p.consumed = end
	p.input.Trim(end)
	p.transport.Answer(now, s.answerWait(s.hostIn[before:]))
	p.echo.add(num, s.hostEnd)
	s.inputReached(now)
}

// greet takes the client's hello: from now on we may use what both can do. A second one is ignored.
func (p *peer) greet(now time.Time, h *wire.Hello) {
	if p.hello != nil || p.session.cfg.Policy == ssp.Stock {
		return
	}
	ours := wire.Hello{Version: wire.ExtensionVersion, Features: statesync.Features().And(h.Features), Program: p.session.cfg.Program}
	if h.Widths == uint32(width.Unicode17) {
		ours.Widths = h.Widths
		p.session.term.SetWidths(width.Unicode17)
	}
	p.hello = &ours
	p.transport.SetPeer(now, ours.Features)
	if ours.Features.Has(wire.FeatureScreen) {
		p.view.Caps = display.Own()
		if ours.Widths == 0 {
			p.view.Caps.Widths = display.WidthsPerCodePoint
		}
	}
	p.transport.Changed(now)
}

// setTerminal lets programs' queries be answered as the user's terminal would.
func (s *Session) setTerminal(t *wire.Terminal) {
	d := vt.Defaults{KittyKeyboard: t.Kitty}
	d.Colors.Dynamic[0], d.Colors.Dynamic[1] = directColor(t.Foreground), directColor(t.Background)
	if r, g, b, ok := d.Colors.Dynamic[1].Direct(); ok {
		d.Scheme = vt.SchemeLight
		if 299*int(r)+587*int(g)+114*int(b) < 128*1000 { // luma of ITU-R BT.601
			d.Scheme = vt.SchemeDark
		}
	}
	s.term.SetDefaults(d)
	s.takeReplies()
}

func directColor(c uint32) vt.Color {
	if c>>24 != 1 {
		return 0
	}
	return vt.DirectColor(uint8(c>>16), uint8(c>>8), uint8(c))
}

func (s *Session) applyResize(now time.Time, size statesync.Size) {
	size.Width = min(size.Width, maxSide)
	size.Height = min(size.Height, maxSide, maxCells/size.Width)
	s.resize = &size
	s.term.Resize(size.Width, size.Height)
	s.takeReplies()
	s.changed(now)
}

// appendKeys appends what the program shall read for these octets. A peer whose terminal follows the
// program's cursor key mode sends what the program asked for; others always send application sequences
// (spec/terminal.md, section 2.9).
func (p *peer) appendKeys(dst, keys []byte) []byte {
	if p.hello != nil && p.hello.Features.Has(wire.FeatureScreen) {
		return append(dst, keys...)
	}
	m := p.session.term.Modes()
	return p.translator.Append(dst, keys, m.AppCursor, m.KittyFlags)
}
