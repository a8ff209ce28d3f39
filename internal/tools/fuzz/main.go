// Command fuzz runs every fuzz target of the module, one after the other, each for the same time.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

func main() {
	each := flag.Duration("time", 30*time.Second, "how long to run each target")
	flag.Parse()
	if err := run(*each); err != nil {
		fmt.Fprintln(os.Stderr, "fuzz:", err)
		os.Exit(1)
	}
}

func run(each time.Duration) error {
	packages, err := output("go", "list", "./...")
	if err != nil {
		return err
	}
	for pkg := range strings.FieldsSeq(packages) {
		targets, err := output("go", "test", "-list", "^Fuzz", pkg)
		if err != nil {
			return err
		}
		for line := range strings.SplitSeq(targets, "\n") {
			if !strings.HasPrefix(line, "Fuzz") {
				continue
			}
			fmt.Printf("%s %s\n", pkg, line)
			cmd := exec.Command("go", "test", "-run", "^$", "-fuzz", "^"+line+"$", "-fuzztime", each.String(), pkg)
			cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
			if err := cmd.Run(); err != nil {
				return fmt.Errorf("%s %s found something: %w", pkg, line, err)
			}
		}
	}
	return nil
}

func output(name string, args ...string) (string, error) {
	var stdout bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = &stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return stdout.String(), nil
}
