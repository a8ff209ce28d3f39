//go:build !windows && !linux

package pty

import (
	"errors"
	"os"
)

// self is the path to start this program again by.
func self() (string, error) { return os.Executable() }

func setTitle() {}

func closeRange(int) error { return errors.ErrUnsupported }

// unblock is for systems on which the mask of a thread was seen to be inherited.
func unblock() {}

// anyIgnored: it cannot be asked.
func anyIgnored([]os.Signal) bool { return true }
