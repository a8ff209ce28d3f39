package vt

// selectRendition is SGR, ECMA-48 8.3.117, with the colon forms of ITU-T T.416 and kitty's underlines.
func (t *Terminal) selectRendition() {
	p := &t.p
	n := p.NumItems()
	if n == 0 {
		t.resetPen()
		return
	}
	i := 0
	if v, ok := p.Items(); ok {
		for i < n {
			i = t.selectNext(v, i)
		}
	}
	for i < n {
		v, _, _ := p.Item(i)
		end := i + 1
		for end < n {
			if _, sub, _ := p.Item(end); !sub {
				break
			}
			end++
		}
		switch {
		case v == 38 || v == 48 || v == 58:
			i = t.extendedColor(v, i, end)
			continue
		case end > i+1:
			if v == 4 {
				u, _, _ := p.Item(i + 1)
				if u <= int(UnderlineDashed) {
					t.pen.Attr = t.pen.Attr.WithUnderline(Underline(u))
				}
			}
		default:
			t.selectOne(v)
		}
		i = end
	}
}

// selectNext does parameter i of v, which are all without sub-parameters, and returns the next.
func (t *Terminal) selectNext(v []uint16, i int) int {
	switch which := v[i]; which {
	case 38, 48:
		c := Color(0)
		switch v := v[i+1:]; {
		case len(v) >= 2 && v[0] == 5 && v[1] <= 255:
			c = PaletteColor(uint8(v[1]))
			i += 3
		case len(v) >= 4 && v[0] == 2 && max(v[1], v[2], v[3]) <= 255:
			c = DirectColor(uint8(v[1]), uint8(v[2]), uint8(v[3]))
			i += 5
		default:
			return t.extendedColor(int(which), i, i+1)
		}
		if which == 38 {
			t.pen.FG = c
		} else {
			t.pen.BG = c
		}
		return i
	case 58:
		return t.extendedColor(58, i, i+1)
	default:
		t.selectOne(int(which))
		return i + 1
	}
}

// resetPen is SGR 0. Neither hyperlink nor protection are of SGR.
func (t *Terminal) resetPen() {
	t.pen.FG, t.pen.BG = 0, 0
	t.pen.Attr &= protected
	t.underlineColor(0)
}

func (t *Terminal) selectOne(v int) {
	a := &t.pen.Attr
	switch {
	case v >= 30 && v <= 37:
		t.pen.FG = PaletteColor(uint8(v - 30))
		return
	case v >= 40 && v <= 47:
		t.pen.BG = PaletteColor(uint8(v - 40))
		return
	case v >= 90 && v <= 97:
		t.pen.FG = PaletteColor(uint8(v - 90 + 8))
		return
	case v >= 100 && v <= 107:
		t.pen.BG = PaletteColor(uint8(v - 100 + 8))
		return
	}
	switch v {
	case 0:
		t.resetPen()
	case 1:
		*a |= Bold
	case 2:
		*a |= Faint
	case 3:
		*a |= Italic
	case 4:
		*a = a.WithUnderline(UnderlineSingle)
	case 5, 6:
		*a |= Blink
	case 7:
		*a |= Inverse
	case 8:
		*a |= Invisible
	case 9:
		*a |= Strike
	case 21:
		*a = a.WithUnderline(UnderlineDouble)
	case 22:
		*a &^= Bold | Faint
	case 23:
		*a &^= Italic
	case 24:
		*a = a.WithUnderline(UnderlineNone)
	case 25:
		*a &^= Blink
	case 27:
		*a &^= Inverse
	case 28:
		*a &^= Invisible
	case 29:
		*a &^= Strike
	case 39:
		t.pen.FG = 0
	case 49:
		t.pen.BG = 0
	case 53:
		*a |= Overline
	case 55:
		*a &^= Overline
	case 59:
		t.underlineColor(0)
	}
}

// extendedColor is SGR 38, 48 and 58. The item at i is that number, its sub-parameters go up to end. It
// returns the item to go on with. What is malformed is dropped whole: nothing of it runs as another code.
func (t *Terminal) extendedColor(which, i, end int) int {
	p := &t.p
	var v [6]int // the kind, then its values
	n := 0
	if end > i+1 {
		for j := i + 1; j < end && n < len(v); j++ {
			v[n], _, _ = p.Item(j)
			n++
		}
		if v[0] == 2 && n >= 5 { // 2:id:r:g:b
			v[1], v[2], v[3] = v[2], v[3], v[4]
		}
	} else {
		kind := 0
		if i+1 < p.NumItems() {
			kind, _, _ = p.Item(i + 1)
		}
		want := 0
		switch kind {
		case 2:
			want = 4
		case 5:
			want = 2
		}
		for end = i + 1; end < p.NumItems() && n < want; end++ {
			v[n], _, _ = p.Item(end)
			n++
		}
		if want == 0 {
			end = min(i+2, p.NumItems())
		}
	}
	if c, ok := color(v, n); ok {
		switch which {
		case 38:
			t.pen.FG = c
		case 48:
			t.pen.BG = c
		case 58:
			t.underlineColor(c)
		}
	}
	return end
}

// color returns the colour that n values of v stand for: 5;index or 2;r;g;b.
func color(v [6]int, n int) (c Color, ok bool) {
	switch {
	case n >= 2 && v[0] == 5 && v[1] <= 255:
		return PaletteColor(uint8(v[1])), true
	case n >= 4 && v[0] == 2 && max(v[1], v[2], v[3]) <= 255:
		return DirectColor(uint8(v[1]), uint8(v[2]), uint8(v[3])), true
	}
	return 0, false
}

func (t *Terminal) underlineColor(c Color) {
	if t.extra.UnderlineColor != c {
		t.setExtra(Extra{c, t.extra.Link})
	}
}

// setExtra changes the underline colour and hyperlink of the pen.
func (t *Terminal) setExtra(e Extra) {
	i, ok := t.interns.AddExtra(e)
	if !ok {
		if t.renewInterns() {
			i, ok = t.interns.AddExtra(e)
		}
		if !ok {
			e = Extra{}
		}
	}
	t.extra, t.pen.Extra = e, i
}

// setProtection is DECSCA.
func (t *Terminal) setProtection(n int) {
	t.flags.guarded = false
	switch n {
	case 0, 2:
		t.pen.Attr &^= protected
	case 1:
		t.pen.Attr |= protected
	}
}
