package vttest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"mosh/internal/core/vt"
)

// Update is the -update flag of tests that call Run: write what the terminal gives into the scripts.
var Update = flag.Bool("update", false, "rewrite the expectations of the scripts")

// Run runs all cases of the scripts that match the pattern.
func Run(t *testing.T, pattern string) {
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts %s (%v)", pattern, err)
	}
	for _, name := range files {
		cases, err := ReadScript(name)
		if err != nil {
			t.Fatal(err)
		}
		var edits []edit
		for _, c := range cases {
			t.Run(strings.TrimSuffix(filepath.Base(name), ".txt")+"/"+c.Name, func(t *testing.T) {
				edits = append(edits, c.run(t, name)...)
			})
		}
		if *Update && len(edits) > 0 {
			if err := rewrite(name, edits); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// edit replaces lines first to last of a file.
type edit struct {
	first, last int
	lines       []string
}

func rewrite(name string, edits []edit) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	lines := strings.Split(string(data), "\n")
	for _, e := range slices.Backward(edits) {
		lines = slices.Replace(lines, e.first-1, e.last, e.lines...)
	}
	return os.WriteFile(name, []byte(strings.Join(lines, "\n")), 0o666)
}

// run runs c and returns the edits that would make it right.
func (c *Case) run(t *testing.T, name string) (edits []edit) {
	term := vt.New(c.Width, c.Height, vt.Options{})
	now := time.Unix(0, 0)
	for _, s := range c.Steps {
		switch s.Verb {
		case "write":
			b, err := Decode(s.Arg)
			if err != nil {
				t.Fatalf("%s:%d: %v", name, s.Line, err)
			}
			term.Write(now, b)
			continue
		case "resize":
			var w, h int
			if _, err := fmt.Sscan(s.Arg, &w, &h); err != nil {
				t.Fatalf("%s:%d: %v", name, s.Line, err)
			}
			term.Resize(w, h)
			continue
		case "wait": // for the limit of mode 2026
			now = now.Add(vt.SyncLimit)
			continue
		case "user":
			term.SetDefaults(vt.Defaults{KittyKeyboard: true, Scheme: vt.SchemeDark, CellWidth: 8, CellHeight: 16})
			continue
		}
		got, ok := describe(term, now, s.Verb)
		if !ok {
			t.Fatalf("%s:%d: unknown line %q", name, s.Line, s.Verb)
		}
		want := append([]string{strings.TrimRight(s.Verb+" "+s.Arg, " ")}, s.Rows...)
		if slices.Equal(got, want) {
			continue
		}
		if *Update {
			edits = append(edits, edit{s.Line, s.Last, got})
			continue
		}
		t.Errorf("%s:%d:\n got %s\nwant %s", name, s.Line, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
	return edits
}

// describe returns the lines of the script that say what the terminal gives for verb.
func describe(t *vt.Terminal, now time.Time, verb string) (lines []string, ok bool) {
	f := t.Snapshot(now)
	line := func(format string, args ...any) []string {
		return []string{strings.TrimRight(verb+" "+fmt.Sprintf(format, args...), " ")}
	}
	switch verb {
	case "screen":
		return append([]string{verb}, Rows(f)...), true
	case "cursor":
		pending := ""
		if f.Cursor.Pending {
			pending = " pending"
		}
		return line("%d %d%s", f.Cursor.Row, f.Cursor.Col, pending), true
	case "pen":
		return line("%s", SGR(f, f.Pen)), true
	case "attrs":
		return append([]string{verb}, Attrs(f)...), true
	case "modes":
		return line("%s", strings.Join(modes(f.Modes), " ")), true
	case "reply":
		return line("%s", Encode(t.AppendReplies(nil))), true
	case "title":
		return line("%s", Encode([]byte(f.Title))), true
	case "icon":
		return line("%s", Encode([]byte(f.Icon))), true
	case "bells":
		return line("%d", f.Bells), true
	case "clipboard":
		return line("%s %s", f.Clipboard.Selection, Encode([]byte(f.Clipboard.Data))), true
	}
	return nil, false
}

// Rows returns the rows of f as a script writes them.
func Rows(f *vt.Frame) []string {
	var rows []string
	used := 0
	for _, r := range f.Rows {
		var b []byte
		end := 0
		for _, c := range r.Cells {
			text := f.Interns.AppendContent(nil, c.Content)
			switch {
			case c.Content.IsTail():
			case c.Content.Empty():
				b = append(b, ' ')
			case string(text) == " ":
				b = append(b, "␣"...)
			default:
				b = append(b, text...)
			}
			if !c.Content.Empty() {
				end = len(b)
			}
		}
		wrap := ""
		if r.Wrapped {
			wrap = "+"
		}
		rows = append(rows, "|"+string(b[:end])+"|"+wrap)
		if end > 0 || r.Wrapped {
			used = len(rows)
		}
	}
	return rows[:used]
}

// SGR returns the parameters that select rendition r; a hyperlink is added in angle brackets.
func SGR(f *vt.Frame, r vt.Rendition) string {
	s := []byte("0")
	for _, a := range []struct {
		attr vt.Attr
		code string
	}{{vt.Bold, "1"}, {vt.Faint, "2"}, {vt.Italic, "3"}, {vt.Blink, "5"}, {vt.Inverse, "7"}, {vt.Invisible, "8"},
		{vt.Strike, "9"}, {vt.Overline, "53"}} {
		if r.Attr&a.attr != 0 {
			s = append(append(s, ';'), a.code...)
		}
	}
	if u := r.Attr.Underline(); u != vt.UnderlineNone {
		s = fmt.Appendf(s, ";4:%d", u)
	}
	e := f.Interns.Extra(r.Extra)
	s = append(s, color(r.FG, "38")+color(r.BG, "48")+color(e.UnderlineColor, "58")...)
	if e.Link != (vt.Link{}) {
		s = fmt.Appendf(s, " <%s;%s>", e.Link.ID, e.Link.URI)
	}
	return string(s)
}

func color(c vt.Color, code string) string {
	if n, ok := c.Palette(); ok {
		return fmt.Sprintf(";%s:5:%d", code, n)
	}
	if r, g, b, ok := c.Direct(); ok {
		return fmt.Sprintf(";%s:2:%d:%d:%d", code, r, g, b)
	}
	return ""
}

// Attrs returns where the rendition of f is not the default, as a script writes it.
func Attrs(f *vt.Frame) []string {
	var lines []string
	for i, r := range f.Rows {
		for from := 0; from < len(r.Cells); {
			to := from + 1
			for to < len(r.Cells) && r.Cells[to].Rendition == r.Cells[from].Rendition {
				to++
			}
			if r.Cells[from].Rendition != (vt.Rendition{}) {
				lines = append(lines, fmt.Sprintf("|%d %d-%d %s", i, from, to-1, SGR(f, r.Cells[from].Rendition)))
			}
			from = to
		}
	}
	return lines
}

func modes(m vt.Modes) []string {
	var names []string
	add := func(on bool, name string) {
		if on {
			names = append(names, name)
		}
	}
	number := func(n int, name string) { add(n != 0, name+"="+strconv.Itoa(n)) }
	add(!m.CursorVisible, "cursor-hidden")
	add(m.ReverseVideo, "reverse")
	add(m.BracketedPaste, "paste")
	add(m.Focus, "focus")
	number(int(m.Mouse), "mouse")
	number(int(m.Encoding), "encoding")
	add(m.AlternateScroll, "alternate-scroll")
	add(m.Alternate, "alternate")
	add(m.AppCursor, "app-cursor")
	add(m.AppKeypad, "app-keypad")
	number(int(m.CursorStyle), "cursor-style")
	number(int(m.KittyFlags), "kitty")
	number(int(m.ModifyOtherKeys), "modify-other-keys")
	add(m.ColorScheme, "color-scheme")
	return names
}
