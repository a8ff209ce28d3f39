//go:build linux

package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// floor builds internal/tools/floor as our programs are built and returns its path.
func (b *bench) floor() (string, error) {
	file := filepath.Join(b.dir, "floor")
	if _, err := os.Stat(file); err == nil {
		return file, nil
	}
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", file, "mosh/internal/tools/floor")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the floor program (run the bench in the repository): %w: %s", err, out)
	}
	return file, nil
}

// floorFootprint is the memory of programs that wait at a pty and a socket. There is one kind: what stands in the rows
// of servers stands in those of clients.
func floorFootprint(b *bench) (map[string]float64, error) {
	file, err := b.floor()
	if err != nil {
		return nil, err
	}
	var pids []int
	var all []*exec.Cmd
	defer func() {
		for _, cmd := range all {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	}()
	more := func(n int) error {
		for len(pids) < n {
			cmd := exec.Command(file, "-wait")
			out, err := cmd.StdoutPipe()
			if err != nil {
				return err
			}
			if err := cmd.Start(); err != nil {
				return err
			}
			pids = append(pids, cmd.Process.Pid)
			all = append(all, cmd)
			if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
				return fmt.Errorf("the floor program does not say that it is ready: %w", err)
			}
		}
		time.Sleep(b.settle)
		return nil
	}
	r := map[string]float64{}
	for _, step := range []struct {
		n     int
		names []string
	}{{1, []string{"memory-one"}}, {b.few, []string{"memory-server-few", "memory-client-few"}}, {b.many, []string{"memory-server", "memory-client"}}} {
		if err := more(step.n); err != nil {
			return nil, err
		}
		m := meanOf(pids)
		for _, name := range step.names {
			r[name] = m.PSS
			if step.n == b.many {
				r[name+"-dirty"] = m.own
			}
		}
	}
	return r, nil
}

// startNothing is how long it takes to start a program that ends at once: what the system, and the language's runtime,
// take of every start.
func startNothing(b *bench, x side) (map[string]float64, error) {
	args := []string{filepath.Join(x.dir, "mosh-server"), "--version"}
	if x.Name == "floor" {
		file, err := b.floor()
		if err != nil {
			return nil, err
		}
		args = []string{file}
	}
	var samples []float64
	for range 50 {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Env = environment()
		start := time.Now()
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%v: %w: %s", args, err, out)
		}
		samples = append(samples, 1000*time.Since(start).Seconds())
	}
	return map[string]float64{"exec": spreadOf(samples).Median}, nil
}
