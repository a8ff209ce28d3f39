package display

import (
	"strconv"

	"mosh/internal/core/vt"
)

// colors writes the overrides of palette (OSC 4, 104) and dynamic colours (OSC 10 to 19, 110 to 119) in which
// new differs from old. Nil is none.
func (r *Renderer) colors(old, new *vt.Colors) {
	if old == new || !r.caps.Rich || !r.caps.OSC {
		return
	}
	var none vt.Colors
	if old == nil {
		old = &none
	}
	if new == nil {
		new = &none
	}
	r.w.palette(old, new)
	for i, c := range new.Dynamic {
		if c == old.Dynamic[i] {
			continue
		}
		if c == 0 {
			r.w.command(110 + i)
		} else {
			r.w.command(10 + i)
			r.w.rgb(c)
		}
		r.w.str("\a")
	}
}

// palette writes one OSC 4 with all that is set and one OSC 104 with all that is reset.
func (w *writer) palette(old, new *vt.Colors) {
	open := false
	for i, c := range new.Palette {
		if c == old.Palette[i] || c == 0 {
			continue
		}
		if !open {
			w.str(esc + "]4")
			open = true
		}
		w.dst = append(w.dst, ';')
		w.dst = strconv.AppendInt(w.dst, int64(i), 10)
		w.rgb(c)
	}
	if open {
		w.str("\a")
	}
	if new.Palette == old.Palette {
		return
	}
	open = false
	if new.Palette == ([256]vt.Color{}) {
		w.str(esc + "]104\a")
		return
	}
	for i, c := range new.Palette {
		if c != 0 || old.Palette[i] == 0 {
			continue
		}
		if !open {
			w.str(esc + "]104")
			open = true
		}
		w.dst = append(w.dst, ';')
		w.dst = strconv.AppendInt(w.dst, int64(i), 10)
	}
	if open {
		w.str("\a")
	}
}

func (w *writer) command(n int) {
	w.str(esc + "]")
	w.dst = strconv.AppendInt(w.dst, int64(n), 10)
}

// rgb writes a colour in the form of XParseColor.
func (w *writer) rgb(c vt.Color) {
	red, green, blue, _ := c.Direct()
	w.str(";rgb")
	sep := byte(':')
	const hex = "0123456789abcdef"
	for _, v := range [...]uint8{red, green, blue} {
		w.dst = append(w.dst, sep, hex[v>>4], hex[v&15])
		sep = '/'
	}
}
