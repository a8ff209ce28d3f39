package vt

import "bytes"

// command runs an operating system command.
func (t *Terminal) command() {
	kind, text, _ := bytes.Cut(t.p.Data(), []byte{';'})
	switch string(kind) {
	case "0", "":
		t.icon, t.title, t.titleSet = string(text), string(text), true
	case "1":
		t.icon, t.titleSet = string(text), true
	case "2":
		t.title, t.titleSet = string(text), true
	}
}
