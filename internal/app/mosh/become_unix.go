//go:build unix

package mosh

import (
	"os"
	"syscall"
)

// proxyWorks: ssh runs a ProxyCommand with a shell that reads our quotes.
const proxyWorks = true

// become replaces the launcher by another program. It returns only if that fails.
func become(_ Process, path string, argv, environ []string) (int, error) {
	return 0, os.NewSyscallError("execve", syscall.Exec(path, argv, environ))
}
