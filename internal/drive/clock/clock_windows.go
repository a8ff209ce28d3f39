package clock

import (
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// The interrupt time counts sleep, unlike the unbiased one (Windows 10 and later).
var interruptTime = windows.NewLazySystemDLL("api-ms-win-core-realtime-l1-1-1.dll").NewProc("QueryInterruptTimePrecise")

func elapsed() time.Duration {
	if interruptTime.Find() != nil {
		return sinceImport()
	}
	var t uint64 // in units of 100 ns
	_, _, _ = interruptTime.Call(uintptr(unsafe.Pointer(&t)))
	return time.Duration(t) * 100
}
