package display

import (
	"strconv"
	"unicode/utf8"

	"mosh/internal/core/vt"
)

// events writes the bell and the clipboard if they happened between old and new.
func (r *Renderer) events(old, new *vt.Frame) {
	if old.Bells != new.Bells {
		r.w.str("\a")
	}
	c := &new.Clipboard
	if c.Serial == old.Clipboard.Serial || len(c.Data) > r.caps.ClipboardMax || !isPlain(c.Data) || c.Data == "?" {
		return
	}
	r.w.str(esc + "]52;")
	if r.caps.Selections && isPlain(c.Selection) {
		r.w.str(c.Selection)
	} else {
		r.w.str("c")
	}
	r.w.str(";")
	r.w.str(c.Data)
	r.w.str("\a")
}

// isPlain says that s may stand in an OSC: nothing ends it early.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// names writes title and icon name where they differ, or both if old is nil.
func (r *Renderer) names(old, new *vt.Frame) {
	if !r.caps.Title {
		return
	}
	title, icon := new.TitleSet, new.TitleSet
	if old != nil {
		title, icon = old.Title != new.Title, old.Icon != new.Icon
	}
	switch {
	case !title && !icon:
	case new.Title == new.Icon:
		r.name('0', new.Title)
	default:
		if icon {
			r.name('1', new.Icon)
		}
		if title {
			r.name('2', new.Title)
		}
	}
}

// name writes OSC kind; s is cut to what the receiver keeps, without controls.
func (r *Renderer) name(kind byte, s string) {
	w := &r.w
	w.str(esc + "]")
	w.dst = append(w.dst, kind, ';')
	n := 0
	for _, c := range s {
		if c < 0x20 || c >= 0x7f && c < 0xa0 {
			continue
		}
		if n++; n > r.caps.TitleMax {
			break
		}
		w.dst = utf8.AppendRune(w.dst, c)
	}
	w.str("\a")
}

func (r *Renderer) mode(n int, on bool) { r.w.mode(n, on) }

// mode writes DECSET or DECRST.
func (w *writer) mode(n int, on bool) {
	w.str(csi + "?")
	w.dst = strconv.AppendInt(w.dst, int64(n), 10)
	if on {
		w.dst = append(w.dst, 'h')
	} else {
		w.dst = append(w.dst, 'l')
	}
}

// switches writes the modes in which new differs from old, or all that can be on if old is nil. They stand at
// the end of a diff, where the wrap flag does not matter any more (spec/terminal.md, 7.1).
func (r *Renderer) switches(old, new *vt.Modes) {
	all := old == nil
	if all {
		old = &vt.Modes{}
	}
	for _, m := range [...]struct {
		n        int
		old, new bool
	}{
		{5, old.ReverseVideo, new.ReverseVideo},
		{2004, old.BracketedPaste, new.BracketedPaste},
		{1004, old.Focus, new.Focus},
	} {
		if all || m.old != m.new {
			r.mode(m.n, m.new)
		}
	}
	r.mouse(all, old, new)
	if r.caps.Rich {
		r.richSwitches(all, old, new)
	}
}

// mouse writes reporting mode and encoding: each is one variable at every receiver.
func (r *Renderer) mouse(all bool, old, new *vt.Modes) {
	if all {
		r.w.mouseOff(r.caps)
	}
	if old.Mouse != new.Mouse {
		if old.Mouse != vt.MouseOff && (r.caps.Terminal || new.Mouse == vt.MouseOff) {
			r.mode(int(old.Mouse), false)
		}
		if new.Mouse != vt.MouseOff {
			r.mode(int(new.Mouse), true)
		}
	}
	if old.Encoding != new.Encoding {
		if old.Encoding != vt.EncodingX10 && (r.caps.Terminal || new.Encoding == vt.EncodingX10) {
			r.mode(int(old.Encoding), false)
		}
		if new.Encoding != vt.EncodingX10 {
			r.mode(int(new.Encoding), true)
		}
	}
}

// mouseOff writes all resets, for a receiver of which nothing is known.
func (w *writer) mouseOff(c *Caps) {
	for _, n := range [...]int{1003, 1002, 1001, 1000, 9} {
		w.mode(n, false)
	}
	if c.Rich {
		w.mode(int(vt.EncodingPixel), false)
	}
	for _, n := range [...]int{1015, 1006, 1005} {
		w.mode(n, false)
	}
}

// richSwitches writes what stock mosh does not keep. Without a known old state only what is not as in a reset
// terminal is written: what that is, is often the user's choice.
func (r *Renderer) richSwitches(all bool, old, new *vt.Modes) {
	w := &r.w
	if old.AlternateScroll != new.AlternateScroll {
		w.mode(1007, new.AlternateScroll)
	}
	if old.Alternate != new.Alternate {
		w.mode(1049, new.Alternate)
	}
	if r.caps.Keys && (all || old.AppCursor != new.AppCursor) {
		w.mode(1, new.AppCursor)
	}
	if r.caps.Keys && (all || old.AppKeypad != new.AppKeypad) {
		w.keypad(new.AppKeypad)
	}
	if old.CursorStyle != new.CursorStyle {
		w.cursorStyle(new.CursorStyle)
	}
	if r.caps.Kitty && (all || old.KittyFlags != new.KittyFlags) {
		w.str(csi + "=")
		w.dst = strconv.AppendInt(w.dst, int64(new.KittyFlags), 10)
		w.str(";1u")
	}
	if old.ModifyOtherKeys != new.ModifyOtherKeys {
		w.str(csi + ">4;")
		w.dst = strconv.AppendInt(w.dst, int64(new.ModifyOtherKeys), 10)
		w.str("m")
	}
	if old.ColorScheme != new.ColorScheme {
		w.mode(2031, new.ColorScheme)
	}
}

func (w *writer) keypad(on bool) {
	if on {
		w.str(esc + "=")
	} else {
		w.str(esc + ">")
	}
}

func (w *writer) cursorStyle(n uint8) {
	w.str(csi)
	w.dst = strconv.AppendInt(w.dst, int64(n), 10)
	w.str(" q")
}
