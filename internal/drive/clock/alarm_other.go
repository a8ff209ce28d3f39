//go:build !linux

package clock

import "time"

// kernelTimer is for systems whose timers can be waited for like a file.
func kernelTimer(func()) (set func(time.Duration), stop func(), ok bool) { return nil, nil, false }
