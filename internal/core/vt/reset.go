package vt

// reset is RIS, and power-up. What counts or belongs to the user is kept: bells, icon name, clipboard.
func (t *Terminal) reset() {
	t.screen = screen{rows: blankRows(t.width, t.height)}
	t.other = screen{rows: append([]*Row(nil), t.rows...)}
	t.cur, t.join, t.last = Cursor{}, -1, 0
	t.pen, t.extra = Rendition{}, Extra{}
	t.margins, t.tabs, t.charsets = t.fullMargins(), tabs{}, charsets{}
	t.modes = Modes{CursorVisible: true}
	t.flags = flags{autowrap: true}
	t.xtsaved, t.penStack = nil, nil
	t.progress, t.partial = Progress{}, Notification{}
	t.title, t.colors = "", nil
	t.held = nil
}

// softReset is DECSTR.
func (t *Terminal) softReset() {
	t.modes.CursorVisible, t.modes.AppCursor, t.modes.AppKeypad = true, false, false
	t.margins = t.fullMargins()
	t.flags.origin, t.flags.insert, t.flags.autowrap, t.flags.reverseWrap = false, false, true, false
	t.flags.leftRight = false
	t.pen, t.extra, t.charsets = Rendition{}, Extra{}, charsets{}
	t.saved = savedCursor{}
}
