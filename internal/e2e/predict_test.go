//go:build linux

package e2e

import (
	"strings"
	"testing"
	"time"

	"mosh/internal/netlab"
)

// TestPrediction types over a link with a round trip of 300 ms, which is then cut: what is on the screen during the outage
// can only be predicted. Keys at a known prompt are, a secret is not, with our server and with stock's.
func TestPrediction(t *testing.T) {
	s := Stock(t)
	for _, p := range []Pair{
		{Name: "ours-ours", Client: ours.Client, Server: ours.Server},
		{Name: "ours-stock", Client: ours.Client, Server: s.Server},
	} {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			predicted(t, p)
		})
	}
}

func predicted(t *testing.T, p Pair) {
	path := netlab.Path{Delay: 150 * time.Millisecond}
	l := netlab.New(t, netlab.Config{Seed: 1, Up: path, Down: path})
	screen := p.openOn(t, l, netlab.ServerV4, "bash", "--noprofile", "--norc", "-i")
	screen.Await("#")
	screen.Type("echo the first-$((1+1))")
	screen.Await("echo the first-$((1+1))")
	screen.Press("Enter")
	screen.Await("first-2")
	Until(t, "the prompt is back", func() bool { return strings.Count(screen.Text(), "#") == 2 }, screen.Text)

	l.Cut()
	screen.Type("echo shown while cut off-$((2+2))")
	screen.Await("echo shown while cut off-$((2+2))")
	l.Restore()
	screen.Press("Enter")
	screen.Await("off-4")

	screen.Line("read -s secret; echo it has ${#secret} characters")
	Until(t, "read waits in a row of its own", func() bool { return strings.HasPrefix(screen.Cursor(), "0,") }, screen.Text)
	l.Cut()
	screen.Type("hunter2hunter2")
	screen.Await("Last contact") // by now whatever would be predicted had been
	if strings.Contains(screen.Text(), "hunter") {
		t.Errorf("the secret is on the screen:\n%s", screen.Text())
	}
	l.Restore()
	screen.Press("Enter")
	screen.Await("it has 14 characters")
	if strings.Contains(screen.Text(), "hunter") {
		t.Errorf("the secret is on the screen:\n%s", screen.Text())
	}
}
