package confirm

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"mosh/internal/core/display"
	"mosh/internal/core/vt"
	"mosh/internal/drive/termcaps"
	"mosh/internal/vttest"
)

// keyboard is an xterm that is alone on its display, so that keys go to it.
type keyboard struct {
	*xterm
	display string
}

func startKeyboard(t *testing.T) *keyboard {
	display := startX(t)
	k := &keyboard{startXterm(t, display, 80, 24), display}
	k.xdotool("mousemove", "20", "20") // without a window manager the focus is where the pointer is
	return k
}

func (k *keyboard) xdotool(args ...string) {
	c := exec.Command("xdotool", args...)
	c.Env = append(os.Environ(), "DISPLAY="+k.display)
	if out, err := c.CombinedOutput(); err != nil {
		k.t.Fatalf("xdotool (see .ci/deps): %v\n%s", err, out)
	}
}

// press returns what each of the keys sends.
func (k *keyboard) press(keys []string) (sent []string) {
	const mark = "z" // sends itself in every mode
	args := []string{"key", "--delay", "1"}
	for _, name := range keys {
		args = append(args, name, mark)
	}
	const end = "y"
	k.xdotool(append(args, end)...)
	sent = strings.Split(k.until(end), mark)
	if len(sent) != len(keys)+1 {
		k.t.Fatalf("%d keys send %q", len(keys), sent)
	}
	return sent[:len(keys)]
}

var (
	cursorKeys = []string{"Up", "Down", "Left", "Right"}
	keypad     = []string{"KP_Home", "KP_Up", "KP_Prior", "KP_Left", "KP_Begin", "KP_Right", "KP_End", "KP_Down", "KP_Next", "KP_Insert",
		"KP_Delete", "KP_Enter", "KP_Add", "KP_Subtract", "KP_Multiply", "KP_Divide"}
	otherKeys = []string{"Home", "End", "Prior", "Next", "Insert", "Delete", "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F11",
		"F12", "Return", "BackSpace", "Tab", "shift+Tab", "Escape", "space", "shift+Up", "ctrl+Right", "alt+Left", "ctrl+shift+Home", "shift+F1",
		"ctrl+F5", "ctrl+a", "ctrl+i", "ctrl+m", "ctrl+bracketleft", "ctrl+shift+a", "alt+a", "ctrl+1", "ctrl+comma", "ctrl+Return", "shift+space"}
)

// TestKeys: whatever keyboard modes a program sets, a key sends it the same through our pair as in xterm. Between own
// peers the user's terminal has the program's modes, and what it sends is passed on as it is.
func TestKeys(t *testing.T) {
	t.Parallel()
	direct, painted := startKeyboard(t), startKeyboard(t)
	caps, err := termcaps.Load(termcaps.Environment{Term: "xterm-256color"})
	if err != nil {
		t.Fatal(err)
	}
	caps.Keys = true
	keys := slices.Concat(cursorKeys, keypad, otherKeys)
	server := vt.New(80, 24, vt.Options{})
	shown := server.Snapshot(never)
	painted.write(display.AppendRepaint(display.AppendOpen(nil, &caps), &caps, shown))
	for _, modes := range []string{"", `\e[?1h`, `\e=`, `\e[?1l`, `\e[?66l`, `\e[?66h\e[?1h`, `\e[!p`, `\e[?1h\e=\e[?1049h`, `\e[?1049l\e>`,
		`\e[>4;1m`, `\e[>4;2m`, `\e[>4m\ec`} {
		b, err := vttest.Decode(modes)
		if err != nil {
			t.Fatal(err)
		}
		direct.write(b)
		server.Write(never, b)
		f := server.Snapshot(never)
		painted.write(display.AppendDiff(nil, &caps, shown, f))
		shown = f
		want, got := direct.press(keys), painted.press(keys)
		for i, name := range keys {
			if got[i] != want[i] {
				t.Errorf("after %s: %s sends %q, in xterm %q", modes, name, got[i], want[i])
			}
		}
	}
}

// TestVttestKeys is menus 5.4 to 5.7 as far as a script can press their keys: vttest is sent what they send in xterm, and
// tells of it in both terminals. The pages for VT52 come last and are not visited.
func TestVttestKeys(t *testing.T) {
	t.Parallel()
	for _, menu := range []struct {
		choice      string
		keys, pages []string
	}{
		{"4", cursorKeys, []string{"<ANSI / Cursor key mode RESET>", "<ANSI / Cursor key mode SET>"}},
		{"5", keypad[8:14], []string{"<ANSI Numeric mode>", "<ANSI Application mode>"}},
		{"6", otherKeys[:6], []string{"<Normal mode"}},
		{"7", otherKeys[6:18], []string{"<Normal mode"}},
	} {
		t.Run("5."+menu.choice, func(t *testing.T) {
			k := startKeyboard(t)
			s := startSession(t, k.xterm)
			s.path = "5." + menu.choice
			s.wait()
			s.send("5\r")
			s.wait()
			s.send(menu.choice + "\r")
			for _, page := range menu.pages {
				s.compare(s.read(page, "Finish with TAB."))
				for _, sent := range k.press(menu.keys) {
					s.send("z") // unknown: so that the next answer is another one
					s.compare(s.read("\n z ", ")"))
					s.send(sent)
					s.compare(s.read("\n"+told(sent)+" ", ")"))
				}
				s.send("\t")
			}
		})
	}
}

// told is how vttest writes what it was sent.
func told(sent string) string {
	var b []byte
	for _, c := range []byte(sent) {
		if c < ' ' {
			b = fmt.Appendf(b, " <%d>", c)
		} else {
			b = fmt.Appendf(b, " %c", c)
		}
	}
	return string(b)
}
