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

// footprint measures one session alone, then a few and many after each has shown 300 lines.
func footprint(b *bench, x side) (map[string]float64, error) {
	if x.Name == "floor" {
		return floorFootprint(b)
	}
	var all []*session
	defer func() {
		for _, s := range all {
			s.close()
		}
	}()
	r := map[string]float64{}
	more := func(n int) error {
		began := len(all)
		for len(all) < n {
			s, err := b.openShell(x, want{raw: true})
			if err != nil {
				return fmt.Errorf("session %d: %w", len(all), err)
			}
			all = append(all, s)
		}
		for _, s := range all[began:] {
			if err := s.count300(); err != nil {
				return err
			}
		}
		time.Sleep(b.settle)
		return nil
	}
	s, err := b.openShell(x, want{raw: true})
	if err != nil {
		return nil, err
	}
	all = append(all, s)
	time.Sleep(b.settle)
	r["memory-one"] = float64(memoryOf(s.server).PSS)
	if err := s.count300(); err != nil {
		return nil, err
	}
	if err := more(b.few); err != nil {
		return nil, err
	}
	servers, clients := meanMemory(all)
	r["memory-server-few"], r["memory-client-few"] = servers.PSS, clients.PSS
	if err := more(b.many); err != nil {
		return nil, err
	}
	servers, clients = meanMemory(all)
	r["memory-server"], r["memory-server-dirty"] = servers.PSS, servers.own
	r["memory-client"], r["memory-client-dirty"] = clients.PSS, clients.own
	return r, nil
}

// count300 shows 300 lines.
func (s *session) count300() error {
	if err := s.keys("seq 1 300; echo; echo EN''D\r"); err != nil {
		return err
	}
	return s.awaitText(startLimit, "END")
}

// mean is the memory of one process of several, in kB.
type mean struct{ PSS, own float64 }

func meanOf(pids []int) (m mean) {
	n := float64(len(pids))
	for _, pid := range pids {
		of := memoryOf(pid)
		m.PSS += float64(of.PSS) / n
		m.own += float64(of.Anonymous) / n
	}
	return m
}

func meanMemory(all []*session) (servers, clients mean) {
	var s, c []int
	for _, x := range all {
		s, c = append(s, x.server), append(c, x.client)
	}
	return meanOf(s), meanOf(c)
}
