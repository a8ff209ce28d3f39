package vt

// alternateMode is the private modes 47, 1047, 1048 and 1049.
func (t *Terminal) alternateMode(n int, on bool) {
	if t.o.Receiver { // the peer has the two screens and shows us one: only the fact travels
		if n != 1048 {
			t.modes.Alternate = on
		}
		return
	}
	switch {
	case n == 1048 && on:
		t.saveCursor()
	case n == 1048:
		t.restoreCursor()
	case n == 47:
		t.switchScreen(on)
	case n == 1047:
		if !on && t.modes.Alternate {
			t.eraseRows(0, t.height)
			t.cur.Pending = false
		}
		t.switchScreen(on)
	case on: // 1049
		t.saveCursor()
		t.switchScreen(true)
		t.eraseRows(0, t.height)
		t.cur.Pending = false
	case t.modes.Alternate:
		t.switchScreen(false)
		t.restoreCursor()
	default:
		t.restoreCursor()
	}
}

// switchScreen makes the alternate or the primary screen the active one. The cursor stays where it is.
func (t *Terminal) switchScreen(alternate bool) {
	if t.modes.Alternate == alternate {
		return
	}
	t.screen, t.other = t.other, t.screen
	t.modes.Alternate = alternate
	t.showKeys()
	t.join = -1
}
