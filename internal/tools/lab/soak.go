//go:build linux

package main

import (
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"

	"mosh/internal/netlab"
)

// soakGrowth is how much the memory of a process may grow after the first round, in KiB.
const soakGrowth = 16 << 10

// soaking lets ours work for hours on a link that loses: typing, floods that are interrupted, changes of address, outages. It
// prints what the two processes hold each round, and fails if that grows. (Goroutines cannot be counted from outside: one
// that stays costs memory, and a blocked thread is seen.)
func soaking(d time.Duration) profile {
	p := rtt(40 * ms)
	p.Loss = 0.02
	up, down := both(p)
	return profile{name: "soak", about: "2 % loss, RTT 40 ms, for " + d.String(), up: up, down: down,
		measure: func(r *run) error { return soak(r, d) }}
}

func soak(r *run, d time.Duration) error {
	session, err := r.open("ours", netlab.ServerV4, shellProgram, prompt)
	if err != nil {
		return err
	}
	defer session.close()
	s := &typist{session: session}
	res := r.result("ours")
	pids := [2]int{session.client[0], session.server[0]}
	var first [2]holds
	addrs := [2]netip.Addr{netlab.ClientV4, netlab.ClientV4b}
	for round, end := 0, time.Now().Add(d); time.Now().Before(end); round++ {
		s.typed = 0 // nothing that was typed becomes a command
		for range 40 {
			if _, ok, err := s.key(keyLimit); !ok || err != nil {
				return fmt.Errorf("round %d: no echo: %v", round, err)
			}
		}
		s.tty.Write([]byte{'U' - '@'})
		if err := floodOnce(s, "base64 /dev/urandom", 2*time.Second, res); err != nil {
			return err
		}
		if err := r.Client.SetAddrs(addrs[round%2]); err != nil {
			return err
		}
		r.Cut()
		time.Sleep(soakOutage)
		r.Restore()
		for i, pid := range pids {
			h := holdsOf(pid)
			if round == 0 {
				first[i] = h
			}
			fmt.Printf("  round %d, process %d: %d KiB, %d threads\n", round, pid, h.memory, h.threads)
			if h.memory > first[i].memory+soakGrowth || h.threads > first[i].threads+8 {
				return fmt.Errorf("process %d holds %+v, after the first round %+v", pid, h, first[i])
			}
		}
	}
	return nil
}

// soakOutage is how long nothing passes in each round.
const soakOutage = 2 * time.Second

// holds is what a process has of memory, in KiB, and of threads.
type holds struct{ memory, threads int }

func holdsOf(pid int) (h holds) {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(b)) {
		key, value, _ := strings.Cut(line, ":")
		n, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(value), " kB"))
		switch key {
		case "VmRSS":
			h.memory = n
		case "Threads":
			h.threads = n
		}
	}
	return h
}
