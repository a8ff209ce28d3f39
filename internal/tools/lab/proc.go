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
	CPU     time.Duration
	Wakeups int64 // context switches of all threads, voluntary or not
}

func (u usage) sub(v usage) usage { return usage{u.CPU - v.CPU, u.Wakeups - v.Wakeups} }
func (u usage) add(v usage) usage { return usage{u.CPU + v.CPU, u.Wakeups + v.Wakeups} }

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
						sum.Wakeups += n
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
