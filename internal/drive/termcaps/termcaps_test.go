package termcaps

import (
	"encoding/json"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"mosh/internal/core/display"
	"mosh/internal/core/vt"
)

var epoch = time.Unix(1_700_000_000, 0)

func load(t *testing.T, term string, noInit bool) display.Caps {
	t.Helper()
	c, err := Load(Environment{Term: term, Terminfo: "testdata/terminfo", NoInit: noInit})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// unescape reads the vectors' notation: \e, \xHH, \u{H} and \\.
func unescape(t *testing.T, s string) string {
	t.Helper()
	var b strings.Builder
	for s != "" {
		before, after, found := strings.Cut(s, `\`)
		b.WriteString(before)
		if !found {
			break
		}
		switch after[0] {
		case 'e':
			b.WriteByte(0x1b)
			s = after[1:]
		case 'x':
			n, err := strconv.ParseUint(after[1:3], 16, 8)
			if err != nil {
				t.Fatal(err)
			}
			b.WriteByte(byte(n))
			s = after[3:]
		default:
			t.Fatalf("escape %q", after)
		}
	}
	return b.String()
}

// TestClientDisplayVectors: the opening is stock's to the byte, the closing undoes all that stock's does and
// what stock forgets, and the same frames take no more bytes.
func TestClientDisplayVectors(t *testing.T) {
	b, err := os.ReadFile("testdata/terminal-client-display.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []struct {
			Term        string
			Env         map[string]string
			Open, Close string
			FirstFrame  string `json:"first_frame"`
			Frames      []struct {
				Hoststring   string
				ClientOutput string `json:"client_output"`
			}
		}
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	for _, v := range file.Vectors {
		_, noInit := v.Env["MOSH_NO_TERM_INIT"]
		t.Run(v.Term+strconv.FormatBool(noInit), func(t *testing.T) {
			c := load(t, v.Term, noInit)
			if got, want := string(display.AppendOpen(nil, &c)), unescape(t, v.Open); got != want {
				t.Errorf("open %q, want %q", got, want)
			}
			last := string(display.AppendClose(nil, &c, nil))
			want := unescape(t, v.Close)
			if c.Leave != "" && !strings.HasSuffix(last, c.Leave) {
				t.Errorf("close %q does not end with %q", last, c.Leave)
			}
			for s := range strings.SplitSeq(strings.TrimSuffix(want, c.Leave), "\x1b") {
				if !strings.Contains(last, s) {
					t.Errorf("close %q lacks %q", last, s)
				}
			}
			for _, s := range []string{"\x1b[?2004l", "\x1b[?1004l", "\x1b[?5l", "\x1b[?9l"} {
				if !strings.Contains(last, s) {
					t.Errorf("close %q lacks %q", last, s)
				}
			}
			receiver := vt.New(20, 4, vt.Options{Receiver: true})
			terminal := vt.New(20, 4, vt.Options{})
			painted := receiver.Snapshot(epoch)
			terminal.Write(epoch, []byte("rubbish\x1b[?1004h\x1b[5;1H\x1b[44mmore"))
			first := display.AppendRepaint(nil, &c, painted)
			// Stock's lacks ?9l, and we forget modes only a rich terminal has.
			if n := len(unescape(t, v.FirstFrame)); len(first) > n+30 {
				t.Errorf("first frame %q: %d octets, stock %d", first, len(first), n)
			}
			terminal.Write(epoch, first)
			for _, f := range v.Frames {
				receiver.Write(epoch, []byte(unescape(t, f.Hoststring)))
				next := receiver.Snapshot(epoch)
				diff := display.AppendDiff(nil, &c, painted, next)
				if stock := unescape(t, f.ClientOutput); len(diff) > len(stock) {
					t.Errorf("%s: %q is longer than stock's %q", f.Hoststring, diff, stock)
				}
				terminal.Write(epoch, diff)
				compare(t, terminal.Snapshot(epoch), next)
				painted = next
			}
		})
	}
}

// compare compares what a person sees: an empty cell is a space.
func compare(t *testing.T, got, want *vt.Frame) {
	t.Helper()
	for y, row := range want.Rows {
		for x, k := range row.Cells {
			g := got.Cell(y, x)
			if g.Content.Empty() {
				g.Content = ' '
			}
			if k.Content.Empty() {
				k.Content = ' '
			}
			if g != k {
				t.Errorf("%d,%d: %+v, want %+v", y, x, g, k)
			}
		}
	}
	if got.Cursor.Row != want.Cursor.Row || got.Cursor.Col != want.Cursor.Col {
		t.Errorf("cursor %+v, want %+v", got.Cursor, want.Cursor)
	}
}

func TestLoad(t *testing.T) {
	type want struct{ BCE, ECH, Lines, Scroll, Title, OSC, Styles bool }
	for term, w := range map[string]want{
		"xterm-256color":  {true, true, true, true, true, true, false},
		"screen-256color": {false, false, true, true, true, true, false},
		"tmux-256color":   {false, false, true, true, true, true, true},
		"linux":           {true, true, true, false, false, false, false},
		"vt100":           {},
		"kitty":           {false, true, true, true, false, true, true},
	} {
		c := load(t, term, false)
		got := want{c.BCE, c.ECH, c.EditLines, c.ScrollLines, c.Title, c.OSC, c.Underlines}
		if got != w {
			t.Errorf("%s: %+v, want %+v", term, got, w)
		}
	}
}

func TestUnknownTerminal(t *testing.T) {
	c, err := Load(Environment{Term: "xterm-nobody", Terminfo: t.TempDir()})
	if !errors.Is(err, ErrUnknown) || !c.Title || !c.BCE || !c.OSC {
		t.Errorf("%v, %+v", err, c)
	}
	c, err = Load(Environment{Term: "nobody", Terminfo: t.TempDir()})
	if !errors.Is(err, ErrUnknown) || c.OSC || c.BCE {
		t.Errorf("%v, %+v", err, c)
	}
	if _, err := Load(Environment{}); err == nil {
		t.Error("no error without TERM")
	}
	if _, err := Load(Environment{Term: "../../etc/passwd"}); !errors.Is(err, ErrUnknown) {
		t.Error(err)
	}
}

func TestUnpadded(t *testing.T) {
	for in, want := range map[string]string{"a$<5/>b": "ab", "$<2>": "", "x$<": "x", "$5": "$5"} {
		if got := unpadded([]byte(in)); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
