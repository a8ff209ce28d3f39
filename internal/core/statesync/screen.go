package statesync

import (
	"mosh/internal/core/display"
	"mosh/internal/core/vt"
	"mosh/internal/core/width"
	"mosh/internal/core/wire"
)

// View is how the screen is put into diffs for one peer: what its emulator keeps.
type View struct {
	Caps     display.Caps
	renderer display.Renderer
	scratch  []byte
}

// NewView returns the view of a peer that can do what c says.
func NewView(c display.Caps) *View { return &View{Caps: c} }

// Screen is a snapshot of the server's screen with what else is synchronised.
type Screen struct {
	Frame   *vt.Frame
	EchoAck uint64
	Hello   *wire.Hello // absent until the client has said its own
	TTY     *wire.TTY
	Exit    *wire.Exit
	View    *View
}

// Equal says that a peer holding o needs nothing to hold s.
func (s Screen) Equal(o Screen) bool {
	return s.EchoAck == o.EchoAck && s.attributes(o) == (wire.Extension{}) &&
		(s.Frame == o.Frame || s.Frame.Equal(o.Frame, s.View.Caps.Rich))
}

// attributes returns those of s that differ from o's.
func (s Screen) attributes(o Screen) wire.Extension {
	var e wire.Extension
	if s.Hello != nil && o.Hello == nil {
		e.Hello = s.Hello
	}
	if s.TTY != nil && (o.TTY == nil || *o.TTY != *s.TTY) {
		e.TTY = s.TTY
	}
	if s.Exit != nil && (o.Exit == nil || *o.Exit != *s.Exit) {
		e.Exit = s.Exit
	}
	return e
}

// AppendDiff appends the HostMessage that takes base to s (spec/protocol.md, section 8.2).
func (s Screen) AppendDiff(dst []byte, base Screen) []byte {
	if s.EchoAck != base.EchoAck {
		dst = wire.AppendEchoAck(dst, s.EchoAck)
	}
	if s.Frame != base.Frame {
		dst = s.appendScreen(dst, base)
	}
	if e := s.attributes(base); e != (wire.Extension{}) {
		dst = wire.AppendExtension(dst, e)
	}
	return dst
}

func (s Screen) appendScreen(dst []byte, base Screen) []byte {
	old, v := base.Frame, s.View
	if old.Width != s.Frame.Width || old.Height != s.Frame.Height {
		dst = wire.AppendResize(dst, s.Frame.Width, s.Frame.Height)
	}
	if s.Hello != nil && base.Hello == nil && !stockKeeps(old) {
		// The base was told before the client had said what it keeps: it has the projection to stock of it.
		stock := display.Stock()
		v.scratch = v.renderer.AppendDiff(v.scratch[:0], &stock, old, s.Frame)
		v.scratch = v.renderer.AppendRepaint(v.scratch, &v.Caps, s.Frame)
	} else {
		v.scratch = v.renderer.AppendDiff(v.scratch[:0], &v.Caps, old, s.Frame)
	}
	if len(v.scratch) > 0 {
		dst = wire.AppendHostBytes(dst, v.scratch)
	}
	if n := cap(v.scratch); n > 1<<15 && len(v.scratch) < n/8 {
		v.scratch = nil // a film or a flood is over
	}
	return dst
}

// stockKeeps says that stock's emulator keeps all of f.
func stockKeeps(f *vt.Frame) bool {
	if f.Modes != f.Modes.Stock() || f.Pen != f.Pen.Stock() || f.Colors != nil && *f.Colors != (vt.Colors{}) {
		return false
	}
	var text []byte
	for _, r := range f.Rows {
		for _, c := range r.Cells {
			if c.Rendition != c.Rendition.Stock() {
				return false
			}
			if text = f.Interns.AppendContent(text[:0], c.Content); width.DoubtfulString(string(text)) {
				return false
			}
		}
	}
	return true
}

// Features are the extensions that this program knows (docs/extensions.md).
func Features() wire.Features {
	return wire.FeatureSet(wire.FeatureTTY, wire.FeatureExit, wire.FeatureScreen, wire.FeatureQuiet, wire.FeatureTerminal, wire.FeatureSize,
		wire.FeatureWindow, wire.FeatureTerse)
}
