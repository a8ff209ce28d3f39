package vt

import "maps"

// setModes is SM and RM.
func (t *Terminal) setModes(on bool) {
	for i := range t.p.NumParams() {
		switch t.p.Param(i, 0) {
		case 4: // IRM
			t.flags.insert = on
		case 20: // LNM
			t.flags.newline = on
		}
	}
}

// setPrivateModes is DECSET and DECRST.
func (t *Terminal) setPrivateModes(on bool) {
	for i := range t.p.NumParams() {
		t.setPrivateMode(t.p.Param(i, 0), on)
	}
}

// flag returns where private mode n is kept if setting it has no further effect; nil if it has.
func (t *Terminal) flag(n int) *bool {
	switch n {
	case 1: // DECCKM
		return &t.modes.AppCursor
	case 5: // DECSCNM
		return &t.modes.ReverseVideo
	case 7: // DECAWM
		return &t.flags.autowrap
	case 25: // DECTCEM
		return &t.modes.CursorVisible
	case 40:
		return &t.flags.columns
	case 45:
		return &t.flags.reverseWrap
	case 66: // DECNKM
		return &t.modes.AppKeypad
	case 95: // DECNCSM
		return &t.flags.keepOnCOLM
	case 1004:
		return &t.modes.Focus
	case 1007:
		return &t.modes.AlternateScroll
	case 2004:
		return &t.modes.BracketedPaste
	case 2031:
		return &t.modes.ColorScheme
	}
	return nil
}

// isMouse and isEncoding say what private mode n selects.
func isMouse(n int) bool { return n == 9 || n >= 1000 && n <= 1003 }
func isEncoding(n int) bool {
	return n == 1005 || n == 1006 || n == 1015 || n == 1016
}

func (t *Terminal) setPrivateMode(n int, on bool) {
	if f := t.flag(n); f != nil {
		*f = on
		return
	}
	switch {
	case isMouse(n): // one variable; resetting any turns reporting off
		t.modes.Mouse = MouseOff
		if on {
			t.modes.Mouse = MouseMode(n)
		}
	case isEncoding(n): // one variable; only resetting the active one counts
		if on {
			t.modes.Encoding = MouseEncoding(n)
		} else if t.modes.Encoding == MouseEncoding(n) {
			t.modes.Encoding = EncodingX10
		}
	case n == 3:
		t.columnMode()
	case n == 6:
		t.flags.origin = on
		t.position(0, 0)
	case n == 12: // blinking cursor: the odd styles blink
		t.blinkCursor(on)
	case n == 47 || n == 1047 || n == 1048 || n == 1049:
		t.alternateMode(n, on)
	case n == 69:
		t.flags.leftRight = on
		t.margins.left, t.margins.right = 0, t.width-1
	case n == 2026:
		t.synchronize(on)
	case n == 2048:
		t.flags.inBandSize = on
		if on {
			t.reportSize()
		}
	}
}

// modeState is the answer of DECRQM.
type modeState int

const (
	modeUnknown modeState = iota
	modeSet
	modeReset
	modeAlwaysSet
	modeAlwaysReset
)

func stateOf(on bool) modeState {
	if on {
		return modeSet
	}
	return modeReset
}

// privateMode returns the state of private mode n.
func (t *Terminal) privateMode(n int) modeState {
	if f := t.flag(n); f != nil {
		return stateOf(*f)
	}
	switch {
	case isMouse(n):
		return stateOf(t.modes.Mouse == MouseMode(n))
	case isEncoding(n):
		return stateOf(t.modes.Encoding == MouseEncoding(n))
	}
	switch n {
	case 3:
		return modeAlwaysReset
	case 6:
		return stateOf(t.flags.origin)
	case 12:
		return stateOf(t.modes.CursorStyle == 0 || t.modes.CursorStyle%2 == 1)
	case 47, 1047, 1049:
		return stateOf(t.modes.Alternate)
	case 69:
		return stateOf(t.flags.leftRight)
	case 2026:
		return stateOf(t.holds())
	case 2027:
		if t.o.Widths == nil {
			return modeAlwaysSet
		}
		return modeAlwaysReset
	case 2048:
		return stateOf(t.flags.inBandSize)
	}
	return modeUnknown
}

// ansiMode returns the state of mode n of SM and RM.
func (t *Terminal) ansiMode(n int) modeState {
	switch n {
	case 4:
		return stateOf(t.flags.insert)
	case 20:
		return stateOf(t.flags.newline)
	case 2: // KAM
		return modeAlwaysReset
	case 12: // SRM: we echo nothing
		return modeAlwaysSet
	}
	return modeUnknown
}

// savePrivateModes is XTSAVE, restorePrivateModes is XTRESTORE: modes that were not saved are left alone.
func (t *Terminal) savePrivateModes() {
	m := maps.Clone(t.xtsaved)
	if m == nil {
		m = map[int]bool{}
	}
	for i := range t.p.NumParams() {
		n := t.p.Param(i, 0)
		if s := t.privateMode(n); s == modeSet || s == modeReset {
			m[n] = s == modeSet
		}
	}
	t.xtsaved = m
}

func (t *Terminal) restorePrivateModes() {
	for i := range t.p.NumParams() {
		if on, ok := t.xtsaved[t.p.Param(i, 0)]; ok {
			t.setPrivateMode(t.p.Param(i, 0), on)
		}
	}
}

// columnMode is DECCOLM. The size is the user's and is not changed; what goes with it is done if 40 is set.
func (t *Terminal) columnMode() {
	if !t.flags.columns {
		return
	}
	t.margins = t.fullMargins()
	if !t.flags.keepOnCOLM {
		t.eraseRows(0, t.height)
	}
	t.moveTo(0, 0)
}

func (t *Terminal) blinkCursor(on bool) {
	s := max(t.modes.CursorStyle, 1)
	if blinks := s%2 == 1; blinks && !on {
		s++
	} else if !blinks && on {
		s--
	}
	t.modes.CursorStyle = s
}
