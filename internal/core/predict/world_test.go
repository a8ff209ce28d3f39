package predict

import (
	"strings"
	"testing"
	"time"

	"mosh/internal/core/vt"
)

// world is a person, an engine and a host on a link that the test moves by hand.
type world struct {
	t        *testing.T
	e        *Engine
	host     *vt.Terminal
	now      time.Time
	interval time.Duration
	frame    *vt.Frame // newest at the client
	sent     uint64    // client states, one per read
	acked    uint64
	echoAck  uint64
}

func newWorld(t *testing.T, p Preference, overwrite bool, rules Rules) *world {
	w := &world{t: t, e: New(p, overwrite, rules), host: vt.New(20, 4, vt.Options{}), now: time.Unix(1000, 0),
		interval: 40 * time.Millisecond}
	w.arrive()
	return w
}

// keys is one read of the keyboard.
func (w *world) keys(s string) {
	w.e.Keys(w.now, []byte(s), w.sent, w.frame)
	w.sent++
	w.e.Apply(w.frame)
}

// each types s character by character.
func (w *world) each(s string) {
	for _, r := range s {
		w.keys(string(r))
	}
}

// prints lets the host write.
func (w *world) prints(s string) { w.host.Write(w.now, []byte(s)) }

// acks makes the newest frame cover all that was sent, without the echo ack.
func (w *world) acks() {
	w.acked = w.sent
	w.arrive()
}

// echoes is acks with the echo ack.
func (w *world) echoes() {
	w.acked, w.echoAck = w.sent, w.sent
	w.arrive()
}

// arrive brings the host's screen to the client.
func (w *world) arrive() {
	w.frame = w.host.Snapshot(w.now)
	w.pass()
}

func (w *world) pass() {
	w.e.Frame(w.now, w.frame, w.echoAck, w.acked, w.interval)
	w.e.Apply(w.frame)
}

func (w *world) advance(d time.Duration) {
	w.now = w.now.Add(d)
	w.pass()
}

// typed types s at a host that echoes, and confirms it.
func (w *world) typed(s string) {
	w.t.Helper()
	for _, r := range s {
		w.keys(string(r))
		w.prints(string(r))
		w.echoes()
	}
	w.same()
}

// want says what the person sees in row, with the cursor as a bar.
func (w *world) want(row int, text string) {
	w.t.Helper()
	f := w.e.Apply(w.frame)
	if got := rowText(f, row); got != text {
		w.t.Errorf("row %d shows %q, want %q", row, got, text)
	}
}

// same wants the server's screen and nothing else.
func (w *world) same() {
	w.t.Helper()
	if f := w.e.Apply(w.frame); f != w.frame && !f.Equal(w.frame, true) {
		w.t.Errorf("something is predicted: row %d shows %q", f.Cursor.Row, rowText(f, f.Cursor.Row))
	}
}

func rowText(f *vt.Frame, row int) string {
	var b []byte
	for i, c := range f.Rows[row].Cells {
		if f.Cursor.Row == row && f.Cursor.Col == i {
			b = append(b, '|')
		}
		if c.Content.Empty() {
			b = append(b, ' ')
		}
		b = f.Interns.AppendContent(b, c.Content)
	}
	return strings.TrimRight(string(b), " ")
}
