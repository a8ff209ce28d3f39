package e2e

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"mosh/internal/core/vt"
)

// program is a full-screen program with the keys that drive it. Each step is awaited in both terminals before
// the screens are compared.
type program struct {
	name  string
	start string
	steps []step
	mask  *regexp.Regexp // what differs from run to run
	skip  int            // lines at the top that change all the time
	twice bool           // begins in the large terminal too
}

type step struct {
	keys   []string // tmux names; a word of several characters is typed
	shows  string   // appears on the screen when the step is done
	resize bool     // to the other size, in place of keys
}

func realPrograms() []program {
	return []program{
		{name: "vim", twice: true, start: "vim -u NONE -n -N -c 'syntax on' -c 'set number hlsearch laststatus=2' code.c", steps: []step{
			{shows: "hello_world"},
			{keys: []string{"/return", "Enter"}, shows: "/return"},
			{resize: true, shows: "hello_world"},
			{keys: []string{"G", "o", "added line", "Escape", ":vsplit", "Enter"}, shows: "added line"},
			{resize: true, shows: "added line"},
		}},
		{name: "nano", start: "nano -I text.txt", steps: []step{
			{shows: "GNU nano"},
			{keys: []string{"C-w", "line 30", "Enter"}, shows: "line 30"},
			{resize: true, shows: "line 30"},
			{keys: []string{"typed here "}, shows: "typed here"},
		}},
		{name: "less", start: "less text.txt", steps: []step{
			{shows: "line 10"},
			{keys: []string{"/line 77", "Enter"}, shows: "line 77"},
			{resize: true, shows: "line 77"},
			{keys: []string{"b"}, shows: "line 60"},
		}},
		{name: "git", start: "git --no-pager log --graph --color=always --oneline; echo git-ed", steps: []step{{shows: "git-ed"}}},
		{name: "man", start: "man -P less ls", steps: []step{
			{shows: "LS(1)"},
			{keys: []string{"Space"}, shows: "Manual page"},
			{resize: true, shows: "Manual page"},
		}},
		{name: "python", start: "python3 -q", steps: []step{
			{shows: ">>>"},
			{keys: []string{"print('x' * 60)", "Enter"}, shows: "xxxx"},
			{resize: true, shows: ">>>"},
			{keys: []string{"1/0", "Enter"}, shows: "ZeroDivision"},
		}},
		{name: "tmux", twice: true, start: "env -u TMUX tmux -L e2e$$ -f tmux.conf new-session 'echo inner-$((1+1)); exec cat'", steps: []step{
			{shows: "inner-2"},
			{keys: []string{"C-b", "%"}, shows: "│"},
			{resize: true, shows: "│"},
		}, mask: regexp.MustCompile(`\[\d+\].*`)},
		{name: "mc", twice: true, start: "mc -u --nosubshell -d dir dir", steps: []step{
			{shows: "Quit"},
			{keys: []string{"Down", "Down"}, shows: "Quit"},
			{resize: true, shows: "Quit"},
			{keys: []string{"F9"}, shows: "Left"},
		}, mask: regexp.MustCompile(`\d+[MGK]?/\d+[MGK]? \(\d+%\)|[A-Z][a-z]{2} +\d+ \d\d:\d\d`)},
		{name: "htop", twice: true, start: "htop -d 600 -u nobody", steps: []step{
			{shows: "F10"},
			{resize: true, shows: "F10"},
			{keys: []string{"F2"}, shows: "Display options"},
		}, mask: regexp.MustCompile(`\d+`), skip: 6},
	}
}

// TestRealPrograms runs each program in a plain pane and through our server, to our client and to stock's: text and
// attributes must be the same. It begins at 80 by 24 and changes to 132 by 43, full-screen programs the other way round too.
func TestRealPrograms(t *testing.T) {
	h := StartHost(t, "")
	rc := programHome(t)
	pair := Pair{Name: "ours-ours", Launcher: ours.Launcher, Client: ours.Client, Server: ours.Server}
	mixed := pair
	mixed.Client = Stock(t).Client
	for _, p := range realPrograms() {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			p.play(t, h, rc, [2]int{80, 24}, [2]int{132, 43}, pair, mixed)
		})
		if !p.twice {
			continue
		}
		t.Run(p.name+" large", func(t *testing.T) {
			t.Parallel()
			p.play(t, h, rc, [2]int{132, 43}, [2]int{80, 24}, pair)
		})
	}
}

// play takes the program through its steps in terminals of the size first, which a resize makes other, and back.
func (p program) play(t *testing.T, h *Host, rc string, first, other [2]int, pairs ...Pair) {
	shell := "bash --noprofile --rcfile " + rc + " -i"
	plain := NewScreen(t, first[0], first[1], Environment(folder(t)), shell)
	all := []*Screen{plain}
	for _, pair := range pairs {
		all = append(all, NewScreen(t, first[0], first[1], Environment(folder(t)), pair.Command(h, "v4", "--predict=never")+" -- "+shell))
	}
	for _, s := range all {
		s.Await("$")
		s.Line("clear; echo ready-$((1+1))")
		s.Await("ready-2")
		s.AwaitPrompt() // what is typed before it is shown twice
		s.Line(p.start)
	}
	for i, st := range p.steps {
		for _, s := range all {
			if st.resize {
				s.Resize(other[0], other[1])
			}
			for _, k := range st.keys {
				press(s, k)
			}
		}
		if st.resize {
			first, other = other, first
		}
		for _, s := range all {
			s.Await(st.shows)
		}
		for j, pair := range pairs {
			mosh := all[1+j]
			Until(t, fmt.Sprintf("step %d looks the same in a plain pane and through mosh, %s", i, pair.Client),
				func() bool { return p.look(plain) == p.look(mosh) },
				func() string { return difference(p.look(plain), p.look(mosh)) })
		}
	}
}

// look is the screen in a form that can be compared: per line the text and then the rendition of each cell,
// without blanks at its end, which tmux writes in several ways.
func (p program) look(s *Screen) string {
	lines := strings.Split(s.Attributed(), "\n")
	term := vt.New(140, len(lines), vt.Options{})
	term.Write(time.Time{}, []byte("\x1b[?7l"+strings.Join(lines, "\r\n")))
	f := term.Snapshot(time.Time{})
	var out strings.Builder
	for _, row := range f.Rows[p.skip:] {
		var text, renditions []byte
		end := len(row.Cells)
		for ; end > 0 && blank(row.Cells[end-1]); end-- {
		}
		at := make([]int, end) // where the text of each cell begins
		for x, c := range row.Cells[:end] {
			if c.Content.Empty() {
				c.Content = vt.RuneContent(' ', false)
			}
			at[x] = len(text)
			text = f.Interns.AppendContent(text, c.Content)
		}
		masked := p.masked(text)
		for x, c := range row.Cells[:end] {
			r, _ := c.Content.Rune()
			space := c.Content.Empty() || r == ' '
			if masked(at[x]) || p.mask != nil && space {
				continue // there tmux also leaves out blanks with a background where they end a line, or not
			}
			if blank(c) {
				c.Rendition = vt.Rendition{} // the foreground of a blank cannot be seen
			}
			renditions = fmt.Appendf(renditions, "%x.%x.%x ", c.FG, c.BG, c.Attr)
		}
		if p.mask != nil {
			text = bytes.TrimRight(p.mask.ReplaceAll(text, []byte("~")), " ")
		}
		fmt.Fprintf(&out, "%s\t%s\n", text, renditions)
	}
	return out.String() + "cursor " + s.Cursor()
}

// masked returns what says that the octet at i of text is one that differs from run to run.
func (p program) masked(text []byte) func(i int) bool {
	if p.mask == nil {
		return func(int) bool { return false }
	}
	found := p.mask.FindAllIndex(text, -1)
	return func(i int) bool {
		return slices.ContainsFunc(found, func(f []int) bool { return f[0] <= i && i < f[1] })
	}
}

func blank(c vt.Cell) bool {
	r, ok := c.Content.Rune()
	return (c.Content.Empty() || ok && r == ' ') && c.BG == 0 && c.Attr&(vt.Inverse|vt.Overline|vt.Strike) == 0 &&
		c.Attr.Underline() == vt.UnderlineNone
}

// press sends a key by its tmux name, or types a text.
func press(s *Screen, k string) {
	named := map[string]bool{"Enter": true, "Escape": true, "Space": true, "Down": true, "Up": true, "F2": true, "F9": true}
	if named[k] || strings.HasPrefix(k, "C-") {
		s.Press(k)
		return
	}
	s.Type(k)
}

// difference shows the first lines that differ.
func difference(plain, mosh string) string {
	a, b := strings.Split(plain, "\n"), strings.Split(mosh, "\n")
	var out strings.Builder
	for i := range max(len(a), len(b)) {
		var x, y string
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if x != y {
			fmt.Fprintf(&out, "line %d\n  plain %q\n  mosh  %q\n", i, x, y)
		}
	}
	return out.String()
}

// programHome makes a folder with the files that the programs show, and returns the shell's start-up file.
func programHome(t *testing.T) string {
	t.Helper()
	dir := folder(t)
	var text strings.Builder
	for i := range 200 {
		fmt.Fprintf(&text, "line %d of a text with ünïcödé, 漢字 and tabs\t|\n", i)
	}
	write(t, filepath.Join(dir, "text.txt"), text.String())
	write(t, filepath.Join(dir, "code.c"), "#include <stdio.h>\n\nint hello_world(void)\n{\n\t/* a comment */\n\tprintf(\"%d\\n\", 42);\n\treturn 0;\n}\n")
	for _, n := range []string{"alpha", "beta", "gamma"} {
		if err := os.MkdirAll(filepath.Join(dir, "dir", n), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(dir, "tmux.conf"), "set -g default-command cat\n")
	rc := filepath.Join(dir, "rc")
	write(t, rc, "PS1='$ '\nexport TERM=xterm-256color LANG=C.UTF-8 LC_ALL=C.UTF-8 HOME="+dir+" LESS= COLORTERM=\nunset TMUX\ncd "+dir+"\n")
	git := func(args ...string) {
		run(t, "git", append([]string{"-C", dir, "-c", "user.name=n", "-c", "user.email=e", "-c", "init.defaultBranch=main"}, args...)...)
	}
	git("init", "-q")
	git("commit", "-q", "--allow-empty", "-m", "first")
	git("checkout", "-q", "-b", "side")
	git("commit", "-q", "--allow-empty", "-m", "on a side branch")
	git("checkout", "-q", "main")
	git("commit", "-q", "--allow-empty", "-m", "on the main branch")
	git("merge", "-q", "--no-ff", "-m", "merged", "side")
	return rc
}
