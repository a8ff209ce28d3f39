//go:build !windows && !linux

package daemon

import (
	"errors"
	"os"
)

func self() (string, error) { return os.Executable() }

func setTitle() {}

// undumpable: the core limit is all there is.
func undumpable() error { return nil }

func closeRange(int) error { return errors.ErrUnsupported }

// wipeEnv: other users cannot read the environment of a process on these systems.
func wipeEnv(string) {}
