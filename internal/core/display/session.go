package display

import "mosh/internal/core/vt"

// AppendOpen appends what makes the user's terminal ours: at the start, and when the client is continued
// after a suspension. A repaint follows (spec/terminal.md, 5.10).
func AppendOpen(dst []byte, c *Caps) []byte {
	dst = append(dst, c.Enter...)
	dst = append(dst, csi+"?1h"...)
	return AppendGained(dst, &Caps{}, c)
}

// AppendGained appends what AppendOpen would have done more, had it known after in place of before. A
// repaint follows.
func AppendGained(dst []byte, before, after *Caps) []byte {
	if after.Kitty && !before.Kitty {
		dst = append(dst, csi+">0u"...)
	}
	if after.Clusters && !before.Clusters {
		dst = append(dst, csi+"?2027h"...)
	}
	return dst
}

// AppendClose appends what gives the terminal back: at the end, and before a suspension. Everything that may
// have been switched on is switched off. painted is the frame that the terminal shows; nil if that is not
// known.
func AppendClose(dst []byte, c *Caps, painted *vt.Frame) []byte {
	w := writer{dst: dst}
	w.mode(1, false)
	if c.Keys {
		w.keypad(false)
	}
	if c.Links {
		w.link(vt.Link{})
	}
	w.str(csi + "0m")
	w.mode(25, true)
	w.mouseOff(c)
	w.mode(1004, false)
	w.mode(2004, false)
	w.mode(5, false)
	if c.Rich {
		w.closeRich(c, painted)
	}
	if c.Kitty {
		w.str(csi + "<u")
	}
	if c.Clusters {
		w.mode(2027, false)
	}
	w.str(c.Leave)
	return w.dst
}

// closeRich resets what the user may have set up otherwise only if a frame had changed it.
func (w *writer) closeRich(c *Caps, painted *vt.Frame) {
	m := vt.Modes{AlternateScroll: true, CursorStyle: 1, ModifyOtherKeys: 1, ColorScheme: true}
	if painted != nil {
		m = c.modes(painted.Modes)
	}
	if m.AlternateScroll {
		w.mode(1007, false)
	}
	if m.CursorStyle != 0 {
		w.cursorStyle(0)
	}
	if m.ModifyOtherKeys != 0 {
		w.str(csi + ">4m")
	}
	if m.ColorScheme {
		w.mode(2031, false)
	}
	if painted != nil && painted.Colors != nil {
		r := Renderer{w: *w, caps: c}
		r.colors(painted.Colors, nil)
		w.dst = r.w.dst
	}
}
