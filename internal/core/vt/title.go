package vt

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Stock mosh cuts a title at 254 characters; what is longer nobody reads.
const (
	maxTitle      = 254
	maxTitleStack = 10
)

// titles are a window title and an icon name as XTWINOPS 22 saves them.
type titles struct{ icon, title string }

// label returns s as a title or another text to be shown: valid UTF-8 without controls, cut to limit
// characters. What the user's terminal is told must not contain a sequence.
func label(s []byte, limit int) string {
	var b strings.Builder
	n := 0
	for len(s) > 0 && n < limit {
		r, size := utf8.DecodeRune(s)
		s = s[size:]
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			continue
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}

// pushTitle is XTWINOPS 22. Which of the two is saved does not matter, only which is restored.
func (t *Terminal) pushTitle() {
	s := t.titleStack
	if len(s) == maxTitleStack {
		s = s[1:]
	}
	// Clones share the stack: it is replaced, never written.
	t.titleStack = append(append([]titles(nil), s...), titles{t.icon, t.title})
}

// popTitle is XTWINOPS 23: which is 0 for both, 1 for the icon name, 2 for the title.
func (t *Terminal) popTitle(which int) {
	n := len(t.titleStack) - 1
	if n < 0 {
		return
	}
	top := t.titleStack[n]
	t.titleStack = t.titleStack[:n:n]
	if which == 0 || which == 1 {
		t.icon = top.icon
	}
	if which == 0 || which == 2 {
		t.title = top.title
	}
}
