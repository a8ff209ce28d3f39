//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// cpu returns the processor time of a process so far, all threads, those that have ended included. It reads the
// process's own clock, which counts in nanoseconds where /proc/PID/stat has ticks of 10 ms.
func cpu(pid int) time.Duration {
	const sched = 2 // CPUCLOCK_SCHED of the kernel's clock numbers: ~pid<<3 | kind
	var ts unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|sched), &ts); err != nil {
		return 0
	}
	return time.Duration(ts.Nano())
}

// field returns the number after a name at the start of a line of a file in /proc.
func field(b []byte, name string) int64 {
	for line := range bytes.Lines(b) {
		if rest, ok := bytes.CutPrefix(line, []byte(name)); ok {
			n, _ := strconv.ParseInt(strings.Fields(string(rest))[0], 10, 64)
			return n
		}
	}
	return 0
}

// grain is the resolution of wakeups. What a datagram or a timer sets off is over sooner, in all threads.
const grain = 5 * time.Millisecond

// wakeups counts until done is closed how often a process, asleep with all its threads, began to run.
func wakeups(pid int, done <-chan struct{}) (n int64) {
	tick := time.NewTicker(grain)
	defer tick.Stop()
	last, ran := turns(pid), false
	for {
		select {
		case <-done:
			return n
		case <-tick.C:
		}
		now := turns(pid)
		if now != last && !ran {
			n++
		}
		ran, last = now != last, now
	}
}

// turns adds up how often the threads of a process were given a processor.
func turns(pid int) (sum int64) {
	tasks, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	for _, t := range tasks {
		b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/schedstat", pid, t.Name()))
		if f := strings.Fields(string(b)); len(f) == 3 {
			n, _ := strconv.ParseInt(f[2], 10, 64)
			sum += n
		}
	}
	return sum
}

// memory is what a process takes of the machine, in kB.
type memory struct {
	PSS, Anonymous, Files int64
}

func memoryOf(pid int) memory {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return memory{}
	}
	return memory{PSS: field(b, "Pss:"), Anonymous: field(b, "Pss_Anon:"), Files: field(b, "Pss_File:")}
}

func descriptors(pid int) int64 {
	d, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	return int64(len(d))
}
