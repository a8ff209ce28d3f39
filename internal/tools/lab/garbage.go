//go:build linux

package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"time"

	"mosh/internal/netlab"
)

// garbageRate is how many datagrams a second a stranger sends to the server, from its own machine, so that no link slows him.
const garbageRate = 100_000

// underGarbage types with and without a flood of datagrams that look like the client's from outside (they pass the
// filter in the kernel) and are not authentic. A variant is measured as itself under the flood, and as "quiet NAME" without.
func underGarbage(r *run) error {
	sessions, err := r.openAll(netlab.ServerV4, echoProgram, ready)
	if err != nil {
		return err
	}
	for _, s := range sessions {
		quiet := &result{Profile: r.profile.name, Variant: "quiet " + s.variant, Seed: r.seed}
		r.results = append(r.results, quiet)
		if !s.heal() {
			return fmt.Errorf("%s does not answer", s.variant)
		}
		for b := 0; b*blockKeys < r.keys; b++ {
			n, seed := min(blockKeys, r.keys-b*blockKeys), uint64(b)
			if err := r.typeBlock(s, n, seed, quiet); err != nil {
				return err
			}
			f, err := r.startFlood(netip.AddrPortFrom(netlab.ServerV4, s.port))
			if err != nil {
				return err
			}
			err = r.typeBlock(s, n, seed, r.result(s.variant))
			rate := f.stop()
			r.result(s.variant).Note = fmt.Sprintf("under %.0f datagrams of garbage a second, in the last block", rate)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// flood is a stranger at work.
type flood struct {
	conn  net.Conn
	end   chan struct{}
	done  sync.WaitGroup
	sent  int
	began time.Time
}

func (r *run) startFlood(to netip.AddrPort) (*flood, error) {
	f := &flood{end: make(chan struct{}), began: time.Now()}
	err := r.Server.Do(func() (err error) {
		f.conn, err = net.Dial("udp", to.String())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("opening the stranger's socket: %w", err)
	}
	f.done.Go(f.run)
	return f, nil
}

func (f *flood) run() {
	rng := rand.New(rand.NewPCG(1, 1))
	b := make([]byte, 100)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	b[0], b[1] = 0, 0 // to the server, and a sequence number of this age of the universe
	tick := time.NewTicker(ms)
	defer tick.Stop()
	for {
		select {
		case <-f.end:
			return
		case <-tick.C:
		}
		for due := int(time.Since(f.began).Seconds() * garbageRate); f.sent < due; f.sent++ {
			b[7] = byte(f.sent)
			if _, err := f.conn.Write(b[:60+f.sent%40]); errors.Is(err, net.ErrClosed) {
				return
			}
		}
	}
}

// stop returns how many a second were sent.
func (f *flood) stop() float64 {
	close(f.end)
	f.done.Wait()
	f.conn.Close()
	return float64(f.sent) / time.Since(f.began).Seconds()
}
