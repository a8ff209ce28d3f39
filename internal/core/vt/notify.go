package vt

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// Notification is what a program wants the user to be told (OSC 9, 99, 777). Title and Body are plain text.
type Notification struct {
	Serial      uint64 // grows by one with each
	ID          string // of OSC 99; may be empty
	Title, Body string
}

// ProgressState is the state of OSC 9;4.
type ProgressState uint8

// The states of a progress bar.
const (
	ProgressNone          ProgressState = 0
	ProgressNormal        ProgressState = 1
	ProgressError         ProgressState = 2
	ProgressIndeterminate ProgressState = 3
	ProgressPaused        ProgressState = 4
)

// Progress is what a program says of its progress: Percent is 0 to 100.
type Progress struct {
	State   ProgressState
	Percent uint8
}

// Mark is what a program said of its prompt (OSC 133).
type Mark struct {
	Kind byte // A: prompt begins, B: input begins, C: output begins, D: command ended; zero is none
	Col  int
	Exit int // of D; -1 if it did not say
}

const (
	maxNotifications = 8   // the newest are kept
	maxNotice        = 512 // characters of a title or body
	maxNoticeID      = 64
)

// Notifications returns the newest notifications, oldest first. The slice is not written again.
func (t *Terminal) Notifications() []Notification { return t.notifications }

// Progress returns the progress that the program told last.
func (t *Terminal) Progress() Progress { return t.progress }

// Directory returns what the program gave as its working directory, a URI (OSC 7); empty if nothing.
func (t *Terminal) Directory() string { return t.directory }

// LastMark returns the newest prompt mark and the row it was made in when it was made.
func (t *Terminal) LastMark() (m Mark, row int) { return t.mark, t.markRow }

func (t *Terminal) notify(n Notification) {
	if n.Title == "" && n.Body == "" {
		return
	}
	t.notified++
	n.Serial = t.notified
	s := t.notifications
	if len(s) == maxNotifications {
		s = s[1:]
	}
	t.notifications = append(append([]Notification(nil), s...), n)
}

// notifyOrProgress is OSC 9: iTerm2's notification, or one of ConEmu's commands, which begin with a number;
// of these 4 is progress.
func (t *Terminal) notifyOrProgress(text []byte) {
	command, rest, ok := strings.Cut(string(text), ";")
	n, err := strconv.ParseUint(command, 10, 8)
	switch {
	case err != nil || !ok:
		t.notify(Notification{Body: label(text, maxNotice)})
	case n == 4:
		t.setProgress(rest)
	}
}

func (t *Terminal) setProgress(text string) {
	state, percent, _ := strings.Cut(text, ";")
	s, err := strconv.ParseUint(state, 10, 8)
	if err != nil || s > uint64(ProgressPaused) {
		return
	}
	p := Progress{State: ProgressState(s), Percent: t.progress.Percent}
	if n, err := strconv.ParseUint(percent, 10, 8); err == nil {
		p.Percent = uint8(min(n, 100))
	}
	if p.State == ProgressNone || p.State == ProgressIndeterminate {
		p.Percent = 0
	}
	t.progress = p
}

// notify777 is OSC 777;notify;title;body of rxvt.
func (t *Terminal) notify777(text []byte) {
	if rest, ok := strings.CutPrefix(string(text), "notify;"); ok {
		title, body, _ := strings.Cut(rest, ";")
		t.notify(Notification{Title: label([]byte(title), maxNotice), Body: label([]byte(body), maxNotice)})
	}
}

// kittyNotification is OSC 99;metadata;payload. Title and body may come in parts, with d=0 until the last.
func (t *Terminal) kittyNotification(text []byte) {
	metadata, payload, _ := strings.Cut(string(text), ";")
	var id string
	part, done, encoded := "title", true, false
	for field := range strings.SplitSeq(metadata, ":") {
		key, value, _ := strings.Cut(field, "=")
		switch key {
		case "i":
			id = label([]byte(value), maxNoticeID)
		case "p":
			part = value
		case "d":
			done = value != "0"
		case "e":
			encoded = value == "1"
		}
	}
	if encoded {
		b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(payload, "="))
		if err != nil {
			return
		}
		payload = string(b)
	}
	n := t.partial
	if n.ID != id {
		n = Notification{ID: id}
	}
	switch part {
	case "title":
		n.Title = label([]byte(n.Title+payload), maxNotice)
	case "body":
		n.Body = label([]byte(n.Body+payload), maxNotice)
	default: // queries, icons, buttons, closing
		return
	}
	if t.partial = n; done {
		t.partial = Notification{}
		t.notify(n)
	}
}

// promptMark is OSC 133;A, B, C or D;exit status.
func (t *Terminal) promptMark(text []byte) {
	kind, rest, _ := strings.Cut(string(text), ";")
	if len(kind) != 1 || kind[0] < 'A' || kind[0] > 'D' {
		return
	}
	m := Mark{Kind: kind[0], Col: t.cur.Col, Exit: -1}
	status, _, _ := strings.Cut(rest, ";")
	if n, err := strconv.ParseUint(status, 10, 8); err == nil && m.Kind == 'D' {
		m.Exit = int(n)
	}
	t.mark, t.markRow = m, t.cur.Row
}
