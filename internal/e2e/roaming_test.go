//go:build linux

package e2e

import (
	"fmt"
	"net/netip"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"mosh/internal/netlab"
)

// TestRoaming moves a session through what happens to a laptop in a day: another address, a NAT that forgets, a link
// that is down while the user types on, one that works in one direction only. Everything typed arrives, once and in
// order, and what the program prints is shown.
func TestRoaming(t *testing.T) {
	s := Stock(t)
	for _, p := range []Pair{
		{Name: "ours-ours", Client: ours.Client, Server: ours.Server},
		{Name: "ours-stock", Client: ours.Client, Server: s.Server},
		{Name: "stock-ours", Client: s.Client, Server: ours.Server},
	} {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			roam(t, p)
		})
	}
}

func roam(t *testing.T, p Pair) {
	path := netlab.Path{Delay: 10 * time.Millisecond, Loss: 0.05}
	l := netlab.New(t, netlab.Config{Seed: 1, Up: path, Down: path, NAT: true})
	file := filepath.Join(t.TempDir(), "typed")
	screen := p.openOn(t, l, netlab.ServerV4, "sh", "-c", "stty -echo; tee "+file)

	var want strings.Builder
	line := func(text string) {
		screen.Line(text)
		fmt.Fprintln(&want, text)
	}
	shown := func(text string) {
		t.Helper()
		line(text)
		screen.Await(text)
	}
	shown("at home")
	must(t, l.Client.SetAddrs(netlab.ClientV4b))
	shown("on another network")
	l.Rebind()
	shown("after the NAT forgot")

	l.Cut()
	down := l.Tally(60001)
	for i := range 5 {
		line(fmt.Sprint("into the outage ", i))
	}
	Until(t, "datagrams are lost in the outage", func() bool {
		return l.Tally(60001).Sub(down)[netlab.Up].Fate[netlab.Outage] >= 5
	}, screen.Text)
	l.Restore()
	screen.Await("into the outage 4")

	l.SetPaths(path, netlab.Path{Delay: path.Delay, Blackhole: true})
	one := l.Tally(60001)
	line("nothing comes back")
	Until(t, "what comes back is lost", func() bool {
		return l.Tally(60001).Sub(one)[netlab.Down].Fate[netlab.Blackhole] >= 3
	}, screen.Text)
	l.SetPaths(path, path)
	screen.Await("nothing comes back")

	must(t, l.Client.SetAddrs(netlab.ClientV4))
	shown("home again")
	if got := read(t, file); got != want.String() {
		t.Errorf("the program read %q, typed was %q", got, want.String())
	}
}

// openOn starts the pair's server at one end of a link and its client in a terminal at the other, without ssh.
func (p Pair) openOn(t testing.TB, l *netlab.Link, server netip.Addr, program ...string) *Screen {
	t.Helper()
	wildcard := "0.0.0.0"
	if server.Is6() {
		wildcard = "::"
	}
	dir := t.TempDir()
	args := append([]string{"new", "-p", "60001", "-i", wildcard, "--"}, program...)
	cmd := exec.Command(p.Server, args...)
	cmd.Env = Environment(dir)
	var out []byte
	err := l.Server.Do(func() (err error) { out, err = cmd.CombinedOutput(); return err })
	m := regexp.MustCompile(`MOSH CONNECT 60001 (\S{22})`).FindSubmatch(out)
	if err != nil || m == nil {
		t.Fatalf("starting %s: %v\n%s", p.Server, err, out)
	}
	var s *Screen
	must(t, l.Client.Do(func() error {
		s = NewScreen(t, 80, 24, append(Environment(dir), "MOSH_KEY="+string(m[1])),
			p.Client+" "+server.String()+" 60001")
		return nil
	}))
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
