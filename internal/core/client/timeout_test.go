package client

import (
	"testing"
	"time"

	"mosh/internal/core/server"
)

// TestQuietIsNotSilent: a client of ours that is idle says so rarely. The server must not take that for the silence
// that MOSH_SERVER_NETWORK_TMOUT and MOSH_SERVER_SIGNAL_TMOUT speak of, but end soon when there is real silence.
func TestQuietIsNotSilent(t *testing.T) {
	for _, limit := range []time.Duration{4 * time.Second, 10 * time.Second, time.Minute} {
		p := newPairWith(t, server.Config{NetworkTimeout: limit})
		for range 600 {
			p.run(time.Second)
			if _, done := p.server.Done(); done || p.server.SilentFor(p.now) >= limit {
				t.Fatalf("limit %v: an idle session counts as silent for %v", limit, p.server.SilentFor(p.now))
			}
		}
		if !p.server.ClientSeen() || !p.client.transport.Quiet() {
			t.Fatal("not the session that the test is about")
		}
		p.drop = true
		last := p.now
		for done := false; !done; _, done = p.server.Done() {
			p.now = p.now.Add(100 * time.Millisecond)
			if p.exchange(); p.now.Sub(last) > limit+30*time.Second {
				t.Fatalf("limit %v: silent for %v and not at its end", limit, p.now.Sub(last))
			}
		}
	}
}
