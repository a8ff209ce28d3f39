//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// baseline is the last committed result of the Go benchmarks.
const baseline = "bench/baseline.txt"

// microBenchmarks runs the Go benchmarks of all packages and shows them against the baseline.
func microBenchmarks(quick, save bool) error {
	count, length := "5", "50ms"
	if quick {
		count, length = "1", "10ms"
	}
	// Benchmarks of whole networks and of recorded sessions measure something else, and take minutes.
	cmd := exec.Command("go", "test", "-run", "^$", "-bench", ".", "-benchmem", "-count", count, "-benchtime", length,
		"./internal/core/...", "./internal/drive/...")
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	now := filepath.Join(dir, "now.txt")
	out, err := os.Create(now)
	if err != nil {
		return err
	}
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, os.Stderr
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(now)
		return fmt.Errorf("the benchmarks failed: %w\n%s", err, text)
	}
	if save {
		text, err := os.ReadFile(now)
		if err != nil {
			return err
		}
		return os.WriteFile(baseline, text, 0o644)
	}
	args := []string{"tool", "-modfile=tools/go.mod", "benchstat"}
	if _, err := os.Stat(baseline); err == nil {
		args = append(args, "baseline="+baseline)
	}
	stat := exec.Command("go", append(args, "now="+now)...)
	stat.Stdout, stat.Stderr = os.Stdout, os.Stderr
	return stat.Run()
}
