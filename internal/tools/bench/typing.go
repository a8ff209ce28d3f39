//go:build linux

package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// think is the pause between a paint and the next key: random, so that keys keep no phase with the protocol's timers.
func think(r *rand.Rand, mean time.Duration) time.Duration {
	return mean*2/5 + time.Duration(r.Int64N(int64(mean*6/5)))
}

const sentence = "the quick brown fox jumps over the lazy dog; "

// typeShell types lines in a shell over a relay, as a comment that the shell ignores, each cleared by Ctrl-U.
func typeShell(b *bench, x side) (map[string]float64, error) {
	s, err := b.openShell(x, want{counted: true})
	if err != nil {
		return nil, err
	}
	defer s.close()
	time.Sleep(time.Second) // what follows a start has died down
	rng := rand.New(rand.NewPCG(1, 1))
	text := strings.Repeat(sentence, 2)[:60]
	server, client, start := cpu(s.server), cpu(s.client), time.Now()
	octets, packets, keys := s.relay.octets.Load(), s.relay.packets.Load(), 0
	for keys < b.keys {
		key := text[keys%len(text) : keys%len(text)+1]
		if keys > 0 && keys%len(text) == 0 {
			key = "\x15"
		}
		if err := s.keys(key); err != nil {
			return nil, err
		}
		keys++
		time.Sleep(think(rng, 150*time.Millisecond))
	}
	seconds, n := time.Since(start).Seconds(), float64(keys)
	return map[string]float64{
		"key-bytes":   float64(s.relay.octets.Load()-octets) / n,
		"key-packets": float64(s.relay.packets.Load()-packets) / n,
		"key-server":  1000 * (cpu(s.server) - server).Seconds() / seconds,
		"key-client":  1000 * (cpu(s.client) - client).Seconds() / seconds,
	}, nil
}

// latency types into an echo program, one key at a time, and waits for each to be painted. All sides are there at the same
// time and never type at the same time: a second in which the machine, or the one it is a guest of, is slow to wake a
// processor makes keys of all sides late, where sides one after the other would have it fall on one.
func latency(b *bench, x side) (map[string]float64, error) {
	s, err := b.open(x, want{program: echo})
	if err != nil {
		return nil, err
	}
	defer s.close()
	if err := s.awaitText(startLimit, "READY"); err != nil {
		return nil, err
	}
	time.Sleep(b.settle / 5)
	rng := rand.New(rand.NewPCG(1, uint64(x.Name[1]))) // no two sides keep step
	var samples []float64
	for i := range b.presses {
		time.Sleep(think(rng, b.thinking))
		if i%60 == 59 { // in the last column the cursor would not move
			if _, err := s.painted('\r'); err != nil {
				return nil, fmt.Errorf("after key %d: %w", i, err)
			}
		}
		b.keyboard.Lock()
		d, err := s.painted(byte('a' + i%26))
		b.keyboard.Unlock()
		if err != nil {
			return nil, fmt.Errorf("key %d: %w", i, err)
		}
		samples = append(samples, 1000*d.Seconds())
	}
	b.mu.Lock()
	b.latency[x.Name] = append(b.latency[x.Name], samples...)
	b.mu.Unlock()
	slices.Sort(samples)
	return map[string]float64{"latency-median": quantile(samples, 0.5), "latency-p99": quantile(samples, 0.99)}, nil
}

// painted types a key and returns how long it took until the cursor had moved past it.
func (s *session) painted(key byte) (time.Duration, error) {
	s.mu.Lock()
	before := s.term.Snapshot(time.Now()).Cursor
	s.mu.Unlock()
	start := time.Now()
	if err := s.keys(string(key)); err != nil {
		return 0, err
	}
	var at time.Duration
	err := s.await(waitLimit, func() bool {
		at = time.Since(start)
		return s.term.Snapshot(time.Now()).Cursor != before
	})
	return at, err
}
