package width

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

// TestStockIsGlibc compares every code point with what wcwidth said.
func TestStockIsGlibc(t *testing.T) {
	f, err := os.Open("testdata/glibc-2.36.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	next := rune(0)
	for s := bufio.NewScanner(f); s.Scan(); {
		var first, last rune
		var w int
		if n, _ := fmt.Sscanf(s.Text(), "%X %X %d", &first, &last, &w); n != 3 {
			continue
		}
		if first != next {
			t.Fatalf("the recorded widths leave out U+%04X", next)
		}
		next = last + 1
		for r := first; r <= last; r++ {
			want := w
			if r >= 0xa0 && r <= 0xff {
				want = 1
			}
			if got := Stock.Rune(r); got != want {
				t.Fatalf("Stock.Rune(U+%04X) = %d, want %d", r, got, want)
			}
		}
	}
	if next != utf8.MaxRune+1 {
		t.Fatalf("the recorded widths end at U+%04X", next)
	}
}

// TestStockRules checks samples of each line of spec/terminal.md, section 3.1.
func TestStockRules(t *testing.T) {
	for _, tt := range []struct {
		w     int
		runes []rune
	}{
		{-1, []rune{0x0378, 0x2028, 0x2029, 0xfffe, 0x1f, 0x7f, 0x9f, 0xd800, -1, 0x110000}},
		{0, []rune{0x0301, 0x20dd, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0xfe0f, 0xe0100, 0xe0041, 0xfeff, 0x2060, 0x1160, 0x11ff, 0xd7b0, 0xd7cb, 0xd7fb}},
		{2, []rune{'中', '한', 0x3248, 0x324f, 0x4dc0, 0x4dff, 0x1f600, 0x1f3fb, 0x3164, 0xff21}},
		{1, []rune{' ', '~', 0xa0, 0xad, 0x0600, 0x0605, 0x06dd, 0x110cd, 0x1f1e6, 0xe000, 0x10fffd, 0x093e, 0xfffd, 0xfffc, 0x00b1}},
	} {
		for _, r := range tt.runes {
			if got := Stock.Rune(r); got != tt.w {
				t.Errorf("Stock.Rune(U+%04X) = %d, want %d", r, got, tt.w)
			}
		}
	}
}

func TestUnicode17(t *testing.T) {
	for _, tt := range []struct {
		w     int
		runes []rune
	}{
		{-1, []rune{0x01, 0x1f, 0x7f, 0x9f, 0xd800, -1, 0x110000}},
		{0, []rune{0, 0x0301, 0x200d, 0xfe0f, 0xe0041, 0x1160, 0xd7cb}},
		{1, []rune{'a', 0xad, 0x0600, 0x110cd, 0x1f1e6, 0xe000, 0x093e, 0xfffd, 0x2764, 0x00b1, 0x2500, 0x3248}},
		{2, []rune{'中', '한', 0x1f600, 0x1f3fb, 0x4dc0, 0x2630, 0x1d300, 0x1fae9 /* Unicode 16 */, 0x20000}},
	} {
		for _, r := range tt.runes {
			if got := Unicode17.Rune(r); got != tt.w {
				t.Errorf("Unicode17.Rune(U+%04X) = %d, want %d", r, got, tt.w)
			}
			if got := Unicode17Plain.Rune(r); got != tt.w {
				t.Errorf("Unicode17Plain.Rune(U+%04X) = %d, want %d", r, got, tt.w)
			}
		}
	}
}

// cells splits s into cells and writes them as text:width.
func cells(table Table, s string) string {
	var texts []string
	var widths []int
	var c Cluster
	for _, r := range s {
		w, joined, next := table.Next(c, r)
		c = next
		if joined {
			texts[len(texts)-1] += string(r)
			widths[len(widths)-1] = w
		} else {
			texts, widths = append(texts, string(r)), append(widths, w)
		}
	}
	for i := range texts {
		texts[i] = fmt.Sprintf("%s:%d", texts[i], widths[i])
	}
	return strings.Join(texts, " ")
}

func TestNext(t *testing.T) {
	for _, tt := range []struct {
		table    Table
		in, want string
	}{
		{Unicode17, "ab", "a:1 b:1"},
		{Unicode17, "e\u0301\u0302x", "e\u0301\u0302:1 x:1"},
		{Unicode17, "中\u0301", "中\u0301:2"},
		{Unicode17, "👩\u200d👩\u200d👧x", "👩\u200d👩\u200d👧:2 x:1"},
		{Unicode17, "👍🏽👍", "👍🏽:2 👍:2"},
		{Unicode17, "🧑🏽\u200d🚀", "🧑🏽\u200d🚀:2"},
		{Unicode17, "🇩🇪🇫🇷🇩", "🇩🇪:2 🇫🇷:2 🇩:1"},
		{Unicode17, "❤\ufe0f❤x", "❤\ufe0f:2 ❤:1 x:1"},
		{Unicode17, "❤\ufe0f\u200d🔥", "❤\ufe0f\u200d🔥:2"},
		{Unicode17, "❤\ufe0e", "❤\ufe0e:1"},
		{Unicode17, "1\ufe0f\u20e3", "1\ufe0f\u20e3:2"},
		{Unicode17, "1\u20e3", "1\u20e3:1"},
		{Unicode17, "a\ufe0f", "a\ufe0f:1"},
		{Unicode17, "a🏽", "a:1 🏽:2"},
		{Unicode17, "a\u200d👩", "a\u200d:1 👩:2"},
		{Unicode17, "👩\u200da", "👩\u200d:2 a:1"},
		{Unicode17, "\u1112\u1161\u11ab", "\u1112\u1161\u11ab:2"},
		{Unicode17, "🏴\U000e0067\U000e0062\U000e007f", "🏴\U000e0067\U000e0062\U000e007f:2"},
		{Unicode17, "क्षि", "क्:1 ष:1 ि:1"},
		{Unicode17, "\u0301a", "\u0301:0 a:1"},
		{Unicode17Plain, "👩\u200d👩", "👩\u200d:2 👩:2"},
		{Unicode17Plain, "🇩🇪", "🇩:1 🇪:1"},
		{Unicode17Plain, "❤\ufe0f", "❤\ufe0f:1"},
		{Stock, "👩\u200d👩", "👩\u200d:2 👩:2"},
		{Stock, "👍🏽", "👍:2 🏽:2"},
		{Stock, "\u2630", "\u2630:1"},
		{Stock, "\U0001fae9", "\U0001fae9:2"},
	} {
		if got := cells(tt.table, tt.in); got != tt.want {
			t.Errorf("table %d, %q: got %q, want %q", tt.table, tt.in, got, tt.want)
		}
	}
}

// TestNextAgainstOracle compares with UAX #29 where Unicode17 means to follow it.
func TestNextAgainstOracle(t *testing.T) {
	pieces := []string{"a", "1", "中", "é", "e\u0301", "\u0308", "\u200d", "\ufe0f", "👩", "👍", "❤", "🏽", "🇩", "🇪", "\u1112\u1161", "한", "\u20e3"}
	for seed := range uint64(5000) {
		r := rand.New(rand.NewPCG(seed, 2))
		var s strings.Builder
		s.WriteString("x")
		for range 1 + r.IntN(8) {
			s.WriteString(pieces[r.IntN(len(pieces))])
		}
		var want []string
		for g := graphemes.FromString(s.String()); g.Next(); {
			want = append(want, g.Value())
		}
		var got []string
		var c Cluster
		for _, r := range s.String() {
			_, joined, next := Unicode17.Next(c, r)
			c = next
			if joined {
				got[len(got)-1] += string(r)
			} else {
				got = append(got, string(r))
			}
			if c != Unicode17.ClusterOf(got[len(got)-1]) {
				t.Fatalf("%q: ClusterOf differs", got[len(got)-1])
			}
		}
		g, w := strings.Join(got, "|"), strings.Join(want, "|")
		// A skin tone after a letter is an emoji of its own for terminals.
		w = strings.ReplaceAll(w, "🏽", "|🏽")
		g = strings.ReplaceAll(strings.ReplaceAll(g, "|🏽", "🏽"), "🏽", "|🏽")
		if g != w {
			t.Fatalf("seed %d, %q: got %q, want %q", seed, s.String(), g, w)
		}
	}
}

func TestString(t *testing.T) {
	for _, tt := range []struct {
		s              string
		stock, unicode int
	}{
		{"", 0, 0}, {"abc", 3, 3}, {"中文", 4, 4}, {"e\u0301", 1, 1}, {"👩\u200d👧", 4, 2}, {"❤\ufe0f", 1, 2}, {"🇩🇪", 2, 2}, {"a\tb", 2, 2},
	} {
		if got := Stock.String(tt.s); got != tt.stock {
			t.Errorf("Stock.String(%q) = %d, want %d", tt.s, got, tt.stock)
		}
		if got := Unicode17.String(tt.s); got != tt.unicode {
			t.Errorf("Unicode17.String(%q) = %d, want %d", tt.s, got, tt.unicode)
		}
	}
}

// TestDoubtful: where the tables differ there must be doubt, and there is none about the bulk of text.
func TestDoubtful(t *testing.T) {
	for r := range rune(utf8.MaxRune + 1) {
		if Stock.Rune(r) != Unicode17.Rune(r) && !Doubtful(r) {
			t.Fatalf("U+%04X: no doubt, though the tables differ", r)
		}
	}
	for _, s := range []string{"plain text", "àéîõü", "Ελληνικά", "Русский", "日本語テキスト", "한국어", "─│┌┐", "e\u0301"} {
		if DoubtfulString(s) && len(s) < 4 {
			t.Errorf("%q is doubtful", s)
		}
		for _, r := range s {
			if Doubtful(r) {
				t.Errorf("%q (U+%04X) is doubtful", r, r)
			}
		}
	}
	for _, s := range []string{"👩", "❤\ufe0f", "🇩🇪", "\u200d", "\ue0b0", "\u2630", "e\u0301👩", "\u0378", "ab"} {
		if !DoubtfulString(s) {
			t.Errorf("%q is not doubtful", s)
		}
	}
	if DoubtfulString("e\u0301\u0302") || DoubtfulString("中") {
		t.Error("a letter with accents is doubtful")
	}
}

func TestNoAllocations(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { Unicode17.String("a中é👩\u200d👧❤\ufe0f") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkNext(b *testing.B) {
	for _, bb := range []struct{ name, s string }{
		{"ascii", strings.Repeat("abc 123 ", 100)}, {"cjk", strings.Repeat("终端仿真器", 100)}, {"emoji", strings.Repeat("👩\u200d👧❤\ufe0f", 100)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			runes := []rune(bb.s)
			for b.Loop() {
				var c Cluster
				for _, r := range runes {
					_, _, c = Unicode17.Next(c, r)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(runes)), "ns/rune")
		})
	}
}
