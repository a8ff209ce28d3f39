package vtparse

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unsafe"
)

// actions runs b through p and writes down what it delivers, with neighbouring runs of text joined, for
// where a run ends is not part of the meaning.
func actions(p *Parser, chunks ...[]byte) []string {
	var out []string
	text := false
	for _, b := range chunks {
		for len(b) > 0 {
			k, n := p.Next(b)
			b = b[n:]
			if k == None {
				if len(b) != 0 {
					panic("None before the end of the input")
				}
				continue
			}
			if k == Text && text {
				out[len(out)-1] += string(p.Text())
				continue
			}
			text = k == Text
			out = append(out, describe(p, k))
		}
	}
	return out
}

func describe(p *Parser, k Kind) string {
	switch k {
	case Text:
		return "text " + string(p.Text())
	case Rune:
		return fmt.Sprintf("rune %04X", p.Rune())
	case Execute:
		return fmt.Sprintf("exec %02X", p.Byte())
	case OSC:
		return fmt.Sprintf("osc %q%s", short(p.Data()), ending(p))
	case String:
		return fmt.Sprintf("string %c %q%s", p.Final(), short(p.Data()), ending(p))
	case Escape:
		return fmt.Sprintf("esc %s%c", p.Intermediates(), p.Final())
	}
	s := "csi "
	if k == DCS {
		s = "dcs "
	}
	if p.Prefix() != 0 {
		s += string(p.Prefix())
	}
	for i := range p.NumItems() {
		v, sub, present := p.Item(i)
		if i > 0 && sub {
			s += ":"
		} else if i > 0 {
			s += ";"
		}
		if present || v != 0 {
			s += fmt.Sprint(v)
		}
	}
	s += fmt.Sprintf("%s%c", p.Intermediates(), p.Final())
	if k == DCS {
		s += fmt.Sprintf(" %q%s", short(p.Data()), ending(p))
	}
	return s
}

func ending(p *Parser) (s string) {
	if p.EndedByBEL() {
		s = " bel"
	}
	if p.Truncated() {
		s += " truncated"
	}
	return s
}

func short(b []byte) string {
	if len(b) > 40 {
		return fmt.Sprintf("%s...%d", b[:20], len(b))
	}
	return string(b)
}

var parseTests = []struct {
	in   string
	want string // joined by " | "
}{
	{"abc", "text abc"},
	{"a\r\nb", "text a | exec 0D | exec 0A | text b"},
	{"a\x7fb", "text ab"},
	{"0123456789abcdefghij~\x00", "text 0123456789abcdefghij~ | exec 00"},

	// UTF-8 (spec/terminal.md 1.2, by maximal subparts)
	{"é中😀", "rune 00E9 | rune 4E2D | rune 1F600"},
	{"\xe4\xb8A", "rune FFFD | text A"},
	{"\xe4\xe4\xb8\xad", "rune FFFD | rune 4E2D"},
	{"\xf0\x9f\x98\x1b[31m", "rune FFFD | csi 31m"},
	{"\x80\xbf\xc0\xc1\xfe\xff", "rune FFFD | rune FFFD | rune FFFD | rune FFFD | rune FFFD | rune FFFD"},
	{"\xc0\x80", "rune FFFD | rune FFFD"},
	{"\xe0\x80\x80", "rune FFFD | rune FFFD | rune FFFD"},
	{"\xed\xa0\x80", "rune FFFD | rune FFFD | rune FFFD"},
	{"\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbd", "rune D7FF | rune E000 | rune FFFD"},
	{"\xf4\x8f\xbf\xbf", "rune 10FFFF"},
	{"\xf4\x90\x80\x80", "rune FFFD | rune FFFD | rune FFFD | rune FFFD"},
	{"\xe4\xb8", ""},
	{"\xf0\x90\x80\x80\xe1\x80\x80\xec\xbf\xbf", "rune 10000 | rune 1000 | rune CFFF"},

	// C1 controls: ignored as UTF-8, malformed as octets
	{"\xc2\x9b3C", "text 3C"},
	{"\x9b3C", "rune FFFD | text 3C"},
	{"\xc2\xa0", "rune 00A0"},

	// escape sequences
	{"\x1b7\x1bM", "esc 7 | esc M"},
	{"\x1b(0\x1b#8\x1b$(Cx", "esc (0 | esc #8 | esc $(C | text x"},
	{"\x1b\x7fc", "esc c"},
	{"\x1b\rD", "exec 0D | esc D"},
	{"\x1b\x1bD", "esc D"},
	{"\x1b\x18D", "exec 18 | text D"},
	{"\x1b     D", ""},
	{"\x1b\\", "esc \\"},
	{"\x1béA", "text A"},
	{"\x1b\x80A", "text A"},
	{"\x1b(éA", "text A"},

	// control sequences
	{"\x1b[m", "csi m"},
	{"\x1b[0m", "csi 0m"},
	{"\x1b[;5H", "csi ;5H"},
	{"\x1b[;H", "csi ;H"},
	{"\x1b[?1049;25h", "csi ?1049;25h"},
	{"\x1b[>4;2m", "csi >4;2m"},
	{"\x1b[38:2::1:2:3;1m", "csi 38:2::1:2:3;1m"},
	{"\x1b[4:3m", "csi 4:3m"},
	{"\x1b[:3m", "csi :3m"},
	{"\x1b[2 q\x1b[!p\x1b[?1$p", "csi 2 q | csi !p | csi ?1$p"},
	{"\x1b[99999999999999999999C", "csi 65535C"},
	{"\x1b[1?h\x1b[1;?hx", "text x"},
	{"\x1b[??hx", "text x"},
	{"\x1b[!1px", "text x"},
	{"\x1b[!?px", "text x"},
	{"\x1b[     px", "text x"},
	{"AB\x1b[\r1CX", "text AB | exec 0D | csi 1C | text X"},
	{"\x1b[1?\rhX", "exec 0D | text X"},
	{"\x1b[1\x1b[2C", "csi 2C"},
	{"\x1b[1?\x1b[2C", "csi 2C"},
	{"\x1b[1\x18C", "exec 18 | text C"},
	{"\x1b[1?\x1aC", "exec 1A | text C"},
	{"\x1b[1\x7f2C", "csi 12C"},
	{"\x1b[1éC", "text C"},
	{"\x1b[1?éC", "text C"},
	{"\x1b[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;19;20m", "csi 1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;19;20m"},
	{"\x1b[" + strings.Repeat("1;", 70) + "9m", "csi " + strings.Repeat("1;", 63) + "1m"},

	// operating system commands
	{"\x1b]0;title\aX", `osc "0;title" bel | text X`},
	{"\x1b]0;title\x1b\\X", `osc "0;title" | text X`},
	{"\x1b]\aX", `osc "" bel | text X`},
	{"\x1b]2;a\r\nb\x7f中\a", `osc "2;ab\x7f中" bel`},
	{"\x1b]2;t\x18X", "exec 18 | text X"},
	{"\x1b]2;t\x1bDX", "esc D | text X"},
	{"\x1b]2;t\x1b[1CX", "csi 1C | text X"},
	{"\x1b]2;t\x1b\x1b\\X", "esc \\ | text X"},
	{"\x1b]2;t\xc2\x9cX\a", `osc "2;t\u009cX" bel`},
	{"\x1b]52;c;" + strings.Repeat("A", maxOSC) + "\aX", fmt.Sprintf("osc %q bel truncated | text X", fmt.Sprintf("52;c;AAAAAAAAAAAAAAA...%d", maxOSC))},
	{"\x1b]" + strings.Repeat("A", maxOSC) + "\a", fmt.Sprintf("osc %q bel", fmt.Sprintf("AAAAAAAAAAAAAAAAAAAA...%d", maxOSC))},

	// strings
	{"\x1bP+q544e\x1b\\X", `dcs +q "544e" | text X`},
	{"\x1bP1$r0m\x1b\\", `dcs 1$r "0m"`},
	{"\x1bP0;1;2qab\acd\n\x1b\\X", `dcs 0;1;2q "ab\acd\n" | text X`},
	{"\x1bP\r1q\x1b\\", `dcs 1q ""`},
	{"\x1bP1?qabc\x1b\\X", `text X`},
	{"\x1bPqabc\x18X", "exec 18 | text X"},
	{"\x1bPqabc\x1b[1CX", "csi 1C | text X"},
	{"\x1bPtmux;\x1b\x1b]2;t\a\x1b\\X", `osc "2;t" bel | esc \ | text X`},
	{"\x1b_Gi=1;AAAA\x1b\\X", `string _ "Gi=1;AAAA" | text X`},
	{"\x1b^pm\aq\x1b\\\x1bXsos\x1b\\X", `string ^ "pm\aq" | string X "sos" | text X`},
	{"\x1bkname\x1b\\X", `string k "name" | text X`},
	{"\x1bkname\aX", `string k "name" bel | text X`},
	{"\x1b_" + strings.Repeat("A", 100000) + "\x1b\\X", fmt.Sprintf("string _ %q truncated | text X", fmt.Sprintf("AAAAAAAAAAAAAAAAAAAA...%d", maxString))},
}

func TestNext(t *testing.T) {
	for _, tt := range parseTests {
		var whole Parser
		if got := strings.Join(actions(&whole, []byte(tt.in)), " | "); got != tt.want {
			t.Errorf("%.60q: got  %s\nwant %s", tt.in, got, tt.want)
		}
		if len(tt.in) > 1000 {
			continue
		}
		var single Parser
		var octets [][]byte
		for i := range len(tt.in) {
			octets = append(octets, []byte{tt.in[i]})
		}
		if got := strings.Join(actions(&single, octets...), " | "); got != tt.want {
			t.Errorf("%.60q octet by octet: got  %s\nwant %s", tt.in, got, tt.want)
		}
	}
}

func TestParams(t *testing.T) {
	var p Parser
	if k, _ := p.Next([]byte("\x1b[38:2::10:0;;7;0m")); k != Control {
		t.Fatal("no control sequence")
	}
	if n := p.NumParams(); n != 4 {
		t.Errorf("NumParams = %d, want 4", n)
	}
	for i, want := range []int{38, 9, 7, 9, 9} {
		if got := p.Param(i, 9); got != want {
			t.Errorf("Param(%d, 9) = %d, want %d", i, got, want)
		}
	}
	for i, want := range []bool{true, false, true, true, false} {
		if got := p.HasParam(i); got != want {
			t.Errorf("HasParam(%d) = %v", i, got)
		}
	}
	if n := p.NumSubs(0); n != 4 {
		t.Errorf("NumSubs(0) = %d, want 4", n)
	}
	if n := p.NumSubs(2); n != 0 {
		t.Errorf("NumSubs(2) = %d, want 0", n)
	}
	for j, want := range []int{2, -1, 10, 0, -1} {
		if got := p.Sub(0, j, -1); got != want {
			t.Errorf("Sub(0, %d) = %d, want %d", j, got, want)
		}
	}
	p.Next([]byte("\x1b[?12$p"))
	if got, want := p.Function(), uint32('?'<<16|'$'<<8|'p'); got != want {
		t.Errorf("Function = %x, want %x", got, want)
	}
	p.Next([]byte("\x1b[m"))
	if p.NumParams() != 0 || p.Param(0, 5) != 5 || p.HasParam(0) {
		t.Error("CSI m has parameters")
	}
}

func TestClone(t *testing.T) {
	for _, in := range []string{"\xe4", "\x1b[1;3", "\x1b]2;tit", "\x1b]2;tit\x1b", "\x1bP+q54"} {
		var p Parser
		p.Next([]byte(in))
		c := p.Clone()
		p.Next([]byte("other\x1b\\\x1b]2;XXXXXX"))
		var q Parser
		q.Next([]byte(in))
		rest := []byte("\xb8\xadle\x1b\\0m")
		if got, want := actions(&c, rest), actions(&q, rest); !slices.Equal(got, want) {
			t.Errorf("clone of %q: got %q, want %q", in, got, want)
		}
	}
}

func TestIdleIsSmall(t *testing.T) {
	if s := unsafe.Sizeof(Parser{}); s > 256 {
		t.Errorf("a Parser takes %d octets", s)
	}
	var p Parser
	actions(&p, []byte("\x1b]52;c;"), []byte(strings.Repeat("A", 100000)), []byte("\a\x1b]2;t"))
	if cap(p.data) > keptData {
		t.Errorf("%d octets kept after a long string", cap(p.data))
	}
}

func TestNoAllocations(t *testing.T) {
	b := []byte(strings.Repeat("text \x1b[1;38;5;120mred\x1b[m 中é\r\n\x1b]2;title\a\x1b]2;ti", 20))
	var p Parser
	run := func() {
		for r := b; len(r) > 0; {
			_, n := p.Next(r)
			r = r[n:]
		}
	}
	if n := testing.AllocsPerRun(100, run); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func seeds(f *testing.F) {
	for _, tt := range parseTests {
		if len(tt.in) < 1000 {
			f.Add([]byte(tt.in), uint16(len(tt.in)/2))
		}
	}
}

// FuzzSplit: where the input is cut changes nothing, and no call fails to make progress.
func FuzzSplit(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, b []byte, cut uint16) {
		i := int(cut) % (len(b) + 1)
		var whole, parts, octets Parser
		want := actions(&whole, b)
		if got := actions(&parts, b[:i], b[i:]); !slices.Equal(got, want) {
			t.Fatalf("cut at %d: %q\nwhole: %q", i, got, want)
		}
		var single [][]byte
		for i := range b {
			single = append(single, b[i:i+1])
		}
		if got := actions(&octets, single...); !slices.Equal(got, want) {
			t.Fatalf("octet by octet: %q\nwhole: %q", got, want)
		}
	})
}
