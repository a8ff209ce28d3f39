//go:build !(linux || darwin || freebsd || netbsd || openbsd || solaris || windows)

package clock

import "time"

func elapsed() time.Duration { return sinceImport() }
