package predict

import (
	"strings"
	"testing"
	"time"

	"mosh/internal/core/vt"
)

func stockWorld(t *testing.T, p Preference) *world { return newWorld(t, p, false, Stock) }

// The first character of an epoch is hidden until it comes true with the echo ack; then the rest is shown at once.
func TestStockEpoch(t *testing.T) {
	w := stockWorld(t, Always)
	w.prints("$ ")
	w.arrive()
	w.each("ls")
	w.same()
	w.prints("l")
	w.acked = 1
	w.arrive()
	w.same() // the ack alone proves nothing
	w.echoAck = 1
	w.arrive()
	w.want(0, "$ ls|")
	w.keys(" ")
	w.keys("-")
	w.want(0, "$ ls -|")
}

// [M] CSI 1;5C and CSI 5 D are taken for one plain step: spec section 4 and section 10, probe 1.
func TestStockModifiedArrows(t *testing.T) {
	for _, seq := range []string{"\x1b[1;5D", "\x1b[5D", "\x1b[D", "\x1bOD"} {
		w := stockWorld(t, Always)
		w.prints("$ ")
		w.arrive()
		w.typed("abc")
		w.keys(seq)
		w.want(0, "$ ab|c")
	}
}

// [M] 100 octets of one read are predicted, 101 are not and reset everything.
func TestStockBulk(t *testing.T) {
	for n, shown := range map[int]bool{100: true, 101: false} {
		w := stockWorld(t, Always)
		w.host = vt.New(150, 4, vt.Options{})
		w.arrive()
		w.typed("a")
		w.keys(strings.Repeat("x", n))
		if got := rowText(w.e.Apply(w.frame), 0) == "a"+strings.Repeat("x", n)+"|"; got != shown {
			t.Errorf("%d octets: shown is %v", n, got)
		}
	}
}

// [M] Fixed text right of the cursor is pushed right, and each epoch dies at its first echo ack; in overwrite mode the
// same input is predicted correctly (mosh issue 197).
func TestStockRightPrompt(t *testing.T) {
	for _, overwrite := range []bool{false, true} {
		w := newWorld(t, Always, overwrite, Stock)
		w.prints("$ \x1b[16Gtime\x1b[3G")
		w.arrive()
		w.keys("a")
		w.prints("a")
		w.echoes()
		w.keys("b")
		if !overwrite {
			// The a confirmed the epoch, its shifted tail killed it.
			w.same()
			continue
		}
		w.want(0, "$ ab|           time")
		w.prints("b")
		w.echoes()
		w.want(0, "$ ab|           time")
		if w.e.Stats().Wrong != 0 {
			t.Error("overwrite mode was wrong")
		}
	}
}

// [M] Alt-Backspace leaves the parser inside the escape: x is swallowed as its final (section 10, probe 2).
func TestStockAltBackspace(t *testing.T) {
	w := stockWorld(t, Always)
	w.typed("ab")
	w.keys("\x1b\x7f")
	w.each("xyz")
	w.same()
}

// [M] Alt-Shift-P, Alt-], Alt-^, Alt-_, Alt-X open a string that swallows what is typed (probe 6).
func TestStockStrings(t *testing.T) {
	for _, c := range "P]^_X" {
		w := stockWorld(t, Always)
		w.typed("ab")
		w.keys("\x1b" + string(c))
		w.each("hello")
		w.same()
		if n := w.e.Stats().Keys; n != 2 {
			t.Errorf("ESC %c: %d keys were understood", c, n)
		}
		w.keys("\x18") // CAN ends it
		w.keys("x")
		w.prints("x")
		w.echoes()
		w.keys("y")
		w.want(0, "abxy|")
	}
}

// Probe 7: the three octets of a legacy mouse report are typed text to stock.
func TestStockMouse(t *testing.T) {
	w := stockWorld(t, Experimental)
	w.keys("\x1b[M !!")
	w.want(0, " !!|")
}

// [M] Echo switched off inside a confirmed epoch without a control key: what follows is shown in clear until its echo
// ack (probe 3).
func TestStockLeaksWithoutControlKey(t *testing.T) {
	w := stockWorld(t, Always)
	w.typed("abc")
	w.each("secre")
	w.want(0, "abcsecre|")
	w.echoes()
	w.same()
	if w.e.Stats().Wrong != 1 {
		t.Errorf("stats %+v", w.e.Stats())
	}
}

// [M] user: Enter pw: leaks nothing with always, everything with experimental (probes 4 and 5).
func TestStockPassword(t *testing.T) {
	for _, p := range []Preference{Always, Experimental} {
		w := stockWorld(t, p)
		w.prints("user:")
		w.arrive()
		w.typed("me")
		w.keys("\r")
		w.prints("\r\npw:")
		w.echoes()
		w.keys("s")
		w.keys("3")
		if p == Always {
			w.same()
		} else {
			w.want(1, "pw:s3|")
		}
		w.echoes()
		w.same()
	}
}

// [M] Typing through the right margin pauses from the last column until the next row confirms (probe 10).
func TestStockMargin(t *testing.T) {
	w := stockWorld(t, Always)
	w.typed(strings.Repeat("x", 18))
	w.each("abcd")
	w.want(0, strings.Repeat("x", 18)+"a|")
	w.prints("abcd")
	w.echoes()
	w.same()
	w.keys("e")
	w.prints("e")
	w.echoes()
	w.keys("f")
	w.want(1, "cdef|")
}

// Wide and combining characters predict nothing and start a new epoch; é in two octets is one column (mosh issue 702).
func TestStockWidths(t *testing.T) {
	w := stockWorld(t, Always)
	w.typed("a")
	w.keys("\xc3")
	w.same()
	w.keys("\xa9")
	w.want(0, "aé|")
	w.keys("日")
	w.want(0, "aé|")
	w.keys("b")
	w.want(0, "aé|")
}

func TestStockBackspace(t *testing.T) {
	w := stockWorld(t, Always)
	w.prints("$ ")
	w.arrive()
	w.typed("abc")
	w.keys("\x7f")
	w.want(0, "$ ab|")
	w.keys("\x1b[D")
	w.keys("x")
	w.want(0, "$ ax|b")
}

// Enter is tentative: the next row is not shown before it is confirmed, and never fits a prompt.
func TestStockEnter(t *testing.T) {
	w := stockWorld(t, Always)
	w.prints("$ ")
	w.arrive()
	w.typed("ls")
	w.keys("\r")
	w.keys("x")
	w.same()
	w.prints("\r\n$ x")
	w.echoes()
	w.same()
	w.keys("y")
	w.same()
}

// Section 3: on and off by the send interval, by a stall, and the underline.
func TestStockPolicy(t *testing.T) {
	w := stockWorld(t, Adaptive)
	w.interval = 20 * time.Millisecond
	w.arrive()
	w.typed("a")
	w.keys("b")
	w.same()
	w.advance(249 * time.Millisecond)
	w.same()
	if w.e.NextTimeout().Sub(w.now) != 50*time.Millisecond {
		t.Error("pending predictions are aged every 50 ms")
	}
	w.advance(time.Millisecond)
	w.want(0, "ab|")
	if f := w.e.Apply(w.frame); f.Cell(0, 1).Attr.Underline() != vt.UnderlineNone {
		t.Error("underlined after a small stall")
	}
	w.advance(4750 * time.Millisecond)
	w.advance(50 * time.Millisecond) // the pass after the one that found it
	if f := w.e.Apply(w.frame); f.Cell(0, 1).Attr.Underline() != vt.UnderlineSingle {
		t.Error("not underlined after 5 s")
	}
	if !w.e.NextTimeout().IsZero() {
		t.Error("timer although shown and underlined")
	}
	w.prints("b")
	w.echoes()
	// A big stall counts 20: so many confirmations, 150 ms apart, until it is forgotten.
	for i := range 40 {
		if i%8 == 0 {
			w.prints("\x1b[H\x1b[2J")
			w.e.Reset()
			w.arrive()
			w.typed("a")
		}
		w.now = w.now.Add(80 * time.Millisecond)
		w.typed("x")
		w.keys("y")
		if visible := w.e.Apply(w.frame) != w.frame; visible != (i < 15) && (i < 15 || i == 39) {
			t.Errorf("confirmation %d: shown is %v", i, visible)
		}
		w.prints("y")
		w.echoes()
	}
	slow := stockWorld(t, Adaptive)
	slow.interval = 81 * time.Millisecond
	slow.arrive()
	slow.typed("a")
	slow.keys("b")
	if f := slow.e.Apply(slow.frame); f.Cell(0, 1).Attr.Underline() != vt.UnderlineSingle {
		t.Error("not underlined on a slow link")
	}
	never := stockWorld(t, Never)
	never.typed("a")
	never.keys("b")
	never.same()
	if never.e.Stats() != (Stats{}) {
		t.Error("never means no work")
	}
}

// A frame of another size, a reset and rows outside of the frame leave nothing behind.
func TestStockResize(t *testing.T) {
	w := stockWorld(t, Always)
	w.typed("ab")
	w.keys("c")
	w.host.Resize(10, 2)
	w.arrive()
	w.same()
	w.typed("d")
	w.keys("e")
	w.want(0, "abde|")
	w.e.Reset()
	w.same()
}

func TestParsePreference(t *testing.T) {
	for _, p := range []Preference{Adaptive, Always, Never, Experimental} {
		if got, err := ParsePreference(p.String()); err != nil || got != p {
			t.Errorf("%v: %v %v", p, got, err)
		}
	}
	if _, err := ParsePreference("sometimes"); err == nil {
		t.Error("unknown mode accepted")
	}
}
