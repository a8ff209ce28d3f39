package e2e

import (
	"strings"
	"testing"
)

// TestCursorKeys: a program gets cursor keys in the form that it asked for (DECCKM), whoever translates them:
// the user's terminal with an own server, the server with a stock client (spec/terminal.md, 2.9 and 7.2).
func TestCursorKeys(t *testing.T) {
	h := StartHost(t, "")
	for _, p := range pairs(t)[:3] {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			s := p.Open(t, h, "v4")
			s.Line("cat -v")
			s.Press("Up", "Enter")
			s.Await("^[[A")
			s.Press("C-c")
			s.Line(`printf '\033[?1h'; clear; cat -v`)
			s.AwaitGone("^[[A")
			// The mode takes a round trip to the user's terminal.
			Until(t, "application cursor keys arrive", func() bool {
				s.Press("Down", "Enter")
				return strings.Contains(s.Text(), "^[OB")
			}, s.Text)
			s.Press("C-c")
			s.Line("exit")
			s.AwaitExit()
			s.CheckModes()
		})
	}
}
