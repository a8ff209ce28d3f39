package mosh

import (
	"context"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// TestConnectTime: what an address that is dead costs when another one works, on a clock of the test's own.
func TestConnectTime(t *testing.T) {
	v4, v6 := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")
	const answer = 40 * time.Millisecond // of the good one
	silent := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	refuses := func(context.Context) error { return syscall.ECONNREFUSED }
	cases := []struct {
		name string
		dead func(context.Context) error // nil: both work
		all  []netip.Addr
		want netip.Addr
		time time.Duration
	}{
		{"the good one alone", nil, []netip.Addr{v4}, v4, answer},
		{"both good", nil, []netip.Addr{v6, v4}, v6, answer},
		{"the first is silent", silent, []netip.Addr{v6, v4}, v4, connectStagger + answer},
		{"the second is silent", silent, []netip.Addr{v4, v6}, v4, answer},
		{"the first refuses", refuses, []netip.Addr{v6, v4}, v4, answer},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				_, used, err := connect(c.all, func(ctx context.Context, a netip.Addr) (*net.TCPConn, error) {
					if a == v6 && c.dead != nil {
						return nil, c.dead(ctx)
					}
					<-time.After(answer)
					return &net.TCPConn{}, nil
				})
				if took := time.Since(start); err != nil || used != c.want || took != c.time {
					t.Errorf("%v after %v (%v), want %v after %v", used, took, err, c.want, c.time)
				}
			})
		})
	}
}

// TestConnectFails: all that was tried is told, in the order in which it failed.
func TestConnectFails(t *testing.T) {
	_, _, err := connect([]netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")},
		func(context.Context, netip.Addr) (*net.TCPConn, error) { return nil, syscall.ECONNREFUSED })
	if want := "tried 192.0.2.1 (connection refused), then 2001:db8::1 (connection refused)"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}
