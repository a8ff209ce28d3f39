package client

import (
	"bytes"
	"strconv"
	"time"
)

// kittyKey is a key event of the kitty keyboard protocol: CSI code:shifted ; modifiers:event u. A program that
// switches it on would otherwise take the escape key away from us.
type kittyKey struct {
	code, shifted int
	shift, ctrl   bool
	other         bool // alt, super, hyper or meta
	event         int  // 1 press, 2 repeat, 3 release
}

// parseKittyKey reads the event at the beginning of b and returns its length; 0 if there is none. An event that
// is cut by the end of a read is not seen: terminals write them whole.
func parseKittyKey(b []byte) (k kittyKey, n int) {
	if len(b) < 4 || b[0] != 0x1b || b[1] != '[' || b[2] < '0' || b[2] > '9' {
		return k, 0
	}
	n = 2
	for n < len(b) && (b[n] >= '0' && b[n] <= '9' || b[n] == ':' || b[n] == ';') {
		n++
	}
	if n == len(b) || b[n] != 'u' {
		return k, 0
	}
	keys, rest, _ := bytes.Cut(b[2:n], []byte{';'})
	mods, _, _ := bytes.Cut(rest, []byte{';'})
	code, alternates, _ := bytes.Cut(keys, []byte{':'})
	shifted, _, _ := bytes.Cut(alternates, []byte{':'})
	held, event, _ := bytes.Cut(mods, []byte{':'})
	k.code, k.shifted, k.event = number(code, 0), number(shifted, 0), number(event, 1)
	m := number(held, 1) - 1
	k.shift, k.ctrl = m&1 != 0, m&4 != 0
	k.other = m&^(1|4|64|128) != 0 // caps lock and num lock do not count
	return k, n + 1
}

func number(b []byte, missing int) int {
	n, err := strconv.Atoi(string(b))
	if err != nil {
		return missing
	}
	return n
}

// octet returns what the key sends without the protocol; ok is false if that is not one octet of ASCII.
func (k kittyKey) octet() (b byte, ok bool) {
	c := k.code
	if k.shift && k.shifted != 0 {
		c = k.shifted
	}
	switch {
	case k.other || c < 0x0d || c >= 0x7f:
		return 0, false
	case !k.ctrl:
		return byte(c), true
	case c == '6' && k.shift: // Ctrl-^ where the terminal does not tell what Shift makes of a key
		return 0x1e, true
	case c == '-' && k.shift:
		return 0x1f, true
	case c >= 0x40:
		return byte(c) & 0x1f, true
	}
	return 0, false
}

// kitty takes a key event that is for us from the front of b, and returns its length; 0 if there is none.
func (s *Session) kitty(now time.Time, b, send []byte) (rest []byte, n int) {
	if b[0] != 0x1b || s.screen.Modes.KittyFlags == 0 {
		return send, 0
	}
	k, n := parseKittyKey(b)
	if n == 0 {
		return send, 0
	}
	c, ok := k.octet()
	if !s.escape.pending {
		if ok && k.ctrl && c == 0x0c && k.event == 1 {
			s.repaint = true // the program gets it as well
		}
		if !ok || !k.ctrl || !s.escape.enabled || c != s.escape.key || s.escape.afterEnter {
			return send, 0
		}
	}
	if ok && k.event == 1 {
		send = s.key(now, c, send)
	}
	return send, n
}
