package session

import (
	"strings"
	"testing"
	"time"

	"mosh/internal/core/datagram"
	"mosh/internal/core/ssp"
	"mosh/internal/simnet"
)

func quietLinks() (up, down *simnet.Link) {
	return &simnet.Link{Delay: 50 * ms}, &simnet.Link{Delay: 50 * ms}
}

// docs/network.md, Quiet: what a minute of nothing costs.
func TestIdleCost(t *testing.T) {
	for _, c := range []struct {
		name                   string
		client, server         ssp.Policy
		octets, client1, serv1 int // bounds a minute
	}{
		{"ours/ours", ssp.Own, ssp.Own, 1400, 14, 14},
		{"ours/stock", ssp.Own, ssp.Stock, 4200, 42, 42},
		{"stock/ours", ssp.Stock, ssp.Own, 4200, 42, 42},
	} {
		up, down := quietLinks()
		s := New(Config{Seed: 1, Up: up, Down: down, Client: c.client, Server: c.server})
		s.At(time.Second, func() { s.Type("a") })
		if err := s.Run(20 * time.Second); err != nil {
			t.Fatal(err)
		}
		before, cw, sw := s.cost(), s.client.wakes, s.server.wakes
		const minutes = 10
		if err := s.Run(20*time.Second + minutes*time.Minute); err != nil {
			t.Fatal(err)
		}
		cost := s.cost().less(before)
		cw, sw = (s.client.wakes-cw)/minutes, (s.server.wakes-sw)/minutes
		t.Logf("%s: %d octets, %d up, %d down, %d and %d wake-ups a minute", c.name, cost.Octets/minutes, cost.Up/minutes, cost.Down/minutes, cw, sw)
		if cost.Octets/minutes > c.octets || cw > c.client1 || sw > c.serv1 {
			t.Errorf("%s: more than %d octets, %d and %d wake-ups a minute\n%s", c.name, c.octets, c.client1, c.serv1, s.Trace())
		}
		if bar := s.barAt(s.Now); bar != "" {
			t.Errorf("%s: the bar says %q", c.name, bar)
		}
	}
}

// barAt is the notification bar, empty if there is none.
func (s *Session) barAt(now time.Time) string {
	f := s.Client.Frame(now)
	var b []byte
	for _, c := range f.Rows[0].Cells {
		b = f.Interns.AppendContent(b, c.Content)
	}
	if text := string(b); strings.HasPrefix(text, "mosh:") {
		return text
	}
	return ""
}

// A heartbeat lost now and then is no news; a dead path is, and soon when a key waits for its echo.
func TestQuietNotice(t *testing.T) {
	up, down := quietLinks()
	s := New(Config{Seed: 1, Up: up, Down: down})
	check := func(want bool, when string) {
		t.Helper()
		if bar := s.barAt(s.Now); (bar != "") != want {
			t.Errorf("%s: bar %q\n%s", when, bar, s.Trace())
		}
	}
	run := func(d time.Duration) {
		t.Helper()
		if err := s.Run(d); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 20 { // each second heartbeat of the client is lost
		run(time.Duration(10+9*i) * time.Second)
		sent := s.Datagrams(datagram.ToServer)
		up.Down = i%2 == 0
		if err := s.RunUntil(time.Duration(19+9*i)*time.Second, func() bool { return s.Datagrams(datagram.ToServer) > sent }); err != nil {
			t.Fatal(err)
		}
		up.Down = false
		check(false, "after a lost heartbeat")
	}
	run(200 * time.Second)
	up.Down, down.Down = true, true
	run(214 * time.Second)
	check(true, "14 s after the path died")
	up.Down, down.Down = false, false
	run(225 * time.Second)
	check(false, "11 s after it is back")
	down.Down = true
	run(226 * time.Second)
	s.Type("k")
	run(234 * time.Second)
	check(true, "8 s after a key without echo")
}
