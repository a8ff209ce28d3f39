package display

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"mosh/internal/core/vt"
	"mosh/internal/core/width"
)

var epoch = time.Unix(1_700_000_000, 0)

// program makes n steps of random output that uses everything a diff may have to carry.
func program(r *rand.Rand, width, height, n int) []byte {
	var b []byte
	for range n {
		b = appendStep(r, b, width, height)
	}
	return b
}

func appendStep(r *rand.Rand, b []byte, width, height int) []byte {
	n := func(k int) int { return r.IntN(k) }
	switch n(30) {
	case 0, 1, 2:
		for range 1 + n(width) {
			b = append(b, ' '+byte(n(0x5f)))
		}
	case 3:
		texts := []string{"中文", "e\u0301", "👩‍👧", "🇩🇪", "🇩", "👍🏽", "❤️", "…", "─", "\u00ad", "한글", "\U0001fae8", "ｱ", "é", "x\u0301\u0302"}
		for range 1 + n(8) {
			b = append(b, texts[n(len(texts))]...)
		}
	case 4:
		b = append(b, bytes.Repeat([]byte{' ' + byte(n(0x5f))}, 1+n(width))...)
	case 5, 6, 7:
		b = fmt.Appendf(b, "\x1b[%d;%dH", 1+n(height), 1+n(width))
	case 8:
		b = append(b, "\r\n"...)
	case 9:
		b = append(b, '\n')
	case 10:
		for range 1 + n(height) {
			b = fmt.Appendf(b, "line %d %s\r\n", n(1000), "abcdefghij"[:n(10)])
		}
	case 11, 12, 13:
		b = appendSGR(r, b)
	case 14:
		b = fmt.Appendf(b, "\x1b[%dK", n(3))
	case 15:
		b = fmt.Appendf(b, "\x1b[%dJ", n(3))
	case 16:
		b = fmt.Appendf(b, "\x1b[%d%c", 1+n(5), "@PXLMST"[n(7)])
	case 17:
		b = fmt.Appendf(b, "\x1b[%d;%dr\x1b[%d%c\x1b[r", 1+n(height), 1+n(height), 1+n(4), "ST"[n(2)])
	case 18:
		b = append(b, "\x1bM"...)
	case 19:
		modes := []int{1, 5, 25, 66, 1004, 1007, 2004, 2031, 9, 1000, 1002, 1003, 1005, 1006, 1015, 1016, 1049, 47}
		b = fmt.Appendf(b, "\x1b[?%d%c", modes[n(len(modes))], "hl"[n(2)])
	case 20:
		b = fmt.Appendf(b, "\x1b]%d;title %d\x07", n(3), n(4))
	case 21:
		b = fmt.Appendf(b, "\x1b[%d q", n(7))
	case 22:
		b = append(b, '\a')
	case 23:
		b = fmt.Appendf(b, "\x1b]8;id=%d;http://example.org/%d\x07link\x1b]8;;\x07", n(3), n(3))
	case 24:
		b = fmt.Appendf(b, "\x1b[%d;%d;%d;%d;%d$r", 1+n(height), 1+n(width), 1+n(height), 1+n(width), n(8))
	case 25:
		b = fmt.Appendf(b, "\x1b]4;%d;rgb:%02x/00/ff\x07\x1b]1%d;#%02x0000\x07", n(256), n(256), n(10), n(256))
	case 26:
		b = append(b, []string{"\x1b]104\x07", "\x1b]110\x07", "\x1b[>4;1m", "\x1b[>4m", "\x1b[=5;1u", "\x1b[=0;1u"}[n(6)]...)
	case 27:
		b = fmt.Appendf(b, "\x1b]52;%s;%s\x07", []string{"c", "p", ""}[n(3)], []string{"aGk=", "", "QQ=="}[n(3)])
	case 28:
		for range 1 + n(3*width) {
			b = append(b, 'a'+byte(n(26)))
		}
	case 29:
		b = append(b, '\t')
	}
	return b
}

func appendSGR(r *rand.Rand, b []byte) []byte {
	forms := []string{"0", "1", "2", "3", "4", "5", "7", "8", "9", "21", "22", "23", "24", "25", "27", "28", "29", "53", "55",
		"31", "42", "93", "104", "39", "49", "38;5;9", "48;5;200", "38;2;1;2;3", "48;2;9;9;9", "4:3", "58:5:7", "58:2::1:2:3", "59", ""}
	b = append(b, csi...)
	for i := range 1 + r.IntN(3) {
		if i > 0 {
			b = append(b, ';')
		}
		b = append(b, forms[r.IntN(len(forms))]...)
	}
	return append(b, 'm')
}

// show describes what of f a receiver with c keeps, as a string per row and one for the rest. Cells whose
// columns the receiver of want may judge differently are left out: their neighbours are not.
func show(c *Caps, f, want *vt.Frame) []string {
	r := Renderer{caps: c}
	var out []string
	for y, row := range f.Rows {
		var s strings.Builder
		for x, k := range row.Cells {
			if y < want.Height && x < want.Width && !trusted(c, want, y, x) {
				s.WriteString("[?]")
				continue
			}
			k.Rendition = c.rendition(k.Rendition)
			if k.Content.Empty() && k != vt.Blank(k.Rendition) {
				k.Content = ' '
			}
			fmt.Fprintf(&s, "[%s%x", f.Interns.AppendContent(nil, k.Content), uint32(k.Content)>>30)
			s.WriteString(showPen(f, k.Rendition) + "]")
		}
		out = append(out, fmt.Sprint(s.String(), row.Wrapped && r.wraps(f, y)))
	}
	m := c.modes(f.Modes)
	var rest strings.Builder
	fmt.Fprintf(&rest, "cursor %d,%d pen %s modes %+v", f.Cursor.Row, f.Cursor.Col, showPen(f, c.rendition(f.Pen)), m)
	fmt.Fprintf(&rest, " title %q icon %q", f.Title, f.Icon)
	if c.Rich && f.Colors != nil {
		for i, k := range append(f.Colors.Palette[:], f.Colors.Dynamic[:]...) {
			if k != 0 {
				fmt.Fprintf(&rest, " colour %d %x", i, uint32(k))
			}
		}
	}
	return append(out, rest.String())
}

func trusted(c *Caps, f *vt.Frame, y, x int) bool {
	if c.Widths == WidthsAgreed {
		return true
	}
	k, columns := f.Cell(y, x).Content, 1
	if k.IsTail() {
		k = f.Cell(y, x-1).Content
	}
	if k.Wide() {
		columns = 2
	}
	return k.Empty() || trust(c.Widths, f.Interns, k, columns)
}

func showPen(f *vt.Frame, p vt.Rendition) string {
	s := ""
	if p.FG != 0 || p.BG != 0 || p.Attr != 0 {
		s = fmt.Sprintf("/%x,%x,%x", p.FG, p.BG, p.Attr)
	}
	if p.Extra != 0 {
		s += fmt.Sprint(f.Interns.Extra(p.Extra))
	}
	return s
}

// checkExact runs a random program and takes a receiver from snapshot to snapshot, sometimes from an older
// one, and demands that it shows the same each time.
func checkExact(t *testing.T, c *Caps, sends, receives width.Table, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 1))
	columns, height := 1+r.IntN(40), 1+r.IntN(12)
	sender := vt.New(columns, height, vt.Options{Widths: &sends})
	receiver := vt.New(columns, height, vt.Options{Receiver: true, Widths: &receives})
	have := sender.Snapshot(epoch)
	var d Renderer
	var older *vt.Frame
	var olderReceiver *vt.Terminal
	for step := range 12 {
		if r.IntN(12) == 0 {
			columns, height = 1+r.IntN(40), 1+r.IntN(12)
			sender.Resize(columns, height)
		}
		p := program(r, columns, height, 1+r.IntN(12))
		sender.Write(epoch, p)
		want := sender.Snapshot(epoch)
		if older != nil && r.IntN(4) == 0 {
			have, receiver = older, olderReceiver.Clone()
		}
		if r.IntN(3) == 0 {
			older, olderReceiver = have, receiver.Clone()
		}
		diff := d.AppendDiff(nil, c, have, want)
		if again := AppendDiff(nil, c, have, want); !bytes.Equal(diff, again) {
			t.Fatalf("seed %d step %d: two diffs of the same frames:\n%q\n%q", seed, step, diff, again)
		}
		if have.Width != columns || have.Height != height {
			receiver.Resize(columns, height)
		}
		receiver.Write(epoch, diff)
		got := receiver.Snapshot(epoch)
		a, b := show(c, got, want), show(c, want, want)
		for y := range b {
			if a[y] != b[y] {
				t.Fatalf("seed %d step %d, %dx%d: part %d of the frame\n got %s\nwant %s\nhad  %s\nprogram %q\ndiff %q\ncursor was %+v",
					seed, step, columns, height, y, a[y], b[y], at(show(c, have, have), y), p, diff, have.Cursor)
			}
		}
		have = want
	}
}

func at(s []string, i int) string {
	if i < len(s) {
		return s[i]
	}
	return ""
}

func TestExact(t *testing.T) {
	for _, k := range []struct {
		name            string
		caps            Caps
		sends, receives width.Table
	}{
		{"own", Own(), width.Unicode17, width.Unicode17},
		{"stock", Stock(), width.Stock, width.Stock},
		{"stock, clusters", Stock(), width.Unicode17, width.Stock},
	} {
		t.Run(k.name, func(t *testing.T) {
			for seed := range uint64(60) {
				checkExact(t, &k.caps, k.sends, k.receives, seed)
			}
		})
	}
}

// FuzzExact is TestExact with any seed: own and stock receivers by turns.
func FuzzExact(f *testing.F) {
	f.Add(uint64(1), true, true)
	f.Add(uint64(2), false, false)
	f.Fuzz(func(t *testing.T, seed uint64, own, clusters bool) {
		sends := width.Stock
		if clusters {
			sends = width.Unicode17
		}
		if own {
			c := Own()
			checkExact(t, &c, width.Unicode17, width.Unicode17, seed)
		} else {
			c := Stock()
			checkExact(t, &c, sends, width.Stock, seed)
		}
	})
}
