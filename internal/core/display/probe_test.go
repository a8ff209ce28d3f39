package display

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"mosh/internal/core/vt"
)

// xtermCaps are those of a terminal that may be asked.
func xtermCaps() Caps {
	c := Terminal()
	c.OSC, c.Rich, c.Title = true, true, true
	return c
}

var answers = []string{
	"\x1b[?5u", "\x1bP>|WezTerm 20240203\x1b\\", "\x1b[?2026;2$y", "\x1b[?2027;0$y",
	"\x1b]10;rgb:ffff/eeee/dddd\a", "\x1b]11;rgb:00/10/20\x1b\\", "\x1b[?65;1;9c",
}

// keys are what people type; none is the beginning of an answer for long.
var keys = []string{"a", "\x1b[A", "\x1bOP", "é", "\x1b[200~paste\x1b[201~", "\x03", "\x1b[<0;1;2M", "\x1bx", "\x1b\x1b[B", "\x1b[1;5u", "\x1b]x", "\x1bPq"}

// TestProbeTakesAnswersOnly: "no stray answer ever reaching the shell" (issue 3), cut anywhere, keys between.
func TestProbeTakesAnswersOnly(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 2))
		p := NewProbe(xtermCaps())
		p.AppendQueries(epoch, nil)
		var typed, in []byte
		for _, a := range answers {
			for range r.IntN(3) {
				k := keys[r.IntN(len(keys))]
				typed, in = append(typed, k...), append(in, k...)
			}
			in = append(in, a...)
		}
		typed, in = append(typed, "end"...), append(in, "end"...)
		var got []byte
		now := epoch
		for len(in) > 0 {
			n := 1 + r.IntN(min(len(in), 9))
			got = p.Filter(now, in[:n], got)
			in = in[n:]
			now = now.Add(time.Duration(r.IntN(40)) * time.Millisecond)
		}
		if !bytes.Equal(got, typed) {
			t.Fatalf("seed %d:\ngot  %q\nwant %q", seed, got, typed)
		}
		a := p.Answers()
		if a.Name != "WezTerm 20240203" || !a.Kitty || a.Sync != ModeIsReset || a.Clusters != ModeNotKnown ||
			!slices.Equal(a.Attributes, []int{65, 1, 9}) ||
			a.Foreground != vt.DirectColor(0xff, 0xee, 0xdd) || a.Background != vt.DirectColor(0, 0x10, 0x20) {
			t.Fatalf("seed %d: %+v", seed, a)
		}
		if c := p.Caps(); !p.Settled() || !c.Sync || !c.Kitty || !c.Links || !c.Underlines || c.Clusters {
			t.Fatalf("seed %d: settled %v, %+v", seed, p.Settled(), c)
		}
		if !p.NextTimeout().IsZero() {
			t.Fatalf("seed %d: still waiting until %v", seed, p.NextTimeout())
		}
	}
}

// TestProbeGivesKeysBack: an escape that was typed is not held for long, nor the keys after it.
func TestProbeGivesKeysBack(t *testing.T) {
	for _, typed := range []string{"\x1b", "\x1b[", "\x1bP", "\x1b]"} {
		p := NewProbe(xtermCaps())
		p.AppendQueries(epoch, nil)
		if got := p.Filter(epoch, []byte(typed), nil); len(got) > 0 {
			t.Fatalf("%q: %q at once", typed, got)
		}
		at := p.NextTimeout()
		if d := at.Sub(epoch); d <= 0 || d > 200*time.Millisecond {
			t.Errorf("%q is held for %v", typed, d)
		}
		if got := p.Filter(at, nil, nil); string(got) != typed {
			t.Errorf("%q: after the wait %q", typed, got)
		}
	}
}

func TestProbeWithoutAnswers(t *testing.T) {
	p := NewProbe(xtermCaps())
	p.AppendQueries(epoch, nil)
	if p.Settled() {
		t.Error("settled before anything was said")
	}
	now := p.NextTimeout()
	p.Filter(now, nil, nil)
	if !p.Settled() {
		t.Error("not settled when the first wait is over")
	}
	// A late answer is still taken.
	if got := p.Filter(now.Add(3*time.Second), []byte("x\x1b[?62;22cy"), nil); string(got) != "xy" {
		t.Errorf("late answer: %q", got)
	}
	if next := p.NextTimeout(); !next.IsZero() {
		t.Errorf("nothing was typed, and the probe wakes a client at %v", next)
	}
	if got := p.Filter(epoch.Add(answerWait), []byte("\x1b[?1c"), nil); string(got) != "\x1b[?1c" {
		t.Errorf("after the end: %q", got)
	}
}

func TestProbeBrokenAnswer(t *testing.T) {
	p := NewProbe(xtermCaps())
	p.AppendQueries(epoch, nil)
	p.Filter(epoch, []byte("\x1b[?62;"), nil)
	if got := p.Filter(p.NextTimeout(), nil, nil); len(got) > 0 {
		t.Errorf("half an answer was typed: %q", got)
	}
}

func TestProbeAsksOnlyWhoUnderstands(t *testing.T) {
	c := Terminal()
	p := NewProbe(c)
	if b := p.AppendQueries(epoch, nil); len(b) > 0 || !p.Settled() || !p.NextTimeout().IsZero() {
		t.Errorf("a terminal that may print it is asked %q", b)
	}
	if got := p.Filter(epoch, []byte("\x1b[?1c"), nil); string(got) != "\x1b[?1c" {
		t.Errorf("%q", got)
	}
}

// FuzzProbe: whatever comes, split anywhere, nothing is lost but whole answers, and nothing panics.
func FuzzProbe(f *testing.F) {
	for _, a := range answers {
		f.Add([]byte(a+"x"), 3)
	}
	f.Fuzz(func(t *testing.T, in []byte, cut int) {
		run := func(parts ...[]byte) (out []byte) {
			p := NewProbe(xtermCaps())
			p.AppendQueries(epoch, nil)
			for _, b := range parts {
				out = p.Filter(epoch, b, out)
			}
			return p.Filter(epoch.Add(time.Hour), nil, out)
		}
		cut = min(max(cut, 0), len(in))
		one, two := run(in), run(in[:cut], in[cut:])
		if !bytes.Equal(one, two) {
			t.Errorf("whole %q, split at %d %q", one, cut, two)
		}
		if !bytes.ContainsRune(in, 0x1b) && !bytes.Equal(one, in) {
			t.Errorf("%q became %q", in, one)
		}
	})
}
