package vt

import "fmt"

// maxKeyStack is how many entries a screen's stack of kitty keyboard flags has at most.
const maxKeyStack = 16

// keyStack is the state of the kitty keyboard protocol on one screen: the flags in force and those pushed.
type keyStack struct {
	flags  uint8
	n      uint8
	pushed [maxKeyStack]uint8
}

// kittyFlags are the flags that exist: disambiguate 1, event types 2, alternate keys 4, all keys 8, text 16.
const kittyFlags = 1 | 2 | 4 | 8 | 16

// showKeys puts the flags of the active screen where they are seen.
func (t *Terminal) showKeys() { t.modes.KittyFlags = t.keys.flags }

// hasKitty says that the protocol may be used: without it at the user's end, flags would only keep the
// cursor keys from being translated.
func (t *Terminal) hasKitty() bool { return t.o.Receiver || t.defaults.KittyKeyboard }

// keyboard runs the functions of the kitty keyboard protocol and of xterm's modifyOtherKeys. It says whether
// f is one.
func (t *Terminal) keyboard(f uint32) bool {
	p := &t.p
	switch f {
	case private | 'u':
		if t.hasKitty() {
			t.reply(fmt.Sprintf("\x1b[?%du", t.keys.flags))
		}
	case greater | 'u':
		t.pushKeys(p.Param(0, 0))
	case '<'<<16 | 'u':
		t.popKeys(p.Param(0, 1))
	case '='<<16 | 'u':
		t.setKeys(p.Param(0, 0), p.Param(1, 1))
	case greater | 'm': // XTMODKEYS
		if p.NumParams() == 0 || p.Param(0, 0) == 4 {
			t.modes.ModifyOtherKeys = uint8(min(p.Param(1, 0), 3))
		}
	case greater | 'n': // the same, disabled
		if p.Param(0, 0) == 4 {
			t.modes.ModifyOtherKeys = 0
		}
	case private | 'm': // XTQMODKEYS
		if p.Param(0, 0) == 4 {
			t.reply(fmt.Sprintf("\x1b[>4;%dm", t.modes.ModifyOtherKeys))
		}
	default:
		return false
	}
	return true
}

// pushKeys keeps the flags in force and sets others. The oldest are lost if there are too many.
func (t *Terminal) pushKeys(flags int) {
	if !t.hasKitty() {
		return
	}
	k := &t.keys
	if k.n == maxKeyStack {
		copy(k.pushed[:], k.pushed[1:])
		k.n--
	}
	k.pushed[k.n] = k.flags
	k.n++
	k.flags = uint8(flags & kittyFlags)
	t.showKeys()
}

// popKeys takes n flags back; below the last one there are none.
func (t *Terminal) popKeys(n int) {
	k := &t.keys
	for ; n > 0 && k.n > 0; n-- {
		k.n--
		k.flags = k.pushed[k.n]
	}
	if n > 0 {
		k.flags = 0
	}
	t.showKeys()
}

// setKeys changes the flags in force: how is 1 to set all, 2 to add, 3 to take away.
func (t *Terminal) setKeys(flags, how int) {
	if !t.hasKitty() {
		return
	}
	f := uint8(flags & kittyFlags)
	switch how {
	case 1:
		t.keys.flags = f
	case 2:
		t.keys.flags |= f
	case 3:
		t.keys.flags &^= f
	}
	t.showKeys()
}
