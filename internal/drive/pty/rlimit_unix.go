//go:build !windows && !freebsd

package pty

import "golang.org/x/sys/unix"

func setSoft(l *unix.Rlimit, soft uint64) { l.Cur = min(soft, l.Max) }
