package predict

import (
	"strings"
	"testing"
	"time"

	"mosh/internal/core/vt"
	"mosh/internal/core/width"
)

func ownWorld(t *testing.T) *world { return newWorld(t, Always, false, Own) }

// both returns a world of each set of rules.
func both(t *testing.T) (ours, stock *world) { return ownWorld(t), stockWorld(t, Always) }

// shell prints a prompt and has it learnt: a command was typed and run there.
func (w *world) shell() {
	w.t.Helper()
	w.prints("$ ")
	w.arrive()
	w.typed("ls")
	w.run("\r\nx\r\n$ ")
}

// run presses Enter; the host prints out.
func (w *world) run(out string) {
	w.t.Helper()
	w.keys("\r")
	w.prints(out)
	w.echoes()
	w.same()
}

// answers presses k, to which the host prints out, and confirms it.
func (w *world) answers(k, out string) {
	w.t.Helper()
	w.keys(k)
	w.prints(out)
	w.echoes()
	w.same()
}

// Rule: a character that appeared is believed with the ack, a round trip after it was typed; stock waits for the echo
// ack.
func TestEarlyCredit(t *testing.T) {
	ours, stock := both(t)
	for _, w := range []*world{ours, stock} {
		w.prints("$ ")
		w.arrive()
		w.each("ls")
		w.prints("l")
		w.acked = 1
		w.arrive()
	}
	ours.want(0, "$ ls|")
	stock.want(0, "$ l|")
}

// Rule: at a prompt that was confirmed before, keys are shown at once.
func TestKnownPrompt(t *testing.T) {
	ours, stock := both(t)
	for _, w := range []*world{ours, stock} {
		w.shell()
		w.each("pwd")
	}
	ours.want(2, "$ pwd|")
	stock.same()
}

// Rule: keys typed ahead of the prompt are put where they belong as soon as it is there.
func TestTypedAhead(t *testing.T) {
	w := ownWorld(t)
	w.shell()
	w.typed("ab")
	w.keys("\r")
	enter := w.sent
	w.each("cd")
	w.same()
	w.prints("\r\n$ ")
	w.acked, w.echoAck = enter, enter
	w.arrive()
	w.want(3, "$ cd|")
}

// Rule: what follows Enter is not shown where no prompt was confirmed, whatever is asked.
func TestPasswordAfterEnter(t *testing.T) {
	for _, prompt := range []string{"", "Password: ", "$ Password: ", "PIN: ", "pw> "} {
		w := ownWorld(t)
		w.shell()
		w.typed("su")
		w.run("\r\n" + prompt)
		for _, c := range "s3cret" {
			w.keys(string(c))
			w.same()
			w.acks()
			w.same()
			w.echoes()
			w.same()
		}
		w.run("\r\n$ ")
		w.keys("l")
		w.want(3, "$ l|")
	}
}

// Rule: what is typed before a command asks for it is echoed by the kernel at the start of the row; that says nothing about
// what the command does with the rest.
func TestSecretTypedAhead(t *testing.T) {
	w := ownWorld(t)
	w.shell()
	w.typed("su")
	w.keys("\r")
	w.prints("\r\n")
	w.echoes()
	for _, c := range "mon" {
		w.keys(string(c))
		w.prints(string(c))
		w.echoes()
	}
	w.each("ke")
	w.same()
	w.prints("Password: ")
	w.echoes()
	w.each("ys")
	w.same()
}

// Rule: prompts that begin and end as a known one are believed: the directory may be in them.
func TestSimilarPrompt(t *testing.T) {
	for prompt, known := range map[string]bool{"me@h /tmp$ ": true, "me@h# ": false, "root@h /$ ": false, "me@h Password: ": false} {
		w := ownWorld(t)
		w.prints("me@h ~$ ")
		w.arrive()
		w.typed("cd")
		w.run("\r\n" + prompt)
		w.keys("l")
		if shown := w.e.Apply(w.frame) != w.frame; shown != known {
			t.Errorf("%q: shown is %v", prompt, shown)
		}
	}
}

// Rule: a prompt that stopped to echo is forgotten, and after a wrong prediction nothing is shown before one came true.
func TestWrongAtPrompt(t *testing.T) {
	w := ownWorld(t)
	w.shell()
	w.keys("x")
	w.want(2, "$ x|")
	w.echoes()
	w.advance(slowHost + w.interval)
	w.same()
	w.each("yz")
	w.same()
	w.echoes()
	w.run("\r\n$ ")
	w.keys("x")
	w.same()
	w.prints("x")
	w.acks()
	w.keys("y")
	w.want(3, "$ xy|")
}

// Rule: the state of the tty, which our own server tells. A line that is read without echo shows nothing, and prompts
// that the kernel echoes at are believed at once.
func TestTTY(t *testing.T) {
	w := ownWorld(t)
	w.shell()
	w.typed("x")
	w.keys("\r")
	w.prints("\r\nName> ")
	w.e.SetTTY(true, true, true)
	w.echoes()
	w.advance(time.Second) // by now the server would have told that echo was switched off
	w.keys("A")
	w.want(3, "Name> A|")
	w.prints("A")
	w.echoes()
	w.e.SetTTY(true, false, true)
	w.keys("b")
	w.same()
	w.e.SetTTY(true, true, true)
	w.prints("\r\nPassword: ")
	w.echoes()
	w.keys("c")
	w.same()
}

// Rule: wide and combining characters are predicted as the terminal draws them.
func TestWide(t *testing.T) {
	ours, stock := both(t)
	for _, w := range []*world{ours, stock} {
		w.prints("$ ")
		w.arrive()
		w.typed("a")
		w.keys("日本")
	}
	ours.want(0, "$ a日本|")
	stock.want(0, "$ a|")
	ours.keys("\x1b[D")
	ours.want(0, "$ a日|本")
	ours.keys("x")
	ours.want(0, "$ a日x|本")
	ours.keys("\x7f\x7f")
	ours.want(0, "$ a|本")
	ours.prints("日本\x1b[2Dx本\x1b[2D\x1b[2D\x1b[K本\x1b[5G\x1b[4G\x1b[K本\x1b[4G")
	ours.echoes()
	ours.want(0, "$ a|本")
	ours.keys("e")
	ours.keys("\u0301")
	ours.want(0, "$ ae\u0301|本")
}

// Rule: code points are counted as the server counts them: by cluster if it is ours, one by one if it is stock's.
func TestClusters(t *testing.T) {
	for table, columns := range map[width.Table]int{width.Unicode17: 3, width.Stock: 5} {
		w := ownWorld(t)
		w.e.SetWidths(table)
		w.typed("a")
		w.keys("👍🏽")
		if col := w.e.Apply(w.frame).Cursor.Col; col != columns {
			t.Errorf("table %d: cursor in column %d, want %d", table, col, columns)
		}
	}
}

// Rule: what is right of the cursor is pushed only if it is text of the same line.
func TestTails(t *testing.T) {
	cases := []struct{ name, screen, shown string }{
		{"right prompt", "$ x\x1b[15G12:00\x1b[4G", "$ xa|          12:00"},
		{"border of a pane", "$ x\x1b[6Gcd│fgh\x1b[4G", "$ xa|  c│fgh"},
		{"suggestion", "$ x\x1b[90mdir new\x1b[m\x1b[4G", "$ xa|ir new"},
		{"blank in a suggestion", "$ x\x1b[90m dir\x1b[m\x1b[4G", "$ xa|dir"},
		{"the line itself", "$ xbcd\x1b[4G", "$ xa|bcd"},
	}
	for _, c := range cases {
		w := ownWorld(t)
		w.prints("$ ")
		w.arrive()
		w.typed("q")
		w.run("\x1b[H\x1b[2J$ ")
		w.keys("x")
		w.prints("\x1b[H" + c.screen)
		w.echoes()
		w.keys("a")
		w.want(0, c.shown)
		if t.Failed() {
			t.Fatal(c.name)
		}
	}
}

// Rule: whether text right of the cursor moves is learnt from what a confirmed key did to it.
func TestTailsLearnt(t *testing.T) {
	w := ownWorld(t)
	w.prints("$ abcdef\x1b[3G")
	w.arrive()
	w.keys("x")
	w.prints("x") // this program replaces
	w.echoes()
	w.keys("y")
	w.want(0, "$ xy|cdef")
}

// Rule: modified arrows are no plain ones; what they do is learnt from the first answer, and dropped on a wrong one.
func TestModifiedArrow(t *testing.T) {
	ours, stock := both(t)
	for _, w := range []*world{ours, stock} {
		w.shell()
		w.typed("one two six")
		w.keys("\x1b[1;5D")
	}
	stock.want(2, "$ one two si|x")
	ours.same()
	ours.prints("\x1b[3D")
	ours.echoes()
	ours.answers("\x1b[1;5D", "\x1b[4D")
	ours.keys("\x1b[1;5D")
	ours.want(2, "$ |one two six")
	ours.prints("\a")
	ours.echoes() // but nothing happened
	ours.advance(slowHost + ours.interval)
	ours.same()
	ours.keys("\x1b[1;5D")
	ours.same()
}

// Rule: the keys that edit a line are predicted once the application was seen to answer them so.
func TestEditingKeys(t *testing.T) {
	cases := []struct {
		name, key       string
		out             string // how the host answers, the cursor being at the end of "$ one two"
		line, shown     string // what is typed then, and shown after the key
		before, before2 string // keys before, and what the host prints to them
	}{
		{name: "Ctrl-A", key: "\x01", out: "\x1b[3G", line: "ab cd", shown: "$ |ab cd"},
		{name: "Home", key: "\x1b[H", out: "\x1b[3G", line: "ab cd", shown: "$ |ab cd"},
		{name: "Ctrl-U", key: "\x15", out: "\x1b[3G\x1b[K", line: "ab cd", shown: "$ |"},
		{name: "Ctrl-W", key: "\x17", out: "\x1b[3D\x1b[K", line: "ab cd", shown: "$ ab |"},
		{name: "Alt-Backspace", key: "\x1b\x7f", out: "\x1b[3D\x1b[K", line: "ab cd", shown: "$ ab |"},
		{name: "Alt-B", key: "\x1bb", out: "\x1b[3D", line: "ab cd", shown: "$ ab |cd"},
		{name: "Ctrl-B", key: "\x02", out: "\x1b[D", line: "ab cd", shown: "$ ab c|d"},
		{name: "Ctrl-H", key: "\x08", out: "\b\x1b[K", line: "ab cd", shown: "$ ab c|"},
	}
	for _, c := range cases {
		w := ownWorld(t)
		w.shell()
		for range 2 {
			w.typed("one two")
			w.answers(c.key, c.out)
			w.run("\x1b[H\x1b[2J$ ")
		}
		w.typed(c.line)
		w.keys(c.key)
		w.want(0, c.shown)
		if t.Failed() {
			t.Fatal(c.name)
		}
	}
}

// Rule: of several things that a key may do, none is shown where they differ.
func TestAmbiguousWord(t *testing.T) {
	w := ownWorld(t)
	w.shell()
	w.typed("one two")
	w.answers("\x17", "\x1b[3D\x1b[K") // words in every sense
	w.answers("\x17", "\x1b[4D\x1b[K")
	w.run("\x1b[H\x1b[2J$ ")
	w.typed("a/b")
	w.keys("\x17")
	w.want(0, "$ a/b|")
	w.prints("\x1b[3D\x1b[K")
	w.echoes()
	w.typed("c/d")
	w.keys("\x17")
	w.want(0, "$ |")
}

// Rule: keys that a parser of host output misreads are read as keys.
func TestKeys(t *testing.T) {
	for _, k := range []string{"\x1b]", "\x1bP", "\x1bX", "\x1b_", "\x1b^", "\x1b[M !!", "\x1b[<0;3;4M", "\x1b[I"} {
		ours, stock := both(t)
		for _, w := range []*world{ours, stock} {
			w.shell()
			w.typed("a")
			w.keys(k)
			w.echoes()
			w.same()
			w.keys("b")
			w.prints("b")
			w.acks()
			w.keys("c")
		}
		ours.want(2, "$ abc|")
	}
}

// Rule: a lone ESC is the Escape key; a sequence that arrives in two reads is one key.
func TestEscape(t *testing.T) {
	w := ownWorld(t)
	w.typed("ab")
	w.keys("\x1b")
	w.now = w.now.Add(5 * time.Millisecond)
	w.keys("[D")
	w.want(0, "a|b")
	w.now = w.now.Add(time.Second)
	w.keys("\x1b")
	w.now = w.now.Add(time.Second)
	w.keys("d") // no Alt-d: but what d does after Escape is not known
	w.want(0, "a|b")
	if n := w.e.Stats().Keys; n != 6 {
		t.Errorf("%d keys, want 6", n)
	}
}

// Rule: a paste is one event; text between the brackets is not taken for keys.
func TestPaste(t *testing.T) {
	w := ownWorld(t)
	w.shell()
	w.typed("a")
	w.keys("\x1b[200~rm\r\x1b[D\x1b[201~")
	w.want(2, "$ a|")
	w.prints("rm x")
	w.echoes()
	w.keys("b")
	w.want(2, "$ arm xb|")
}

// Rule: what happens after the last column is learnt.
func TestMargin(t *testing.T) {
	w := ownWorld(t)
	w.shell()
	w.typed(strings.Repeat("x", 17))
	w.answers("y", "y \r") // as readline does it
	w.typed("z")
	w.run("\x1b[H\x1b[2J$ ")
	w.typed(strings.Repeat("x", 17))
	w.each("yz")
	w.want(0, "$ "+strings.Repeat("x", 17)+"y")
	w.want(1, "z|")
}

// Rule: in a line that the kernel echoes, the terminal's own behaviour at the margin and in the last row is certain.
func TestCookedScroll(t *testing.T) {
	w := ownWorld(t)
	w.prints("\x1b[4;1Hin> ")
	w.e.SetTTY(true, true, true)
	w.arrive()
	w.advance(time.Second)
	w.keys("a")
	w.prints("a")
	w.echoes()
	w.each(strings.Repeat("b", 15) + "cd")
	w.want(2, "in> a"+strings.Repeat("b", 15))
	w.want(3, "cd|")
	w.prints(strings.Repeat("b", 15) + "cd")
	w.echoes()
	w.same()
}

// Rule: Enter in a full-screen program is predicted once it was seen to go to the next row.
func TestEnterInEditor(t *testing.T) {
	w := ownWorld(t)
	w.prints("\x1b[4;1H-- EDIT --\x1b[H")
	w.arrive()
	for range 2 {
		w.typed("ab")
		w.answers("\r", "\r\n")
	}
	w.prints("\x1b[H\x1b[J\x1b[4;1H-- EDIT --\x1b[H")
	w.arrive()
	w.typed("c")
	w.keys("\r")
	w.keys("d")
	w.want(1, "d|")
}

// Rule: a server that sends no echo ack is judged by its acks, after a while.
func TestNoEchoAck(t *testing.T) {
	w := ownWorld(t)
	w.typed("a")
	w.echoAck = 0
	w.keys("b")
	w.acks()
	w.want(0, "ab|")
	if at := w.e.NextTimeout(); at.IsZero() {
		t.Fatal("no deadline")
	}
	for range 40 {
		w.advance(50 * time.Millisecond)
	}
	w.same()
}

// Rule: a host may be behind the echo ack for 100 ms and a send interval, as long as nothing contradicts.
func TestSlowHost(t *testing.T) {
	ours, stock := both(t)
	for _, w := range []*world{ours, stock} {
		w.typed("ab")
		w.keys("c")
		w.echoes()
	}
	stock.same()
	ours.want(0, "abc|")
	ours.advance(slowHost + ours.interval - time.Millisecond)
	ours.want(0, "abc|")
	ours.advance(time.Millisecond)
	ours.same()
}

// A host that was slow when the predictions were dropped is not waited for any more: a deadline that stays in the past
// makes the client's loop spin for as long as the next key has no answer.
func TestSlowHostForgotten(t *testing.T) {
	w := ownWorld(t)
	w.typed("ab")
	w.keys("c")
	w.echoes()
	w.e.Reset()
	w.keys("d")
	w.advance(time.Second)
	if next := w.e.NextTimeout(); !next.IsZero() && !next.After(w.now) {
		t.Errorf("the next deadline is %v ago", w.now.Sub(next))
	}
}

// Rule: what is printed at the cursor without a key of ours ends all trust; elsewhere it changes nothing.
func TestHostPrintsAlone(t *testing.T) {
	w := ownWorld(t)
	w.typed("ab")
	w.prints("\x1b7\x1b[4;15Hnoise\x1b8")
	w.arrive()
	w.keys("c")
	w.want(0, "abc|")
	w.prints("c")
	w.echoes()
	w.prints("\r\nnow: ")
	w.arrive()
	w.keys("d")
	w.same()
}

// Rule: predictions are done again to the newest frame, wherever the line is by then.
func TestRebase(t *testing.T) {
	w := ownWorld(t)
	w.shell()
	w.typed("ab")
	w.keys("c")
	w.prints("\r\x1b[K[1] done\r\n$ ab")
	w.arrive() // a job reported; the key is still on its way
	w.want(3, "$ abc|")
}

// A key costs well under 20 µs and nothing that grows with the screen.
func TestKeyAllocations(t *testing.T) {
	host := vt.New(200, 60, vt.Options{})
	now := time.Unix(1000, 0)
	e := New(Always, false, Own)
	host.Write(now, []byte("$ "))
	f := host.Snapshot(now)
	e.Frame(now, f, 0, 0, 100*time.Millisecond)
	e.Keys(now, []byte("warm it up"), 0, f)
	x := uint64(10)
	n := testing.AllocsPerRun(100, func() {
		x++
		e.Keys(now, []byte("a"), x, f)
		e.Keys(now, []byte("\x7f"), x, f)
	})
	if n != 0 {
		t.Errorf("%v allocations per key", n)
	}
	if e.Stats().Predicted < 200 {
		t.Errorf("only %d keys were predicted", e.Stats().Predicted)
	}
}
