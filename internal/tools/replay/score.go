//go:build linux

package main

import (
	"fmt"
	"os"
	"slices"
	"time"
	"unicode/utf8"

	"mosh/internal/core/vt"
	"mosh/internal/simnet"
)

// score counts what became of keys.
type score struct {
	keys, printable    int // that change the screen
	unseen             int // that do not
	instant, instantPr int // on the screen at once, all and printable ones
	wrong              int // keys during which something wrong was shown
	wrongFor           time.Duration
	leaked             int // characters of secrets that were shown
	late               []time.Duration
}

func (s *score) add(o score) {
	s.keys += o.keys
	s.printable += o.printable
	s.unseen += o.unseen
	s.instant += o.instant
	s.instantPr += o.instantPr
	s.wrong += o.wrong
	s.wrongFor = max(s.wrongFor, o.wrongFor)
	s.leaked += o.leaked
	s.late = append(s.late, o.late...)
}

func printHead() {
	fmt.Printf("%-15s %-18s %6s %5s %6s %10s %9s %9s %8s %9s %6s\n", "trace", "rules", "rtt", "loss", "keys",
		"printable", "all keys", "wrong", "longest", "median", "leaked")
	fmt.Printf("%-15s %-18s %6s %5s %6s %10s %9s %9s %8s %9s %6s\n", "", "", "", "", "", "at once", "at once", "keys", "wrong", "of late", "")
}

func (s *score) print(name string, e engine, l link) {
	var median time.Duration
	if n := len(s.late); n > 0 {
		slices.Sort(s.late)
		median = s.late[n/2]
	}
	fmt.Printf("%-15s %-18s %6s %4.0f%% %6d %9.1f%% %8.1f%% %8.2f%% %8s %9s %6d\n", name, e.name, l.rtt, 100*l.loss, s.keys,
		percent(s.instantPr, s.printable), percent(s.instant, s.keys), percent(s.wrong, s.keys+s.unseen),
		s.wrongFor, median, s.leaked)
}

func percent(n, of int) float64 { return 100 * float64(n) / float64(max(of, 1)) }

// truths returns the screen after each step, as a terminal beside the host would show it.
func (t *trace) truths() []*vt.Frame {
	term := vt.New(t.width, t.height, vt.Options{})
	out := make([]*vt.Frame, len(t.steps))
	for i, s := range t.steps {
		for _, a := range s.host {
			term.Write(simnet.Start, a.output)
			term.AppendReplies(nil)
		}
		out[i] = term.Snapshot(simnet.Start.Add(time.Hour))
	}
	return out
}

// judge watches the display of one replay.
type judge struct {
	score
	t       *trace
	truth   []*vt.Frame
	s       *session
	waiting []int // steps not on the screen yet
	last    int
	bad     bool
	badAt   time.Duration
	blamed  int // newest step counted as wrong
	verbose bool
}

func replay(t trace, e engine, l link, verbose bool) score {
	s := newSession(&t, e, l)
	j := &judge{t: &t, truth: t.truths(), s: s, verbose: verbose}
	s.onDisplay = j.display
	if err := s.run(); err != nil {
		fmt.Fprintln(os.Stderr, "replay:", t.name, err)
	}
	return j.score
}

// display looks at what the person sees now, after step i was typed.
func (j *judge) display(i int, now time.Duration) {
	shown := j.s.client.Frame(j.s.net.Now)
	if i > j.last {
		j.last = i
		j.typed(i, shown, now)
	}
	j.latency(shown, now)
	j.errors(i, shown, now)
}

func (j *judge) typed(i int, shown *vt.Frame, now time.Duration) {
	st := j.t.steps[i]
	printable := isPrintable(st.keys)
	if sameScreen(j.truth[i-1], j.truth[i]) {
		j.unseen++
		return
	}
	j.keys++
	if printable {
		j.printable++
	}
	if !j.matches(i, shown) {
		j.waiting = append(j.waiting, i)
		if j.verbose {
			fmt.Fprintf(os.Stderr, "%s: late  %d %q at %v\n", j.t.name, i, st.keys, now)
		}
		return
	}
	j.instant++
	if printable {
		j.instantPr++
	}
}

func (j *judge) latency(shown *vt.Frame, now time.Duration) {
	keep := j.waiting[:0]
	for _, i := range j.waiting {
		if j.s.viewStep >= i || j.matches(i, shown) {
			j.late = append(j.late, now-start-j.t.steps[i].at)
		} else {
			keep = append(keep, i)
		}
	}
	j.waiting = keep
}

// matches says that shown has the effect of step i: the cursor and the rows it moved over. Right of the cursor only
// keys that are no characters are looked at: a suggestion is not what the key did.
func (j *judge) matches(i int, shown *vt.Frame) bool {
	was, is := j.truth[i-1], j.truth[i]
	if shown.Cursor.Row != is.Cursor.Row || shown.Cursor.Col != is.Cursor.Col {
		return false
	}
	for r := min(was.Cursor.Row, is.Cursor.Row); r <= max(was.Cursor.Row, is.Cursor.Row); r++ {
		end := is.Width
		if r == is.Cursor.Row && isPrintable(j.t.steps[i].keys) {
			end = is.Cursor.Col
		} else if r == is.Cursor.Row && j.t.steps[i].keys[0] == 0x7F {
			end = min(is.Cursor.Col+1, is.Width)
		}
		for c := range end {
			if !same(shown.Cell(r, c), is.Cell(r, c)) {
				return false
			}
		}
	}
	return true
}

// errors looks whether what was painted over the server's frame is what the host shows then, or after one of the keys
// that the frame does not have yet. A key that the recorded host had not answered when the next one was typed has no
// screen of its own: its text is looked for in the host's next answer.
func (j *judge) errors(i int, shown *vt.Frame, now time.Duration) {
	f := j.s.screen
	bad := false
	if i > 0 && shown != f && !bar(shown) {
		bad = true
		for k := j.s.viewStep; k <= i && bad; k++ {
			bad = !painted(f, shown, j.truth[k])
		}
		if next := j.t.answeredAfter(i); bad && next > i && !j.t.steps[i].secret {
			bad = !paintedText(f, shown, j.truth[next])
		}
	}
	if bad && i > j.blamed {
		j.blamed = i
		j.wrong++
		if j.verbose {
			fmt.Fprintf(os.Stderr, "%s: wrong %d %q at %v\n%s", j.t.name, i, j.t.steps[i].keys, now, difference(f, shown, j.truth[i]))
		}
	}
	if bad && j.t.steps[i].secret && j.leaks(f, shown) {
		j.leaked++
	}
	switch {
	case bad && !j.bad:
		j.badAt = now
	case !bad && j.bad:
		j.wrongFor = max(j.wrongFor, now-j.badAt)
	}
	j.bad = bad
}

// bar says that the notification bar is shown.
func bar(f *vt.Frame) bool {
	return f.Cell(0, 0).BG == vt.PaletteColor(4) && f.Cell(0, f.Width-1).BG == vt.PaletteColor(4)
}

// painted says that what shown has beyond f is in truth. An erasure is no mistake if a suggestion, in grey, has come
// there.
func painted(f, shown, truth *vt.Frame) bool {
	if shown.Cursor != f.Cursor && (shown.Cursor.Row != truth.Cursor.Row || shown.Cursor.Col != truth.Cursor.Col) {
		return false
	}
	return paintedText(f, shown, truth)
}

// paintedText is painted without the cursor.
func paintedText(f, shown, truth *vt.Frame) bool {
	for r := range f.Height {
		if shown.Rows[r] == f.Rows[r] {
			continue
		}
		for c := range f.Width {
			if blank(shown.Cell(r, c)) && grey(truth.Cell(r, c)) {
				continue
			}
			if s := shown.Cell(r, c); !same(s, f.Cell(r, c)) && !same(s, truth.Cell(r, c)) {
				return false
			}
		}
	}
	return true
}

// leaks says that a character is painted that the host does not show.
func (j *judge) leaks(f, shown *vt.Frame) bool {
	for r := range f.Height {
		for c := range f.Width {
			if s := shown.Cell(r, c); !same(s, f.Cell(r, c)) && !same(s, j.truth[j.last].Cell(r, c)) && !blank(s) {
				return true
			}
		}
	}
	return false
}

func blank(c vt.Cell) bool {
	r, ok := c.Content.Rune()
	return c.Content.Empty() || ok && (r == ' ' || r == 0xA0)
}

// grey is how fish and zsh's plugins show suggestions.
func grey(c vt.Cell) bool {
	n, ok := c.FG.Palette()
	return ok && (n == 8 || n >= 237 && n <= 247)
}

func same(a, b vt.Cell) bool { return a.Content == b.Content || blank(a) && blank(b) }

func sameScreen(a, b *vt.Frame) bool {
	if a.Cursor.Row != b.Cursor.Row || a.Cursor.Col != b.Cursor.Col {
		return false
	}
	for r := range a.Height {
		if a.Rows[r] == b.Rows[r] {
			continue
		}
		for c := range a.Width {
			if !same(a.Cell(r, c), b.Cell(r, c)) {
				return false
			}
		}
	}
	return true
}

// isPrintable says that the keys are characters.
func isPrintable(keys []byte) bool {
	for len(keys) > 0 {
		r, n := utf8.DecodeRune(keys)
		if r < 0x20 || r == 0x7F {
			return false
		}
		keys = keys[n:]
	}
	return true
}

// difference shows the rows in which the three differ.
func difference(f, shown, truth *vt.Frame) string {
	var b []byte
	line := func(name string, x *vt.Frame, r int) {
		b = fmt.Appendf(b, "  %-6s %2d |", name, r)
		for _, c := range x.Rows[r].Cells {
			if c.Content.Empty() {
				b = append(b, ' ')
			}
			b = x.Interns.AppendContent(b, c.Content)
		}
		b = fmt.Appendf(b, "| cursor %d,%d\n", x.Cursor.Row, x.Cursor.Col)
	}
	for r := range f.Height {
		if r != shown.Cursor.Row && shown.Rows[r] == f.Rows[r] {
			continue
		}
		line("frame", f, r)
		line("shown", shown, r)
		line("truth", truth, r)
	}
	return string(b)
}
