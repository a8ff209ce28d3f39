// Package leak fails a package's tests when goroutines are left behind at their end.
// Every package that starts goroutines has
//
//	func TestMain(m *testing.M) { leak.Main(m) }
package leak

import (
	"testing"

	"go.uber.org/goleak"
)

// Main runs the tests of m, waits a moment for goroutines that are just ending,
// and exits with a failure that lists those which stay. It does not return.
func Main(m *testing.M) {
	goleak.VerifyTestMain(m)
}

// Check fails t at its end if goroutines that were not there when Check was called are still running.
func Check(t *testing.T) {
	known := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, known) })
}
