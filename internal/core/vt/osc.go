package vt

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// Limits of what a program can have us keep, in octets.
const (
	maxURI       = 2083 // as other terminals have it
	maxLinkID    = 250
	maxDirectory = 4096
	maxClipboard = 160 << 10 // less than the parser keeps, so that the differ can write it again
)

// command runs an operating system command. Those not known here are swallowed.
func (t *Terminal) command() {
	if t.p.Truncated() {
		return
	}
	kind, text, found := bytes.Cut(t.p.Data(), []byte{';'})
	switch string(kind) {
	case "0", "", "1", "2":
		if found {
			t.setTitle(string(kind), label(text, maxTitle))
		}
	case "4":
		t.paletteCommand(text)
	case "104":
		t.resetPalette(text)
	case "10", "11", "12", "13", "14", "15", "16", "17", "18", "19":
		t.dynamicCommand(int(kind[1]-'0'), text)
	case "110", "111", "112", "113", "114", "115", "116", "117", "118", "119":
		t.changeColors(func(c *Colors) { c.Dynamic[kind[2]-'0'] = 0 })
	case "7":
		t.directory = ""
		if len(text) <= maxDirectory {
			t.directory = label(text, maxDirectory)
		}
	case "8":
		t.hyperlink(text)
	case "52":
		t.selection(text)
	case "9":
		t.notifyOrProgress(text)
	case "99":
		t.kittyNotification(text)
	case "777":
		t.notify777(text)
	case "133":
		t.promptMark(text)
	}
}

func (t *Terminal) setTitle(which, s string) {
	if which != "2" {
		t.icon = s
	}
	if which != "1" {
		t.title = s
	}
	t.titleSet = true
}

// hyperlink is OSC 8: params;URI. An empty URI ends the link.
func (t *Terminal) hyperlink(text []byte) {
	params, uri, _ := strings.Cut(string(text), ";")
	var l Link
	if len(uri) <= maxURI && isGraphic(uri) {
		l.URI = uri
	}
	for p := range strings.SplitSeq(params, ":") {
		if id, ok := strings.CutPrefix(p, "id="); ok && l.URI != "" && len(id) <= maxLinkID && isGraphic(id) {
			l.ID = id
		}
	}
	if l != t.extra.Link {
		t.setExtra(Extra{t.extra.UnderlineColor, l})
	}
}

// isGraphic says that s is printable ASCII, as the specification of OSC 8 demands of URIs.
func isGraphic(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// selection is OSC 52: targets;data in base64. A query is not answered: what the user copied elsewhere is not
// for programs on a remote host. What is no base64 clears the selection, as in xterm.
func (t *Terminal) selection(text []byte) {
	targets, data, ok := strings.Cut(string(text), ";")
	if !ok || data == "?" || len(data) > maxClipboard {
		return
	}
	if targets == "" {
		targets = "c"
	}
	if len(targets) > 16 || strings.Trim(targets, "cpqs01234567") != "" {
		return
	}
	if !isBase64(data) {
		data = ""
	}
	t.clipboard = Clipboard{Selection: targets, Data: data, Serial: t.clipboard.Serial + 1}
}

func isBase64(s string) bool {
	_, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(s, "="))
	return err == nil
}
