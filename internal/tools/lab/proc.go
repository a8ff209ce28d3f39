//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// usage is what processes have cost so far.
type usage struct {
	CPU      time.Duration
	Switches int64 // of context, of all threads, voluntary or not
}

func (u usage) sub(v usage) usage { return usage{u.CPU - v.CPU, u.Switches - v.Switches} }
func (u usage) add(v usage) usage { return usage{u.CPU + v.CPU, u.Switches + v.Switches} }

// usageOf adds up the threads of processes; those that are gone count nothing.
func usageOf(pids []int) (sum usage) {
	for _, pid := range pids {
		tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
		for _, task := range tasks {
			if b, err := os.ReadFile(task + "/schedstat"); err == nil {
				if f := strings.Fields(string(b)); len(f) > 0 {
					ns, _ := strconv.ParseInt(f[0], 10, 64)
					sum.CPU += time.Duration(ns)
				}
			}
			if b, err := os.ReadFile(task + "/status"); err == nil {
				for line := range strings.Lines(string(b)) {
					if key, value, ok := strings.Cut(line, ":"); ok && strings.HasSuffix(key, "_ctxt_switches") {
						n, _ := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
						sum.Switches += n
					}
				}
			}
		}
	}
	return sum
}

// command returns the command name of a process.
func command(pid int) string {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	return strings.TrimSpace(string(b))
}

// cmdline returns the arguments of a process, joined by spaces.
func cmdline(pid int) string {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return strings.ReplaceAll(string(b), "\x00", " ")
}

// grain is the resolution of countWakeups. What a datagram or a timer sets off is over sooner, in all threads.
const grain = 5 * time.Millisecond

// countWakeups counts until done is closed how often processes, asleep with all their threads, began to run.
func countWakeups(pids []int, done <-chan struct{}) (n int64) {
	tick := time.NewTicker(grain)
	defer tick.Stop()
	last, ran := turns(pids), false
	for {
		select {
		case <-done:
			return n
		case <-tick.C:
		}
		now := turns(pids)
		if now != last && !ran {
			n++
		}
		ran, last = now != last, now
	}
}

// turns adds up how often the threads of processes were given a processor.
func turns(pids []int) (sum int64) {
	for _, pid := range pids {
		tasks, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
		for _, task := range tasks {
			b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/schedstat", pid, task.Name()))
			if f := strings.Fields(string(b)); len(f) == 3 {
				n, _ := strconv.ParseInt(f[2], 10, 64)
				sum += n
			}
		}
	}
	return sum
}
