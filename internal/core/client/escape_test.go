package client

import (
	"strings"
	"testing"
	"time"
)

// TestParseEscape is the first table of spec/commands.md, C4.
func TestParseEscape(t *testing.T) {
	usual := "Ctrl-^ '^' '^'"
	cases := []struct {
		value string
		set   bool
		want  string // name and pass keys; empty: there is no escape key
	}{
		{"", false, usual}, {"", true, ""},
		{"ab", true, usual}, {"\xe9", true, usual}, {"é", true, usual}, {"\x80", true, usual},
		{"\x03", true, usual}, {"\x04", true, usual}, {"\n", true, usual}, {"\x0c", true, usual}, {"\r", true, usual},
		{"\x01", true, "Ctrl-A 'A' 'a'"}, {"\x1a", true, "Ctrl-Z 'Z' 'z'"}, {"\x1d", true, "Ctrl-] ']' ']'"},
		{"\x1e", true, usual}, {"\x1f", true, "Ctrl-_ '_' '_'"},
		{"~", true, "\"~\" '~' '~'"}, {"A", true, "\"A\" 'A' 'a'"}, {"a", true, "\"a\" 'a' 'a'"}, {" ", true, "\" \" ' ' ' '"},
	}
	for _, c := range cases {
		e := ParseEscape(c.value, c.set)
		got := ""
		if e.enabled {
			got = e.Name() + " '" + string(e.pass[0]) + "' '" + string(e.pass[1]) + "'"
		}
		if got != c.want {
			t.Errorf("%q (set %v): %s, want %s", c.value, c.set, got, c.want)
		}
	}
}

// TestEscapeKey is the second table of C4. Each line was also typed into stock's client.
func TestEscapeKey(t *testing.T) {
	const quit, suspend, info = "<quit>", "<suspend>", "<info>"
	cases := []struct{ key, typed, want string }{
		// A control key works at any time.
		{"\x1e", "ab", "ab"},
		{"\x1e", "a\x1e.", "a" + quit},
		{"\x1e", "a\x1e\x1ab", "a" + suspend + "b"},
		{"\x1e", "a\x1e^b", "a\x1eb"},
		{"\x1e", "a\x1e\x1eb", "a\x1e\x1eb"},
		{"\x1e", "a\x1exb", "a\x1exb"},
		{"\x1e", "\x1eib", info + "b"},
		{"\x01", "\x01A\x01a", "\x01\x01"},
		// A printable one only directly after a CR or LF that was typed.
		{"~", "~.", "~."},
		{"~", "~~.", "~~."},
		{"~", "\r~.", "\r" + quit},
		{"~", "\n~.", "\n" + quit},
		{"~", "\rx~.", "\rx~."},
		{"~", "\r~~.x", "\r~.x"},
		{"~", "\r~~~.", "\r~~."},
		{"~", "\r~\r~.", "\r~\r~."},
		{"~", "\r~x\r~.", "\r~x\r" + quit},
		{"A", "\rAab", "\rAb"},
		{"A", "\rAAb", "\rAb"},
		// None.
		{"", "a\x1e.\r~.", "a\x1e.\r~."},
	}
	for _, c := range cases {
		s := escapeState{Escape: ParseEscape(c.key, true)}
		var got strings.Builder
		for _, b := range []byte(c.typed) {
			switch s.octet(b) {
			case cmdSend:
				got.WriteString(string(rune(b)))
			case cmdQuit:
				got.WriteString(quit)
			case cmdSuspend:
				got.WriteString(suspend)
			case cmdInfo:
				got.WriteString(info)
			case cmdLiteral:
				got.WriteString(c.key)
			case cmdBoth:
				got.WriteString(c.key + string(rune(b)))
			}
		}
		if got.String() != c.want {
			t.Errorf("key %q, typed %q: %q, want %q", c.key, c.typed, got.String(), c.want)
		}
	}
}

// TestRedraw: Ctrl-L goes to the program, and the terminal is painted anew.
func TestRedraw(t *testing.T) {
	p := newPair(t)
	p.run(time.Second)
	p.client.TakeRepaint()
	p.client.Keys(p.now, []byte("\x0c"))
	p.run(time.Second)
	if string(p.typed) != "\x0c" || !p.client.TakeRepaint() || p.client.TakeRepaint() {
		t.Errorf("the program read %q", p.typed)
	}
}

// TestInterruptKey: until the server has answered Ctrl-C ends the client; then it is the program's.
func TestInterruptKey(t *testing.T) {
	p := newPair(t)
	p.client.Keys(p.now, []byte("\x03"))
	if reason, done := p.client.Done(); reason != NoServer || !done {
		t.Errorf("reason %q, over %v", reason, done)
	}
	p = newPair(t)
	p.run(time.Second)
	p.client.Keys(p.now, []byte("\x03"))
	p.run(time.Second)
	if _, done := p.client.Done(); done || string(p.typed) != "\x03" {
		t.Errorf("over %v, the program read %q", done, p.typed)
	}
}
