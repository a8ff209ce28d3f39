package daemon

import (
	"os/signal"
	"syscall"
)

// IgnoreHangup lets this process go on when the one that started it says that it ends.
func IgnoreHangup() { signal.Ignore(syscall.SIGHUP) }
