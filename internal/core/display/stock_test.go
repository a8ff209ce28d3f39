package display

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"mosh/internal/core/vt"
	"mosh/internal/core/vtparse"
	"mosh/internal/core/width"
)

// stockScreen is the emulator of a stock mosh 1.4.0 client, as far as a diff may use it (spec/terminal.md, 1.4,
// 2, 3 and 5.12). It fails the test on anything else, and on what the safety rules of 5.12 forbid.
type stockScreen struct {
	refuse        func(string) // does not return
	diff          []byte       // in work, for messages
	columns       func(rune) int
	width, height int
	rows          [][]stockCell
	row, col      int
	pending       bool
	top, bottom   int
	join          *stockCell // of the last print; nil after a move
	pen           vt.Rendition
	visible       bool
	title, icon   string
	modes         map[int]bool
	mouse, coding int
	bells         int
	clipboard     string
}

type stockCell struct {
	text       string
	pen        vt.Rendition
	wide, wrap bool
}

func newStockScreen(refuse func(string), width, height int, columns func(rune) int) *stockScreen {
	s := &stockScreen{refuse: refuse, columns: columns, visible: true, modes: map[int]bool{}}
	s.resize(width, height)
	return s
}

// resize is 2.11: rows are dropped and added at the bottom.
func (s *stockScreen) resize(width, height int) {
	rows := make([][]stockCell, height)
	for y := range rows {
		rows[y] = make([]stockCell, width)
		if y < len(s.rows) {
			copy(rows[y], s.rows[y])
		}
		for x := range rows[y] {
			rows[y][x].wrap = false
		}
	}
	s.rows, s.width, s.height = rows, width, height
	s.row, s.col = min(s.row, height-1), min(s.col, width-1)
	s.top, s.bottom = 0, height-1
	s.join = nil
}

func (s *stockScreen) fail(format string, args ...any) {
	s.refuse(fmt.Sprintf("%s\nin diff %q", fmt.Sprintf(format, args...), s.diff))
}

func (s *stockScreen) write(p []byte) {
	s.diff = p
	var parser vtparse.Parser
	for len(p) > 0 {
		k, n := parser.Next(p)
		p = p[n:]
		switch k {
		case vtparse.None:
		case vtparse.Text:
			for _, c := range parser.Text() {
				s.print(rune(c))
			}
		case vtparse.Rune:
			s.print(parser.Rune())
		case vtparse.Execute:
			s.execute(parser.Byte())
		case vtparse.Escape:
			if parser.Function() != 'M' {
				s.fail("ESC %q", rune(parser.Function()))
			}
			s.pending = false
			s.reverseIndex()
		case vtparse.Control:
			s.control(&parser)
		case vtparse.OSC:
			if !parser.EndedByBEL() {
				s.fail("an OSC that does not end in BEL")
			}
			s.command(string(parser.Data()))
		default:
			s.fail("a string of kind %d", k)
		}
	}
	if !parser.Ground() {
		s.fail("ends inside a sequence")
	}
	if s.top != 0 || s.bottom != s.height-1 {
		s.fail("leaves margins")
	}
}

func (s *stockScreen) blank() stockCell { return stockCell{pen: vt.Rendition{BG: s.pen.BG}} }

func (s *stockScreen) print(r rune) {
	n := s.columns(r)
	if r < 0x100 {
		n = 1
	}
	switch n {
	case -1:
		return
	case 0:
		s.combine(r)
		return
	}
	if s.pending {
		s.rows[s.row][s.width-1].wrap = true
		s.col = 0
		s.pending = false
		s.index()
	} else if n == 2 && s.col == s.width-1 {
		s.fail("a wide character %q in the last column", r)
	}
	c := &s.rows[s.row][s.col]
	*c = stockCell{text: string(r), pen: s.pen, wide: n == 2}
	if n == 2 {
		s.rows[s.row][s.col+1] = s.blank()
	}
	s.join = c
	s.col += n
	if s.col >= s.width {
		s.col, s.pending = s.width-1, true
	}
}

func (s *stockScreen) combine(r rune) {
	c := s.join
	if c == nil { // the base was dropped: what it was to replace is under the cursor
		c = &s.rows[s.row][s.col]
	}
	if c.text == "" {
		s.fail("a mark %q without its base", r)
	}
	if len(c.text) < 32 {
		c.text += string(r)
	}
}

func (s *stockScreen) execute(c byte) {
	if s.pending && c == '\b' {
		s.fail("BS while a wrap is pending")
	}
	if c != '\t' {
		s.pending = false
	}
	s.join = nil
	switch c {
	case '\a':
		s.bells++
	case '\b':
		s.col = max(s.col-1, 0)
	case '\t':
		s.col = min((s.col/8+1)*8, s.width-1)
	case '\n':
		s.index()
	case '\r':
		s.col = 0
	default:
		s.fail("control %q", c)
	}
}

func (s *stockScreen) index() {
	switch {
	case s.row == s.bottom:
		s.scroll(s.top, s.bottom, 1)
	case s.row < s.height-1:
		s.row++
	}
}

func (s *stockScreen) reverseIndex() {
	switch {
	case s.row == s.top:
		s.scroll(s.top, s.bottom, -1)
	case s.row > 0:
		s.row--
	}
}

// scroll moves the rows top to bottom up by n, or down if n is negative.
func (s *stockScreen) scroll(top, bottom, n int) {
	for range max(n, -n) {
		from, to := top, bottom
		if n < 0 {
			from, to = bottom, top
		}
		row := s.rows[from]
		if n > 0 {
			copy(s.rows[top:bottom], s.rows[top+1:bottom+1])
		} else {
			copy(s.rows[top+1:bottom+1], s.rows[top:bottom])
		}
		for x := range row {
			row[x] = s.blank()
		}
		s.rows[to] = row
	}
}

func (s *stockScreen) erase(row, from, to int) {
	for x := from; x < to; x++ {
		s.rows[row][x] = s.blank()
	}
}

func (s *stockScreen) moveTo(row, col int) {
	s.row, s.col = min(max(row, 0), s.height-1), min(max(col, 0), s.width-1)
	s.join = nil
}

func (s *stockScreen) control(p *vtparse.Parser) {
	for i := range p.NumItems() {
		if _, sub, _ := p.Item(i); sub {
			s.fail("a colon")
		}
	}
	f := p.Function()
	n := p.Param(0, 1)
	switch f {
	case 'm':
		s.rendition(p)
		return
	case '?'<<16 | 'h', '?'<<16 | 'l':
		s.mode(p.Param(0, 0), f&0xff == 'h')
		return
	case 'D':
		if s.pending {
			s.fail("CUB while a wrap is pending")
		}
	}
	s.pending = false
	line := s.rows[s.row]
	switch f {
	case 'H':
		s.moveTo(n-1, p.Param(1, 1)-1)
	case 'A':
		s.moveTo(s.row-n, s.col)
	case 'B':
		s.moveTo(s.row+n, s.col)
	case 'C':
		s.moveTo(s.row, s.col+n)
	case 'D':
		s.moveTo(s.row, s.col-n)
	case 'G':
		s.moveTo(s.row, n-1)
	case 'd':
		s.moveTo(n-1, s.col)
	case 'r':
		s.top, s.bottom = n-1, p.Param(1, s.height)-1
		if s.bottom <= s.top {
			s.fail("margins %d,%d", s.top, s.bottom)
		}
		s.moveTo(0, 0)
	case 'K':
		s.erase(s.row, s.col, s.width)
	case 'J':
		s.erase(s.row, s.col, s.width)
		for y := s.row + 1; y < s.height; y++ {
			s.erase(y, 0, s.width)
		}
	case 'X':
		s.erase(s.row, s.col, min(s.col+n, s.width))
	case '@':
		copy(line[min(s.col+n, s.width):], line[s.col:])
		s.erase(s.row, s.col, min(s.col+n, s.width))
	case 'P':
		copy(line[s.col:], line[min(s.col+n, s.width):])
		s.erase(s.row, max(s.width-n, s.col), s.width)
	case 'L':
		s.scroll(s.row, s.bottom, -n)
		s.moveTo(s.row, 0)
	case 'M':
		s.scroll(s.row, s.bottom, n)
		s.moveTo(s.row, 0)
	case 'S':
		s.scroll(s.top, s.bottom, n)
	case 'T':
		s.scroll(s.top, s.bottom, -n)
	default:
		s.fail("control function %q", rune(f&0xff))
	}
}

// rendition is 2.7.
func (s *stockScreen) rendition(p *vtparse.Parser) {
	for i := 0; i < max(p.NumParams(), 1); i++ {
		on := func(a vt.Attr) { s.pen.Attr |= a }
		off := func(a vt.Attr) { s.pen.Attr &^= a }
		switch n := p.Param(i, 0); {
		case n == 0:
			s.pen = vt.Rendition{}
		case n == 1:
			on(vt.Bold)
		case n == 3:
			on(vt.Italic)
		case n == 4:
			s.pen.Attr = s.pen.Attr.WithUnderline(vt.UnderlineSingle)
		case n == 5:
			on(vt.Blink)
		case n == 7:
			on(vt.Inverse)
		case n == 8:
			on(vt.Invisible)
		case n == 22:
			off(vt.Bold)
		case n == 23:
			off(vt.Italic)
		case n == 24:
			s.pen.Attr = s.pen.Attr.WithUnderline(vt.UnderlineNone)
		case n == 25:
			off(vt.Blink)
		case n == 27:
			off(vt.Inverse)
		case n == 28:
			off(vt.Invisible)
		case n >= 30 && n <= 37:
			s.pen.FG = vt.PaletteColor(uint8(n - 30))
		case n >= 40 && n <= 47:
			s.pen.BG = vt.PaletteColor(uint8(n - 40))
		case n >= 90 && n <= 97:
			s.pen.FG = vt.PaletteColor(uint8(n - 82))
		case n >= 100 && n <= 107:
			s.pen.BG = vt.PaletteColor(uint8(n - 92))
		case n == 39:
			s.pen.FG = 0
		case n == 49:
			s.pen.BG = 0
		case n == 38 || n == 48:
			c := vt.PaletteColor(uint8(p.Param(i+2, 0)))
			if i += 2; p.Param(i-1, 0) == 2 {
				c = vt.DirectColor(uint8(p.Param(i, 0)), uint8(p.Param(i+1, 0)), uint8(p.Param(i+2, 0)))
				i += 2
			}
			if i >= p.NumParams() {
				s.fail("a colour without all its parameters")
			}
			if n == 38 {
				s.pen.FG = c
			} else {
				s.pen.BG = c
			}
		default:
			s.fail("SGR %d", n)
		}
	}
}

func (s *stockScreen) mode(n int, on bool) {
	switch n {
	case 25:
		s.visible = on
	case 5, 1004, 2004:
		s.modes[n] = on
	case 9, 1000, 1001, 1002, 1003:
		if s.mouse = 0; on {
			s.mouse = n
		}
	case 1005, 1006, 1015:
		if s.coding = 0; on {
			s.coding = n
		}
	default:
		s.fail("mode %d", n)
	}
}

func (s *stockScreen) command(data string) {
	kind, text, _ := strings.Cut(data, ";")
	if len(data) > 16384 {
		s.fail("an OSC of %d octets", len(data))
	}
	switch kind {
	case "0":
		s.icon, s.title = text, text
	case "1":
		s.icon = text
	case "2":
		s.title = text
	case "52":
		if !strings.HasPrefix(text, "c;") {
			s.fail("OSC 52 %q", text)
		}
		s.clipboard = text[2:]
	default:
		s.fail("OSC %s", kind)
	}
	if utf8.RuneCountInString(text) > 254 && kind != "52" {
		s.fail("a title that would be cut")
	}
}

// want demands that the screen shows f, but for cells that the peer may judge differently.
func (s *stockScreen) want(f *vt.Frame) {
	c := Stock()
	r := Renderer{caps: &c}
	for y, row := range f.Rows {
		for x, k := range row.Cells {
			if !trusted(&c, f, y, x) {
				continue
			}
			got, want := s.rows[y][x], stockCell{pen: c.rendition(k.Rendition), wide: k.Content.Wide()}
			want.text = string(f.Interns.AppendContent(nil, k.Content))
			if k.Content.IsTail() {
				want.pen = vt.Rendition{BG: k.BG}
			} else if k.Content.Empty() && want.pen != (vt.Rendition{BG: k.BG}) {
				want.text = " "
			}
			want.wrap = x == s.width-1 && row.Wrapped && r.wraps(f, y)
			if got != want && (x == s.width-1 || got.wrap == false) {
				s.fail("cell %d,%d is %+v, want %+v", y, x, got, want)
			}
		}
	}
	m := c.modes(f.Modes)
	if s.row != f.Cursor.Row || s.col != f.Cursor.Col || s.visible != m.CursorVisible {
		s.fail("cursor %d,%d %v, want %+v %v", s.row, s.col, s.visible, f.Cursor, m.CursorVisible)
	}
	if s.pen != c.rendition(f.Pen) || s.title != f.Title || s.icon != f.Icon {
		s.fail("pen %+v, title %q, icon %q", s.pen, s.title, s.icon)
	}
	if s.modes[5] != m.ReverseVideo || s.modes[1004] != m.Focus || s.modes[2004] != m.BracketedPaste ||
		s.mouse != int(m.Mouse) || s.coding != int(m.Encoding) {
		s.fail("modes %v %d %d, want %+v", s.modes, s.mouse, s.coding, m)
	}
}

// checkStock is checkExact for stock's own rules. Where tables differ, the peer takes for a doubtful character
// the columns that odd gives.
func checkStock(t *testing.T, sends width.Table, seed uint64, odd func(rune) int) {
	r := rand.New(rand.NewPCG(seed, 3))
	columns, height := 2+r.IntN(40), 1+r.IntN(12)
	sender := vt.New(columns, height, vt.Options{Widths: &sends})
	peer := newStockScreen(func(s string) { t.Helper(); t.Fatalf("seed %d: %s", seed, s) }, columns, height, func(c rune) int {
		if width.Doubtful(c) && width.Unicode17Plain.Rune(c) > 0 {
			return odd(c)
		}
		return width.Stock.Rune(c)
	})
	c := Stock()
	have := sender.Snapshot(epoch)
	var d Renderer
	for range 12 {
		if r.IntN(12) == 0 {
			columns, height = 2+r.IntN(40), 1+r.IntN(12)
			sender.Resize(columns, height)
		}
		sender.Write(epoch, output(r, columns, height))
		want := sender.Snapshot(epoch)
		if have.Width != columns || have.Height != height {
			peer.resize(columns, height)
		}
		peer.write(d.AppendDiff(nil, &c, have, want))
		peer.want(want)
		have = want
	}
}

// TestStockRules: what a stock client makes of our diffs by its own rules, whatever its C library thinks of the
// characters on which tables differ: nothing else on the screen is touched.
func TestStockRules(t *testing.T) {
	for name, odd := range map[string]func(rune) int{
		"glibc 2.36": width.Stock.Rune,
		"Unicode 17": width.Unicode17Plain.Rune,
		"newest dropped": func(r rune) int {
			if width.Stock.Rune(r) < 0 {
				return -1
			}
			return 1
		},
		"narrow": func(rune) int { return 1 },
		"wide":   func(rune) int { return 2 },
	} {
		for _, sends := range []width.Table{width.Stock, width.Unicode17} {
			t.Run(fmt.Sprint(name, sends), func(t *testing.T) {
				for seed := range uint64(40) {
					checkStock(t, sends, seed, odd)
				}
			})
		}
	}
}

// TestStockRefuses: the emulator above refuses what makes a stock client abort, so that TestStockRules shows that
// no diff has it; and it takes the client through what it does honour.
func TestStockRefuses(t *testing.T) {
	var file struct {
		Vectors []struct {
			Title         string
			HoststringHex string `json:"hoststring_hex"`
			Alive         bool
		}
	}
	readVectors(t, "terminal-hoststring-tolerance.json", &file)
	used := map[string]bool{"ICH": true, "DCH": true, "IL": true, "DL": true, "SU": true, "SD": true, "RI": true, "CHA": true,
		"VPA": true, "CUF": true, "CUU": true, "CUD": true, "CUB": true, "HT": true, "ED 0": true, "OSC 52 c": true, "BEL": true}
	seen := 0
	for _, v := range file.Vectors {
		refusal := refusalOf(unhex(t, v.HoststringHex))
		if !v.Alive && refusal == "" {
			t.Errorf("%s is taken and makes a stock client abort", v.Title)
		}
		if used[v.Title] {
			seen++
			if !v.Alive || refusal != "" {
				t.Errorf("%s: alive %v, refused %q", v.Title, v.Alive, refusal)
			}
		}
	}
	if seen != len(used) {
		t.Errorf("%d of the %d functions that diffs use are in the vectors", seen, len(used))
	}
}

// refusalOf says why a stockScreen refuses b.
func refusalOf(b []byte) (why string) {
	defer func() {
		if s, ok := recover().(string); ok {
			why = s
		}
	}()
	newStockScreen(func(s string) { panic(s) }, 80, 24, width.Stock.Rune).write(b)
	return ""
}
