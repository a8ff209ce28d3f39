package vt

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// changeColors lets f change a copy of the colours, since frames hold on to the present ones.
func (t *Terminal) changeColors(f func(*Colors)) {
	var c Colors
	if t.colors != nil {
		c = *t.colors
	}
	f(&c)
	switch {
	case c == Colors{}:
		t.colors = nil
	case t.colors == nil || *t.colors != c:
		t.colors = &c
	}
}

// paletteCommand is OSC 4: pairs of index and colour, of which ? asks. Indexes from 256 on (OSC 5, the special
// colours) do not exist here.
func (t *Terminal) paletteCommand(text []byte) {
	var changes []func(*Colors)
	for len(text) > 0 {
		var index, spec []byte
		index, text, _ = bytes.Cut(text, []byte{';'})
		spec, text, _ = bytes.Cut(text, []byte{';'})
		n, err := strconv.ParseUint(string(index), 10, 8)
		if err != nil {
			continue
		}
		if string(spec) == "?" {
			t.applyColors(changes)
			changes = changes[:0]
			t.reportColor(fmt.Sprint("4;", n), t.palette(uint8(n)))
		} else if c, ok := parseColor(string(spec)); ok {
			changes = append(changes, func(p *Colors) { p.Palette[n] = c })
		}
	}
	t.applyColors(changes)
}

// applyColors makes all changes in one copy.
func (t *Terminal) applyColors(changes []func(*Colors)) {
	if len(changes) == 0 {
		return
	}
	t.changeColors(func(c *Colors) {
		for _, f := range changes {
			f(c)
		}
	})
}

// resetPalette is OSC 104: the given indexes, or all.
func (t *Terminal) resetPalette(text []byte) {
	t.changeColors(func(c *Colors) {
		if len(text) == 0 {
			c.Palette = [256]Color{}
			return
		}
		for s := range strings.SplitSeq(string(text), ";") {
			if n, err := strconv.ParseUint(s, 10, 8); err == nil {
				c.Palette[n] = 0
			}
		}
	})
}

// dynamicCommand is OSC 10 to 19, of which first is the last digit: each further colour is for the next.
func (t *Terminal) dynamicCommand(first int, text []byte) {
	i := first
	for spec := range strings.SplitSeq(string(text), ";") {
		if i >= len(Colors{}.Dynamic) {
			return
		}
		if spec == "?" {
			t.reportColor(fmt.Sprint(10+i), t.dynamic(i))
		} else if c, ok := parseColor(spec); ok {
			t.changeColors(func(p *Colors) { p.Dynamic[i] = c })
		}
		i++
	}
}

// palette returns the colour with index n as far as it is known: what a program set, what the user's terminal
// said, or for the colours above 15 what all terminals have.
func (t *Terminal) palette(n uint8) Color {
	if t.colors != nil && t.colors.Palette[n] != 0 {
		return t.colors.Palette[n]
	}
	if c := t.defaults.Colors.Palette[n]; c != 0 || n < 16 {
		return c
	}
	if n >= 232 {
		g := 8 + 10*(n-232)
		return DirectColor(g, g, g)
	}
	level := func(i uint8) uint8 {
		if i == 0 {
			return 0
		}
		return 55 + 40*i
	}
	n -= 16
	return DirectColor(level(n/36), level(n/6%6), level(n%6))
}

// dynamic returns the colour of OSC 10+i as far as it is known.
func (t *Terminal) dynamic(i int) Color {
	if t.colors != nil && t.colors.Dynamic[i] != 0 {
		return t.colors.Dynamic[i]
	}
	return t.defaults.Colors.Dynamic[i]
}

// reportColor answers the query of OSC what, ended as the query was; a colour that is not known is not
// answered.
func (t *Terminal) reportColor(what string, c Color) {
	r, g, b, ok := c.Direct()
	if !ok {
		return
	}
	end := "\x1b\\"
	if t.p.EndedByBEL() {
		end = "\a"
	}
	t.reply(fmt.Sprintf("\x1b]%s;rgb:%02x%02x/%02x%02x/%02x%02x%s", what, r, r, g, g, b, b, end))
}

// parseColor reads a colour as XParseColor does: rgb:R/G/B of one to four hexadecimal digits each, which are
// scaled, or #RGB with equally many digits, which are the high ones. Names are not known.
func parseColor(s string) (Color, bool) {
	var parts []string
	scale := false
	if rest, ok := strings.CutPrefix(s, "rgb:"); ok {
		parts, scale = strings.Split(rest, "/"), true
	} else if rest, ok := strings.CutPrefix(s, "#"); ok && len(rest)%3 == 0 {
		n := len(rest) / 3
		parts = []string{rest[:n], rest[n : 2*n], rest[2*n:]}
	}
	if len(parts) != 3 {
		return 0, false
	}
	var v [3]uint8
	for i, p := range parts {
		if len(p) < 1 || len(p) > 4 {
			return 0, false
		}
		n, err := strconv.ParseUint(p, 16, 16)
		if err != nil {
			return 0, false
		}
		bits := 4 * len(p)
		if scale {
			v[i] = uint8(n * 0xff / (1<<bits - 1))
		} else {
			v[i] = uint8(n << 16 >> bits >> 8)
		}
	}
	return DirectColor(v[0], v[1], v[2]), true
}
