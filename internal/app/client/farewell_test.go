package client

import (
	"bytes"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"

	core "mosh/internal/core/client"
	"mosh/internal/core/datagram"
)

// TestFarewell: what is said on stderr after the session, and the exit status, for each of its ends
// (spec/commands.md, C3 and C5).
func TestFarewell(t *testing.T) {
	servers := []netip.AddrPort{netip.MustParseAddrPort("192.0.2.7:60001"), netip.MustParseAddrPort("[2001:db8::7]:60001")}
	session := func() *core.Session {
		return core.New(time.Unix(1000, 0), core.Config{Key: datagram.NewKey([16]byte{1}), Servers: servers, Width: 80, Height: 24,
			Rand: rand.New(rand.NewPCG(1, 2))})
	}
	refused := session()
	refused.Refused(0)
	refused.Refused(1)
	cases := []struct {
		name    string
		reason  core.Reason
		session *core.Session
		host    string
		status  int
		want    []string // nil: nothing is said
	}{
		{"a clean end", core.Clean, session(), "", 0, nil},
		{"no answer", core.NoServer, session(), "me@example", 1, []string{
			"\nmosh did not make a successful connection to 192.0.2.7:60001.\n", "UDP port 60001 is not firewalled",
			"between 60000 and 61000. The -p option", "mosh --doctor me@example checks"}},
		{"nothing there", core.NoServer, refused, "", 1, []string{
			"mosh: nothing listens on 192.0.2.7, 2001:db8::7 UDP port 60001. The server may have ended", "loginctl enable-linger",
			"mosh --doctor HOST checks"}},
		{"no word at the end", core.Unanswered, session(), "", 1, []string{
			"\n\nmosh did not shut down cleanly.", "mosh-server process may still be running on the server"}},
		{"the key is used up", core.Broken, session(), "", 1, []string{"the session's key has encrypted as much as is safe; start a new session"}},
	}
	for _, c := range cases {
		var said bytes.Buffer
		status := farewell(&said, c.reason, c.session, settings{servers: servers, host: c.host})
		if status != c.status || c.want == nil && said.Len() > 0 {
			t.Errorf("%s: status %d, want %d\n%s", c.name, status, c.status, said.String())
		}
		for _, text := range c.want {
			if !strings.Contains(said.String(), text) {
				t.Errorf("%s: want %q in\n%s", c.name, text, said.String())
			}
		}
	}
}
