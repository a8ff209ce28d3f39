package netlab

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

const prefix = "netlab"

// ownTag returns the beginning of a name for this process: netlab-PID-STARTTIME-RANDOM. The start time tells a process
// from a later one with the same id.
func ownTag() (string, error) {
	start, err := startTime(os.Getpid())
	return fmt.Sprintf("%s-%d-%s-%s", prefix, os.Getpid(), start, rand.Text()[:6]), err
}

// sweep removes the namespaces of processes that are no more.
func sweep() error {
	entries, err := os.ReadDir(nsDir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("looking for stale namespaces: %w", err)
	}
	var errs []error
	for _, e := range entries {
		part := strings.Split(e.Name(), "-")
		if len(part) != 5 || part[0] != prefix {
			continue
		}
		pid, err := strconv.Atoi(part[1])
		if err != nil {
			continue
		}
		if start, err := startTime(pid); err == nil && start == part[2] && !isZombie(pid) {
			continue
		}
		if err := (&Host{Name: e.Name()}).remove(); err != nil {
			if _, gone := os.Stat(nsDir + "/" + e.Name()); gone == nil { // else another process swept it first
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}

// procStat returns the fields of /proc/PID/stat from the state (field 3) on.
func procStat(pid int) ([]string, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil, err
	}
	// The command name in parentheses may contain anything.
	f := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
	if len(f) < 20 {
		return nil, fmt.Errorf("/proc/%d/stat has %d fields", pid, len(f))
	}
	return f, nil
}

func startTime(pid int) (string, error) {
	f, err := procStat(pid)
	if err != nil {
		return "", err
	}
	return f[19], nil
}

func isZombie(pid int) bool {
	f, err := procStat(pid)
	return err != nil || f[0] == "Z" || f[0] == "X"
}
