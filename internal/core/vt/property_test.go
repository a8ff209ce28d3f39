package vt

import (
	"fmt"
	"testing"
	"time"

	"mosh/internal/core/width"
	"mosh/internal/corpus"
)

// FuzzTerminal shows for any input, cut anywhere and with snapshots, clones and resizes between, that the
// result is the same and that the screen is sound.
func FuzzTerminal(f *testing.F) {
	for seed := range uint64(40) {
		f.Add(corpus.Program(seed, 300), uint16(seed*7), uint8(seed), uint8(seed*3))
	}
	for _, s := range corpus.Streams() {
		f.Add(s.Make(1, 500), uint16(100), uint8(20), uint8(5))
	}
	f.Fuzz(func(t *testing.T, data []byte, cut uint16, w, h uint8) {
		checkAnywhere(t, data, int(cut), int(w), int(h))
	})
}

// TestPrograms does the same for more programs than a seed corpus should hold.
func TestPrograms(t *testing.T) {
	for seed := range uint64(3000) {
		checkAnywhere(t, corpus.Program(seed, 400), int(seed*31%401), int(seed%23), int(seed%11))
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func checkAnywhere(t *testing.T, data []byte, cut, w, h int) {
	t.Helper()
	stock := width.Stock
	for _, o := range []Options{{}, {Widths: &stock}} {
		checkWith(t, o, data, min(cut, len(data)), w%40+1, h%20+1)
	}
}

func checkWith(t *testing.T, o Options, data []byte, cut, w, h int) {
	t.Helper()
	var now time.Time
	whole, pieces := New(w, h, o), New(w, h, o)
	whole.Write(now, data)
	pieces.Write(now, data[:cut])
	before := pieces.Snapshot(now)
	image := fmt.Sprint(text(before), before.Cursor)
	clone := pieces.Clone()
	pieces.Write(now, data[cut:])
	for _, b := range data[cut:] {
		clone.Write(now, []byte{b})
	}
	if got := fmt.Sprint(text(before), before.Cursor); got != image {
		t.Errorf("a snapshot changed:\n%s\n%s", image, got)
	}
	now = now.Add(SyncLimit)
	for _, o := range []*Terminal{pieces, clone} {
		if !whole.Snapshot(now).Equal(o.Snapshot(now), true) || whole.cur != o.cur || whole.margins != o.margins {
			t.Errorf("cut at %d of %q:\n%q %v\n%q %v", cut, data, text(whole.frame()), whole.cur, text(o.frame()), o.cur)
		}
	}
	if a, b := string(whole.AppendReplies(nil)), string(pieces.AppendReplies(nil)); a != b {
		t.Errorf("cut at %d of %q: answers %q, %q", cut, data, a, b)
	}
	sound(t, whole)
	whole.Resize(h, w)
	sound(t, whole)
	clone.Write(now, data)
	sound(t, clone)
}

// sound reports what must never be.
func sound(t *testing.T, term *Terminal) {
	t.Helper()
	m := term.margins
	switch {
	case term.cur.Row < 0 || term.cur.Row >= term.height || term.cur.Col < 0 || term.cur.Col >= term.width:
		t.Errorf("cursor %v outside %dx%d", term.cur, term.width, term.height)
	case m.top < 0 || m.top > m.bottom || m.bottom >= term.height || m.left < 0 || m.left > m.right || m.right >= term.width:
		t.Errorf("margins %v in %dx%d", m, term.width, term.height)
	case term.interns.Extra(term.pen.Extra) != term.extra:
		t.Errorf("the pen's extra is not what it says")
	}
	for _, s := range []*screen{&term.screen, &term.other} {
		if len(s.rows) != term.height {
			t.Errorf("%d rows, want %d", len(s.rows), term.height)
		}
		for i, r := range s.rows {
			soundRow(t, term, i, r)
		}
	}
}

func soundRow(t *testing.T, term *Terminal, i int, r *Row) {
	t.Helper()
	if len(r.Cells) != term.width {
		t.Errorf("row %d has %d cells, want %d", i, len(r.Cells), term.width)
		return
	}
	for col := len(r.Cells) - r.clean; col < len(r.Cells); col++ {
		if r.Cells[col] != (Cell{}) {
			t.Errorf("row %d, column %d is not clean", i, col)
		}
	}
	if r.Wrapped && r.Cells[term.width-1].Content.Empty() {
		t.Errorf("row %d is wrapped after a blank", i)
	}
	for col, c := range r.Cells {
		lead := col > 0 && r.Cells[col-1].Content.Wide()
		if c.Content.IsTail() != lead {
			t.Errorf("row %d, column %d: half a wide character", i, col)
		}
		if lead && c.Rendition != r.Cells[col-1].Rendition {
			t.Errorf("row %d, column %d: a wide character of two renditions", i, col)
		}
		if c.Content.Wide() && col == term.width-1 {
			t.Errorf("row %d: a wide character in the last column", i)
		}
		if c.Content.Empty() || c.Content.IsTail() {
			continue
		}
		want := 1
		if c.Content.Wide() {
			want = 2
		}
		s := string(term.interns.AppendContent(nil, c.Content))
		if got := term.widths.String(s); got != want {
			t.Errorf("row %d, column %d: %q takes %d columns, not %d", i, col, s, got, want)
		}
	}
}

// TestLinear shows that work is linear in the input: a fixed number of screens' worth of cells per control
// function, whatever its parameters.
func TestLinear(t *testing.T) {
	const w, h, n = 80, 24, 64 << 10
	functions := []string{"\x1b[65535@", "\x1b[65535P", "\x1b[65535L", "\x1b[65535M", "\x1b[65535S", "\x1b[65535T", "\x1b[65535X",
		"a\x1b[65535b", "\x1b[65535I", "\x1b[65535Z", "\x1b[65535'}", "\x1b[65535'~", "\x1b[65535 @", "\x1b#8", "\x1b[2J",
		"\x1b[65;1;1;999;999$x", "\x1b[1;1;999;999;1;1;1$v", "\x1b[1;1;999;999;1$r", "\n", "\x1bM", "\x1b[?1049h\x1b[?1049l", "\x1bc",
		"\u0301", "e\u0301", "\x1b]8;;x\a"}
	for _, f := range functions {
		term := New(w, h, Options{})
		for done := 0; done < n; done += len(f) {
			term.Write(time.Time{}, []byte(f))
		}
		perFunction := term.steps / uint64(n/len(f))
		if perFunction > 4*w*h {
			t.Errorf("%q touches %d cells each time", f, perFunction)
		}
		if term.steps == 0 && f != "\x1b[65535I" && f != "\x1b[65535Z" && f != "\u0301" && f != "\x1b]8;;x\a" && f != "\x1bc" {
			t.Errorf("%q counts no steps", f)
		}
	}
}

func TestNoAllocations(t *testing.T) {
	for _, s := range corpus.Streams() {
		data := s.Make(1, 64<<10)
		term := New(80, 24, Options{})
		term.Write(time.Time{}, data) // clusters are interned, rows made
		term.Write(time.Time{}, data)
		if n := testing.AllocsPerRun(5, func() { term.Write(time.Time{}, data) }); n > 1 {
			t.Errorf("%s: %v allocations for 64 KiB", s.Name, n)
		}
	}
}

// TestInternsFull fills the tables with clusters and links and shows that the screen stays right.
func TestInternsFull(t *testing.T) {
	term := New(20, 5, Options{})
	for i := range 2 * maxClusters {
		s := fmt.Sprintf("\x1b]8;;http://h/%d\a\x1b[58:5:%dm%c%c%c\x1b[58:5:1m", i, i%256, 'a'+i%26, 0x300+i%100, 0x300+i/100%100)
		term.Write(time.Time{}, []byte(s))
		if i%1000 == 0 || i > 2*maxClusters-10 {
			sound(t, term)
		}
	}
	f := term.Snapshot(time.Time{})
	last := 2*maxClusters - 1
	c := f.Cell(f.Cursor.Row, f.Cursor.Col-1)
	want := fmt.Sprintf("%c%c%c", 'a'+last%26, 0x300+last%100, 0x300+last/100%100)
	if got := string(f.Interns.AppendContent(nil, c.Content)); got != want {
		t.Errorf("cluster %q, want %q", got, want)
	}
	if got, want := f.Interns.Extra(c.Extra).Link.URI, fmt.Sprintf("http://h/%d", last); got != want {
		t.Errorf("link %q, want %q", got, want)
	}
}
