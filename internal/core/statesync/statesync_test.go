package statesync

import (
	"bytes"
	"testing"
	"time"

	"mosh/internal/core/display"
	"mosh/internal/core/vt"
	"mosh/internal/core/width"
	"mosh/internal/core/wire"
)

// text collects the octets of the events from one position to another; other events are letters.
func text(l *InputLog, from, to uint64) string {
	var b []byte
	l.Events(from, to, func(e Event) {
		switch {
		case e.Keys != nil:
			b = append(b, e.Keys...)
		case e.Resize != nil:
			b = append(b, 'R')
		default:
			b = append(b, 'H')
		}
	})
	return string(b)
}

func roomy() int { return 1 << 20 }

func TestLog(t *testing.T) {
	var l InputLog
	l.AppendHello(wire.Hello{Version: 1})
	l.AppendResize(Size{80, 24})
	l.AppendKeys([]byte("ab"))
	l.AppendKeys([]byte("cd"))
	l.AppendResize(Size{90, 24})
	l.AppendKeys([]byte("e"))
	if got := text(&l, 0, l.End()); got != "HRabcdRe" {
		t.Errorf("whole log %q", got)
	}
	if got := text(&l, 3, 6); got != "bcd" {
		t.Errorf("part %q", got)
	}
	l.Trim(4)
	if got := text(&l, 0, l.End()); got != "cdRe" {
		t.Errorf("after trim %q", got)
	}
	l.Trim(100)
	if got := text(&l, 0, l.End()); got != "" || l.End() != 8 {
		t.Errorf("after trimming all %q, end %d", got, l.End())
	}
}

// Diffs from any acknowledged state to any later one build the same log at the receiver, in any order and twice.
func TestInputDiffsCommute(t *testing.T) {
	var l InputLog
	states := []UserInput{{Log: &l}}
	add := func() { states = append(states, UserInput{Log: &l, End: l.End()}) }
	l.AppendHello(wire.Hello{Version: 1, Features: Features()})
	l.AppendResize(Size{80, 24})
	add()
	l.AppendKeys([]byte("ls"))
	add()
	l.AppendKeys([]byte("\r"))
	l.AppendResize(Size{81, 25})
	add()
	l.AppendKeys([]byte("exit"))
	add()
	diff := func(i, j int) []byte { return states[j].AppendDiff(nil, states[i]) }

	remote := &InputLog{}
	have := map[int]RemoteInput{0: {Log: remote, Room: roomy}}
	for _, step := range [][2]int{{0, 1}, {0, 2}, {1, 3}, {2, 3}, {0, 4}, {3, 4}, {0, 3}} {
		next, err := have[step[0]].Apply(diff(step[0], step[1]))
		if err != nil {
			t.Fatal(err)
		}
		have[step[1]] = next
		if next.End != states[step[1]].End {
			t.Errorf("%v: end %d, want %d", step, next.End, states[step[1]].End)
		}
	}
	if got, want := text(remote, 0, remote.End()), text(&l, 0, l.End()); got != want {
		t.Errorf("the receiver has %q, the sender %q", got, want)
	}
}

func TestInputBounded(t *testing.T) {
	r := RemoteInput{Log: &InputLog{}, Room: func() int { return 3 }}
	if _, err := r.Apply(wire.AppendKeystroke(nil, []byte("abcd"))); err == nil {
		t.Error("more than there is room for was taken")
	}
	if r.Log.End() != 0 {
		t.Errorf("a refused diff left %d events", r.Log.End())
	}
}

func TestLargePasteGoesInPieces(t *testing.T) {
	var l InputLog
	l.AppendKeys(bytes.Repeat([]byte("x"), 3*window))
	u, more := l.Snapshot(UserInput{Log: &l})
	if !more || u.End != window {
		t.Errorf("first piece ends at %d, more %v", u.End, more)
	}
	u, more = l.Snapshot(UserInput{Log: &l, End: 2 * window})
	if more || u.End != 3*window {
		t.Errorf("last piece ends at %d, more %v", u.End, more)
	}
}

// What ends a stock client is refused or harmless here, and leaves the old state usable (vectors/probes_client.json).
func TestScreenProbes(t *testing.T) {
	r := NewRemoteScreen(80, 24)
	ok := func(what string, diff []byte) {
		t.Helper()
		if _, err := r.Apply(diff); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	refused := func(what string, diff []byte) {
		t.Helper()
		if next, err := r.Apply(diff); err == nil || next.Frame() != r.Frame() {
			t.Errorf("%s was taken", what)
		}
	}
	ok("a cursor position query", wire.AppendHostBytes(nil, []byte("\x1b[6n")))
	ok("a device attributes query", wire.AppendHostBytes(nil, []byte("\x1b[c")))
	refused("an echo ack that goes back", wire.AppendEchoAck(wire.AppendEchoAck(nil, 5), 4))
	refused("a resize to nothing", []byte{0x0a, 0x06, 0x1a, 0x04, 0x28, 0x00, 0x30, 0x00})
	refused("a resize without end", wire.AppendResize(nil, 1<<30, 1<<30))
	split := wire.AppendHostBytes(wire.AppendHostBytes(nil, []byte("\xe4\xb8")), []byte("\xad"))
	next, err := r.Apply(split)
	if err != nil {
		t.Fatal(err)
	}
	if c, _ := next.Frame().Cell(0, 0).Content.Rune(); c != '中' {
		t.Errorf("a character split between instructions became %q", c)
	}
}

// What was shown before the client's hello came, in the projection to stock, is shown whole after it: a first datagram
// may be lost and the next one have no base.
func TestHelloAfterScreens(t *testing.T) {
	term := vt.New(20, 4, vt.Options{})
	view := NewView(display.Stock())
	screen := func(h *wire.Hello) Screen { return Screen{Frame: term.Snapshot(time.Time{}), Hello: h, View: view} }
	states := []Screen{screen(nil)}
	remote := NewRemoteScreen(20, 4)
	apply := func(s Screen) {
		t.Helper()
		next, err := remote.Apply(s.AppendDiff(nil, states[len(states)-1]))
		if err != nil {
			t.Fatal(err)
		}
		remote, states = next, append(states, s)
	}
	term.Write(time.Time{}, []byte("\x1b[?1h\x1b=\x1b[3 q\x1b[9;2;4:3mstruck\x1b[m 👍🏽\a\x1b]2;title\a"))
	apply(screen(nil))
	term.Write(time.Time{}, []byte("\r\nmore\a\x1b]52;c;QQ==\a"))
	view.Caps = display.Own()
	apply(screen(&wire.Hello{Version: wire.ExtensionVersion, Widths: uint32(width.Unicode17)}))
	if want := states[2].Frame; !remote.Frame().Equal(want, true) || remote.Frame().Bells != want.Bells {
		t.Errorf("the client has %+v, the server %+v", remote.Frame(), want)
	}
}

func FuzzRemoteInput(f *testing.F) {
	f.Add(wire.AppendKeystroke(wire.AppendResize(nil, 80, 24), []byte("ls\r")))
	f.Add(wire.AppendExtension(nil, wire.Extension{Hello: &wire.Hello{Version: 1, Features: 7}}))
	f.Fuzz(func(t *testing.T, diff []byte) {
		r := RemoteInput{Log: &InputLog{}, Room: roomy}
		a, err := r.Apply(diff)
		if err != nil {
			return
		}
		if b, err := r.Apply(diff); err != nil || b.End != a.End || r.Log.End() != a.End {
			t.Errorf("applied twice: %d, %v; once: %d; log %d", b.End, err, a.End, r.Log.End())
		}
	})
}

func FuzzRemoteScreen(f *testing.F) {
	f.Add(wire.AppendHostBytes(wire.AppendResize(wire.AppendEchoAck(nil, 1), 40, 10), []byte("\x1b[2Jhello \x1b[1;3")))
	f.Add(wire.AppendExtension(nil, wire.Extension{TTY: &wire.TTY{Echo: true}, Exit: &wire.Exit{Status: 1}}))
	f.Fuzz(func(t *testing.T, diff []byte) {
		r := NewRemoteScreen(20, 5)
		before := r.Frame()
		a, err := r.Apply(diff)
		if err != nil {
			return
		}
		b, err := r.Apply(diff)
		if err != nil || !a.Frame().Equal(b.Frame(), true) {
			t.Errorf("the same diff gave two screens, %v", err)
		}
		if r.Frame() != before {
			t.Error("the old state changed")
		}
	})
}
