package client

import (
	"testing"
	"time"

	"mosh/internal/core/wire"
)

func TestKittyKeys(t *testing.T) {
	for in, want := range map[string]struct {
		octet byte
		ok    bool
		n     int
	}{
		"\x1b[54;6u":          {0x1e, true, 7}, // Ctrl-Shift-6 on a keyboard of the United States
		"\x1b[54:94;6u":       {0x1e, true, 10},
		"\x1b[94;5u":          {0x1e, true, 7}, // a keyboard with ^ on a key of its own
		"\x1b[46u":            {'.', true, 5},
		"\x1b[46;1:1u":        {'.', true, 9},
		"\x1b[46;129u":        {'.', true, 9}, // num lock
		"\x1b[122;5ux":        {0x1a, true, 8},
		"\x1b[108;5u":         {0x0c, true, 8},
		"\x1b[46;3u":          {0, false, 7}, // Alt-.
		"\x1b[57441;2u":       {0, false, 10},
		"\x1b[97;2;65u":       {'a', true, 10},
		"\x1b[A":              {},
		"\x1b[?5u":            {},
		"\x1b[46;1":           {},
		"\x1b[1;5A":           {},
		"\x1b[99999999999;5u": {0, false, 16},
	} {
		k, n := parseKittyKey([]byte(in))
		c, ok := k.octet()
		if n == 0 {
			c, ok = 0, false
		}
		if c != want.octet || ok != want.ok || n != want.n {
			t.Errorf("%q: %q %v, %d octets; want %q %v, %d", in, c, ok, n, want.octet, want.ok, want.n)
		}
	}
}

func FuzzKittyKey(f *testing.F) {
	f.Add([]byte("\x1b[54:94;6:1;65u"))
	f.Fuzz(func(t *testing.T, b []byte) {
		k, n := parseKittyKey(b)
		if _, ok := k.octet(); ok && n == 0 {
			t.Errorf("%q: an octet of nothing", b)
		}
		if n < 0 || n > len(b) {
			t.Errorf("%q: %d octets", b, n)
		}
	})
}

// TestTerminalAnswersReachPrograms: a program on the server is answered as the user's terminal would answer, may
// use its keyboard protocol, and does not take the escape key from us with it.
func TestTerminalAnswersReachPrograms(t *testing.T) {
	p := newPair(t)
	p.client.SetTerminal(p.now, wire.Terminal{Background: 1<<24 | 0x102030, Kitty: true}) // before the server is known
	p.run(time.Second)
	p.server.HostOutput(p.now, []byte("\x1b]11;?\x07\x1b[=1;1u"))
	p.run(time.Second)
	if want := "\x1b]11;rgb:1010/2020/3030\x07"; string(p.typed) != want {
		t.Errorf("the program reads %q, want %q", p.typed, want)
	}
	if got := p.client.Frame(p.now).Modes.KittyFlags; got != 1 {
		t.Errorf("keyboard flags %d, want 1", got)
	}
	p.typed = nil
	p.client.Keys(p.now, []byte("\x1b[97;5u\x1b[54;6u\x1b[54;6:3u^"))
	p.run(time.Second)
	if want := "\x1b[97;5u\x1e"; string(p.typed) != want {
		t.Errorf("the program reads %q, want %q", p.typed, want)
	}
	p.client.Keys(p.now, []byte("\x1b[54;6u\x1b[46;1:1u"))
	p.run(time.Second)
	if _, done := p.client.Done(); !done {
		t.Error("the escape key does not end the session")
	}
}
