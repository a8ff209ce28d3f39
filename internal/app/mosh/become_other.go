//go:build !unix

package mosh

import (
	"errors"
	"os/exec"
)

// proxyWorks: there is no such shell, so the address comes from the server and from the name.
const proxyWorks = false

// become runs another program on our terminal and waits for it, where a process cannot be replaced.
func become(p Process, path string, argv, environ []string) (int, error) {
	cmd := exec.Command(path)
	cmd.Args, cmd.Env = argv, environ
	cmd.Stdin, cmd.Stdout, cmd.Stderr = p.Stdin, p.Stdout, p.Stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), nil
	}
	return 0, err
}
