package vt

import "slices"

// tabs are the tab stops. The zero value has one at every eighth column.
type tabs struct {
	set     []uint64 // a bit for each of maxSide columns; nil is the default; replaced, never written
	cleared bool     // TBC 3: columns that a resize adds have no stops
}

const (
	tabWords    = maxSide / 64
	defaultTabs = 0x0101010101010101
)

func (t *tabs) has(col int) bool {
	if t.set == nil {
		return col%8 == 0
	}
	return t.set[col/64]>>(col%64)&1 != 0
}

// put sets or clears the stop at col.
func (t *tabs) put(col int, on bool) {
	if t.has(col) == on {
		return
	}
	set := make([]uint64, tabWords)
	if copy(set, t.set) == 0 {
		for i := range set {
			set[i] = defaultTabs
		}
	}
	set[col/64] ^= 1 << (col % 64)
	t.set = set
}

func (t *tabs) clear() { *t = tabs{set: make([]uint64, tabWords), cleared: true} }

// forget gives the columns from width on what a resize to more columns will add.
func (t *tabs) forget(width int) {
	if t.set == nil {
		return
	}
	set := slices.Clone(t.set)
	for col := width; col < maxSide; col++ {
		set[col/64] &^= 1 << (col % 64)
		if !t.cleared && col%8 == 0 {
			set[col/64] |= 1 << (col % 64)
		}
	}
	t.set = set
}

// tab moves to the n-th tab stop to the right (HT, CHT), at most to the right margin. A pending wrap stays
// pending.
func (t *Terminal) tab(n int) {
	right := t.rightLimit()
	for ; n > 0 && t.cur.Col < right; n-- {
		for t.cur.Col++; t.cur.Col < right && !t.tabs.has(t.cur.Col); t.cur.Col++ {
		}
	}
	t.join = -1
}

// backTab moves to the n-th tab stop to the left (CBT), with DECOM at most to the left margin. A pending wrap stays
// pending.
func (t *Terminal) backTab(n int) {
	left := 0
	if t.flags.origin {
		left = t.margins.left
	}
	for ; n > 0 && t.cur.Col > left; n-- {
		for t.cur.Col--; t.cur.Col > left && !t.tabs.has(t.cur.Col); t.cur.Col-- {
		}
	}
	t.join = -1
}

// clearTab is TBC.
func (t *Terminal) clearTab(how int) {
	switch how {
	case 0:
		t.tabs.put(t.cur.Col, false)
	case 3:
		t.tabs.clear()
	}
}
