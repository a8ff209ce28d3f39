//go:build linux

package main

import (
	"fmt"
	"sync"
	"time"
)

// idle leaves a session alone: a shell that waits, after it has shown something.
func idle(b *bench, x side) (map[string]float64, error) {
	s, err := b.openShell(x, want{counted: true})
	if err != nil {
		return nil, err
	}
	defer s.close()
	if err := s.keys("echo O''K\r"); err != nil {
		return nil, err
	}
	if err := s.awaitText(startLimit, "OK"); err != nil {
		return nil, err
	}
	time.Sleep(b.settle) // what follows work has died down
	done := make(chan struct{})
	var wg sync.WaitGroup
	var wakes [2]int64
	for i, pid := range []int{s.server, s.client} {
		wg.Go(func() { wakes[i] = wakeups(pid, done) })
	}
	octets, used := s.relay.octets.Load(), cpu(s.server)+cpu(s.client)
	time.Sleep(b.idleTime)
	used, octets = cpu(s.server)+cpu(s.client)-used, s.relay.octets.Load()-octets
	close(done)
	wg.Wait()
	minutes := b.idleTime.Minutes()
	return map[string]float64{
		"idle-cpu":     1000 * used.Seconds() / minutes,
		"idle-wakeups": float64(wakes[0]+wakes[1]) / minutes,
		"idle-bytes":   float64(octets) / minutes,
	}, nil
}

// footprint measures one session alone, then many after each has shown 300 lines.
func footprint(b *bench, x side) (map[string]float64, error) {
	var all []*session
	defer func() {
		for _, s := range all {
			s.close()
		}
	}()
	r := map[string]float64{}
	for i := range b.many {
		s, err := b.openShell(x, want{raw: true})
		if err != nil {
			return nil, fmt.Errorf("session %d: %w", i, err)
		}
		all = append(all, s)
		if i == 0 {
			time.Sleep(b.settle)
			r["memory-one"] = float64(memoryOf(s.server).PSS)
		}
	}
	for _, s := range all {
		if err := s.keys("seq 1 300; echo; echo EN''D\r"); err != nil {
			return nil, err
		}
	}
	for _, s := range all {
		if err := s.awaitText(startLimit, "END"); err != nil {
			return nil, err
		}
	}
	time.Sleep(b.settle)
	n := float64(len(all))
	for _, s := range all {
		server, client := memoryOf(s.server), memoryOf(s.client)
		r["memory-server"] += float64(server.PSS) / n
		r["memory-client"] += float64(client.PSS) / n
		r["memory-server-dirty"] += float64(server.Anonymous) / n
		r["memory-client-dirty"] += float64(client.Anonymous) / n
	}
	return r, nil
}
