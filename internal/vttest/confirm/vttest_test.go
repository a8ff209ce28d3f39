package confirm

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"mosh/internal/core/vt"
)

// vttestMenus are the menus that TestVttest walks through, as far as they are for us. Not walked: 4, double-size
// lines; 5.2, 5.3, 5.8, 5.9 and 11.3.4, a person has to type; the rest of 5 is TestVttestKeys; 7, VT52; 9 and 10, bugs
// and resets of old terminals; 11.1.3 and 11.1.5, 8-bit controls and soft fonts; 11.1.4, printing; 11.2.3 and
// 11.2.4, pages of other sizes than the window; 11.4 and 11.8, what has no effect here, and the other menus again.
var vttestMenus = []string{
	"1", "2", "3", "5.1", "6", "8", "11.1.1", "11.1.2", "11.1.6", "11.2.2", "11.2.5.2", "11.2.5.3", "11.3.2", "11.3.3",
	"11.3.5", "11.3.6", "11.3.7.2.3", "11.3.7.3", "11.5", "11.6", "11.7", "11.8.7",
}

// vttestSkipped are the choices in them that are not taken, and why.
var vttestSkipped = map[string]string{
	"3.10":         "right halves need octets that are no UTF-8",
	"3.13":         "a person has to type",
	"6.7":          "DECREQTPARM: a VT420 does not answer it",
	"11.1.2.1":     "a person has to type",
	"11.2.5.3.3.2": "twenty seconds for the modes that reports.txt asks for",
	"11.2.5.3.4":   "xterm loses its way; ours is right by all of its checks",
	"11.3.7.3.1":   "menu 11.2.5.2 again",
	"11.3.7.3.10":  "twenty seconds for the sums that reports.txt asks for",
	"11.3.7.3.11":  "right halves need octets that are no UTF-8",
	"11.6.7":       "menu 11.7 again",
}

// TestVttest walks through vttest's menus. vttest talks to our terminal, whose answers it gets; xterm is shown
// the same octets, and at each prompt both must show the same text and renditions with the cursor at the same place.
func TestVttest(t *testing.T) {
	t.Parallel()
	display := startX(t)
	for _, menu := range vttestMenus {
		t.Run(menu, func(t *testing.T) {
			t.Parallel() // vttest waits much of the time
			startSession(t, startXterm(t, display, 80, 24)).visit(strings.Split(menu, "."))
		})
	}
}

// vttestSession is a running vttest with the two terminals it is shown in.
type vttestSession struct {
	t    *testing.T
	x    *xterm
	term *vt.Terminal
	pty  *os.File
	got  chan []byte
	path string // of the menus: where we are
	page int
}

func startSession(t *testing.T, x *xterm) *vttestSession {
	s := &vttestSession{t: t, x: x, term: vt.New(80, 24, vt.Options{}), got: make(chan []byte, 64)}
	c := exec.Command("vttest", "24x80.80")
	c.Env = append(os.Environ(), "TERM=xterm", "LC_ALL=C")
	f, err := pty.StartWithSize(c, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Fatalf("starting vttest (see .ci/deps): %v", err)
	}
	s.pty = f
	t.Cleanup(func() {
		f.Close()
		c.Process.Kill()
		c.Wait()
	})
	go func() {
		for {
			b := make([]byte, 4096)
			n, err := f.Read(b)
			if err != nil {
				close(s.got)
				return
			}
			s.got <- b[:n]
		}
	}()
	return s
}

var (
	menuPrompt   = regexp.MustCompile(`Enter choice number \(0 - (\d+)\):$`)
	pushPrompt   = regexp.MustCompile(`Push (<RETURN>|the RETURN key:)$`)
	finishPrompt = regexp.MustCompile(`Finish this test with RETURN\.$`)
)

// prompt is what vttest waits with: a menu of that many choices, or for RETURN if choices is zero.
type prompt struct {
	choices int
	menu    string // its title
}

// until reads until cond is true, and returns what it read.
func (s *vttestSession) until(cond func() bool) []byte {
	var all []byte
	for late := time.After(limit); !cond(); {
		select {
		case b, ok := <-s.got:
			if !ok {
				s.t.Fatalf("%s: vttest is gone", s.path)
			}
			all = append(all, b...)
			s.term.Write(time.Time{}, b)
			if _, err := s.pty.Write(s.term.AppendReplies(nil)); err != nil {
				s.t.Fatal(err)
			}
		case <-late:
			s.t.Fatalf("%s: vttest does not go on:\n%s", s.path, strings.Join(screen(s.term), "\n"))
		}
	}
	return all
}

// read reads until vttest shows all of the texts.
func (s *vttestSession) read(texts ...string) []byte {
	return s.until(func() bool {
		shown := strings.Join(screen(s.term), "\n")
		return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(shown, text) })
	})
}

// wait reads until vttest waits, and compares the two screens.
func (s *vttestSession) wait() (p prompt) {
	asked := false
	all := s.until(func() bool {
		if !asked {
			asked = true // what it showed before is the prompt that was answered
			return false
		}
		f := s.term.Snapshot(time.Time{})
		before := strings.TrimRight(rowText(f, f.Cursor.Row)[:f.Cursor.Col], " ")
		if m := menuPrompt.FindStringSubmatch(before); m != nil {
			n, _ := strconv.Atoi(m[1])
			p = prompt{n, title(screen(s.term))}
			return true
		}
		rows := screen(s.term)
		return pushPrompt.MatchString(before) || len(rows) > 0 && finishPrompt.MatchString(rows[len(rows)-1])
	})
	s.compare(all)
	return p
}

func (s *vttestSession) compare(b []byte) {
	const sync = "\x1b[?65000$p"
	s.page++
	// Unlike ours, xterm would change its width: what else DECCOLM does it does for 80 columns as well.
	b = bytes.ReplaceAll(b, []byte("\x1b[?3h"), []byte("\x1b[?3l"))
	s.x.tty.Write(append(b, sync...))
	s.x.until("\x1b[?65000;0$y")
	page := s.x.page()
	got, want := screen(s.term), pageRows(page)
	if !slices.Equal(got, want) {
		s.t.Errorf("%s, page %d:\nours\n%s\nxterm\n%s", s.path, s.page, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	f := s.term.Snapshot(time.Time{})
	ours, theirs := renditions(f, f), renditions(f, pageFrame(page, 80, 24))
	for i := range ours {
		if ours[i] != theirs[i] {
			s.t.Errorf("%s, page %d: rendition at %s, xterm %s", s.path, s.page, ours[i], theirs[i])
			break
		}
	}
	c := s.term.Clone()
	c.Write(time.Time{}, []byte("\x1b[6n"))
	if got, want := string(c.AppendReplies(nil)), s.x.write([]byte("\x1b[6n")); got != want {
		s.t.Errorf("%s, page %d: cursor %q, xterm %q", s.path, s.page, got, want)
	}
}

func (s *vttestSession) send(text string) {
	if _, err := s.pty.WriteString(text); err != nil {
		s.t.Fatal(err)
	}
}

// visit goes to a menu and walks through it.
func (s *vttestSession) visit(path []string) {
	at := s.wait()
	for _, choice := range path[:len(path)-1] {
		s.send(choice + "\r")
		at = s.wait()
	}
	s.path = strings.Join(path[:len(path)-1], ".")
	s.walk(at, path[len(path)-1:])
}

// walk chooses what the menu at offers: only those given, or all. It ends in that menu, or in one of those
// above it if vttest goes back there by itself; that one is returned.
func (s *vttestSession) walk(at prompt, only []string, above ...string) prompt {
	parent := s.path
	defer func() { s.path = parent }()
	for i := 1; i <= at.choices; i++ {
		choice := strconv.Itoa(i)
		if only != nil && !slices.Contains(only, choice) {
			continue
		}
		s.path = strings.TrimPrefix(parent+"."+choice, ".")
		if vttestSkipped[s.path] != "" {
			continue
		}
		s.page = 0
		s.send(choice + "\r")
		p := s.wait()
		for p.menu != at.menu {
			switch {
			case p.choices == 0:
				s.send("\r")
				p = s.wait()
			case slices.Contains(above, p.menu):
				return p
			default:
				if end := s.walk(p, nil, append(above, at.menu)...); end.menu == p.menu {
					s.send("0\r")
					p = s.wait()
				} else {
					p = end
				}
			}
		}
	}
	return at
}

// title returns what stands above the first choice: the choices themselves may tell of settings.
func title(rows []string) string {
	for i, r := range rows {
		if strings.Contains(r, "0. ") {
			return strings.Join(rows[:i], "\n")
		}
	}
	return strings.Join(rows, "\n")
}

func screen(t *vt.Terminal) []string {
	f := t.Snapshot(time.Time{})
	var rows []string
	for i := range f.Rows {
		rows = append(rows, rowText(f, i))
	}
	return trim(rows)
}

func rowText(f *vt.Frame, i int) string {
	var b []byte
	for _, c := range f.Rows[i].Cells {
		if c.Content.Empty() || c.Attr&vt.Invisible != 0 {
			b = append(b, ' ')
			continue
		}
		b = f.Interns.AppendContent(b, c.Content)
	}
	return string(b)
}
