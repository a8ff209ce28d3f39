package server

import (
	"testing"
	"time"

	"mosh/internal/core/statesync"
	"mosh/internal/core/vt"
)

// connect makes the client known to the server.
func (p *peerTest) connect() {
	p.t.Helper()
	p.log.AppendResize(statesync.Size{Width: 80, Height: 24})
	p.client.Changed(p.now)
	p.run(time.Second)
	if !p.server.ClientSeen() {
		p.t.Fatal("the client did not reach the server")
	}
}

// wait lets d pass without a network.
func (p *peerTest) wait(d time.Duration) {
	for end := p.now.Add(d); p.now.Before(end); p.now = p.now.Add(10 * time.Millisecond) {
		p.server.Advance(p.now)
		p.server.AppendDatagrams(p.now, nil)
	}
	p.server.Advance(p.now)
}

// TestEnd is spec/commands.md, B5, row by row.
func TestEnd(t *testing.T) {
	cases := []struct {
		name   string
		limit  time.Duration // NetworkTimeout
		do     func(*peerTest)
		reason Reason
		done   bool
	}{
		{"no client yet", 0, func(p *peerTest) { p.wait(59 * time.Second) }, Running, false},
		{"no client in 60 s", 0, func(p *peerTest) { p.wait(60 * time.Second) }, NoClient, true},
		{"the timeout counts from the start", 2 * time.Second, func(p *peerTest) { p.wait(2 * time.Second) }, ShutdownGaveUp, true},
		{"a client that is heard", 4 * time.Second, func(p *peerTest) { p.connect(); p.run(time.Minute) }, Running, false},
		{"a client that falls silent", 4 * time.Second, func(p *peerTest) { p.connect(); p.wait(20 * time.Second) }, ShutdownGaveUp, true},
		{"silence without a limit", 0, func(p *peerTest) { p.connect(); p.wait(time.Hour) }, Running, false},
		{"TERM without a client", 0, func(p *peerTest) { p.server.Terminate(p.now) }, ShutdownGaveUp, true},
		{"TERM with a client", 0, func(p *peerTest) { p.connect(); p.server.Terminate(p.now); p.run(time.Second) }, ShutdownAcked, true},
		{"TERM with a client that is away", 0, func(p *peerTest) { p.connect(); p.server.Terminate(p.now); p.wait(10 * time.Second) }, ShutdownGaveUp, true},
		{"TERM while it shuts down", 0, func(p *peerTest) { p.connect(); p.server.Terminate(p.now); p.server.Terminate(p.now) }, ShutdownGaveUp, true},
		{"the client ends it", 0, func(p *peerTest) { p.connect(); p.client.StartShutdown(p.now); p.run(time.Second) }, PeerQuit, true},
	}
	for _, c := range cases {
		p := newPeerTest(t)
		p.server.cfg.NetworkTimeout = c.limit
		c.do(p)
		if reason, done := p.server.Done(); reason != c.reason || done != c.done {
			t.Errorf("%s: reason %q, over %v, want %q, %v", c.name, reason, done, c.reason, c.done)
		}
	}
}

// TestSynchronizedOutputTimesOut: a program that does not end its synchronized output (mode 2026) costs one deadline,
// with a client, with none, with one that is away and while the session ends. A deadline that stays makes the loop spin.
func TestSynchronizedOutputTimesOut(t *testing.T) {
	for name, do := range map[string]func(*peerTest){
		"no client":             func(*peerTest) {},
		"a client":              (*peerTest).connect,
		"a client that is away": func(p *peerTest) { p.connect(); p.wait(time.Minute) },
		"the session ends":      func(p *peerTest) { p.connect(); p.server.StartShutdown(p.now) },
	} {
		p := newPeerTest(t)
		do(p)
		p.server.HostOutput(p.now, []byte("\x1b[?2026hheld"))
		p.now = p.now.Add(vt.SyncLimit)
		p.server.Advance(p.now)
		p.server.AppendDatagrams(p.now, nil)
		if next := p.server.NextTimeout(); !next.IsZero() && !next.After(p.now) {
			t.Errorf("%s: the next deadline is %v ago", name, p.now.Sub(next))
		}
	}
}
