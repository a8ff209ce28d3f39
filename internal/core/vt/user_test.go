package vt

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// program returns a terminal of 20 by 4 to which s was written.
func program(s string) *Terminal {
	t := New(20, 4, Options{})
	t.Write(time.Time{}, []byte(s))
	return t
}

func wantReply(t *testing.T, term *Terminal, want string) {
	t.Helper()
	if got := string(term.AppendReplies(nil)); got != want {
		t.Errorf("reply %q, want %q", got, want)
	}
}

// TestDefaults: what the user's terminal told is what programs are answered.
func TestDefaults(t *testing.T) {
	term := program("")
	var d Defaults
	d.Program, d.Scheme, d.CellWidth, d.CellHeight = "mosh 1", SchemeDark, 8, 16
	d.Colors.Palette[1] = DirectColor(1, 2, 3)
	d.Colors.Dynamic[1] = DirectColor(0xab, 0, 0xff)
	term.SetDefaults(d)
	wantReply(t, term, "")
	for _, tt := range []struct{ query, want string }{
		{"\x1b[>q", "\x1bP>|mosh 1\x1b\\"},
		{"\x1b]4;1;?\a", "\x1b]4;1;rgb:0101/0202/0303\a"},
		{"\x1b]4;1;#fff;1;?\a\x1b]104\a\x1b]4;1;?\a", "\x1b]4;1;rgb:f0f0/f0f0/f0f0\a\x1b]4;1;rgb:0101/0202/0303\a"},
		{"\x1b]11;?\x1b\\", "\x1b]11;rgb:abab/0000/ffff\x1b\\"},
		{"\x1b]10;?\a", ""},
		{"\x1b[?996n", "\x1b[?997;1n"},
		{"\x1b[14t\x1b[16t\x1b[15t", "\x1b[4;64;160t\x1b[6;16;8t\x1b[5;64;160t"},
		{"\x1b[?2048h", "\x1b[48;4;20;64;160t"},
	} {
		term.Write(time.Time{}, []byte(tt.query))
		wantReply(t, term, tt.want)
	}
	if term.Snapshot(time.Time{}).Colors != nil {
		t.Error("defaults became overrides")
	}
}

// TestDefaultsChange: programs that asked for it are told.
func TestDefaultsChange(t *testing.T) {
	term := program("\x1b[?2031h\x1b[?2048h")
	term.AppendReplies(nil)
	term.SetDefaults(Defaults{Scheme: SchemeLight})
	wantReply(t, term, "\x1b[?997;2n")
	term.SetDefaults(Defaults{Scheme: SchemeLight, CellWidth: 10, CellHeight: 20})
	wantReply(t, term, "\x1b[48;4;20;80;200t")
	term.SetDefaults(Defaults{Scheme: SchemeLight, CellWidth: 10, CellHeight: 20})
	wantReply(t, term, "")
}

// TestKittyNeedsTheUser: flags that nobody will obey would only switch off the translation of cursor keys.
func TestKittyNeedsTheUser(t *testing.T) {
	term := program("")
	term.SetDefaults(Defaults{KittyKeyboard: true})
	term.Write(time.Time{}, []byte("\x1b[>5u"))
	if f := term.Modes().KittyFlags; f != 5 {
		t.Errorf("flags %d, want 5", f)
	}
	term.SetDefaults(Defaults{})
	if f := term.Modes().KittyFlags; f != 0 {
		t.Errorf("flags %d, though the terminal went away", f)
	}
}

// TestReceiverIsSilent: whatever a peer's host bytes ask, a receiver does not answer.
func TestReceiverIsSilent(t *testing.T) {
	term := New(20, 4, Options{Receiver: true})
	term.SetDefaults(Defaults{KittyKeyboard: true, Scheme: SchemeDark})
	term.Write(time.Time{}, []byte("\x1b[c\x1b[6n\x1b[?u\x1b[?996n\x1b]4;16;?\a\x1bP$qm\x1b\\\x1bP+q544e\x1b\\\x1b[?2048h\x1b[18t"))
	wantReply(t, term, "")
}

func TestRepliesAreBounded(t *testing.T) {
	term := program(strings.Repeat("\x1b[c", 10000))
	if n := len(term.AppendReplies(nil)); n > maxReplies {
		t.Errorf("%d octets of answers", n)
	}
	term.Write(time.Time{}, []byte("\x1b[5n"))
	wantReply(t, term, "\x1b[0n")
}

func TestNotifications(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want []Notification
	}{
		{"\x1b]9;hello\a", []Notification{{1, "", "", "hello"}}},
		{"\x1b]9;a\x01b;c\a", []Notification{{1, "", "", "ab;c"}}},
		{"\x1b]9;4;1;50\a\x1b]9;9;x\a\x1b]9;\a", nil},
		{"\x1b]777;notify;title;the;body\a\x1b]777;other;x\a", []Notification{{1, "", "title", "the;body"}}},
		{"\x1b]99;;hi\a", []Notification{{1, "", "hi", ""}}},
		{"\x1b]99;i=x:d=0;one \a\x1b]99;i=x:d=0;two\a\x1b]99;i=x:p=body;b\a", []Notification{{1, "x", "one two", "b"}}},
		{"\x1b]99;i=x:d=0;lost\a\x1b]99;i=y;kept\a", []Notification{{1, "y", "kept", ""}}},
		{"\x1b]99;e=1;aGk=\a\x1b]99;e=1;!\a", []Notification{{1, "", "hi", ""}}},
		{"\x1b]99;i=q:p=?;\a\x1b]99;i=q:p=close;\a", nil},
	} {
		if got := program(tt.in).Notifications(); !slices.Equal(got, tt.want) {
			t.Errorf("%q: got %v, want %v", tt.in, got, tt.want)
		}
	}
	got := program(strings.Repeat("\x1b]9;x\a", 20)).Notifications()
	if len(got) != maxNotifications || got[0].Serial != 13 || got[7].Serial != 20 {
		t.Errorf("after 20 notifications: %v", got)
	}
	long := program("\x1b]9;" + strings.Repeat("x", 5000) + "\a").Notifications()
	if len(long[0].Body) != maxNotice {
		t.Errorf("a body of %d characters", len(long[0].Body))
	}
}

func TestProgress(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want Progress
	}{
		{"\x1b]9;4;1;50\a", Progress{ProgressNormal, 50}},
		{"\x1b]9;4;1;250\a", Progress{ProgressNormal, 100}},
		{"\x1b]9;4;1;50\a\x1b]9;4;2\a", Progress{ProgressError, 50}},
		{"\x1b]9;4;1;50\a\x1b]9;4;3\a", Progress{ProgressIndeterminate, 0}},
		{"\x1b]9;4;1;50\a\x1b]9;4;0\a", Progress{}},
		{"\x1b]9;4;7;50\a\x1b]9;4;x\a", Progress{}},
		{"\x1b]9;4;1;50\a\x1bc", Progress{}},
	} {
		if got := program(tt.in).Progress(); got != tt.want {
			t.Errorf("%q: got %v, want %v", tt.in, got, tt.want)
		}
	}
}

func TestDirectoryAndMarks(t *testing.T) {
	term := program("\x1b]7;file://host/tmp\a\r\n\x1b]133;A\a$ \x1b]133;B\a")
	if got := term.Directory(); got != "file://host/tmp" {
		t.Errorf("directory %q", got)
	}
	if m, row := term.LastMark(); m != (Mark{'B', 2, -1}) || row != 1 {
		t.Errorf("mark %v in row %d", m, row)
	}
	term.Write(time.Time{}, []byte("\x1b]133;D;3;x\a\x1b]133;Q\a\x1b]133\a"))
	if m, _ := term.LastMark(); m != (Mark{'D', 2, 3}) {
		t.Errorf("mark %v", m)
	}
}

func TestClipboardIsBounded(t *testing.T) {
	fits := strings.Repeat("AAAA", maxClipboard/4)
	term := program("\x1b]52;c;" + fits + "\a")
	if n := len(term.Snapshot(time.Time{}).Clipboard.Data); n != maxClipboard {
		t.Errorf("%d octets of clipboard, want %d", n, maxClipboard)
	}
	term.Write(time.Time{}, []byte("\x1b]52;c;"+fits+"AAAA\a"))
	if s := term.Snapshot(time.Time{}).Clipboard.Serial; s != 1 {
		t.Error("a clipboard that is too long was taken")
	}
}

func TestCloneIsIndependent(t *testing.T) {
	in := "\x1b]2;a\a\x1b[22t\x1b[1m\x1b[#{\x1b]9;x\a\x1b]4;1;#fff\a\x1b(0"
	a, b := program(in), program(in).Clone()
	b.Write(time.Time{}, []byte("\x1b[#}\x1b[23t\x1b[22t\x1b]9;y\a\x1b]104\a\x1b(B\x1b[1;1;1;5;1;2;2;1$v"))
	a.Write(time.Time{}, []byte("\x1b[0m\x1b[#}q\x1b]2;b\a\x1b[23t"))
	f := a.Snapshot(time.Time{})
	if f.Title != "a" || f.Colors == nil || f.Pen.Attr != Bold || f.Cell(0, 0).Content != RuneContent('─', false) ||
		len(a.Notifications()) != 1 {
		t.Errorf("the clone changed its original: %+v", f)
	}
}
