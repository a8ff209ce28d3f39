//go:build linux && !race

package trim

import (
	"testing"
	"time"
)

// What the heap has grown by goes back, however little was shown meanwhile. The race detector keeps memory of its own
// for each octet, so that this is not to be seen under it.
func TestTrimmerGivesBack(t *testing.T) {
	var tr Trimmer
	now := time.Unix(1000, 0)
	tr.Worked(now, enough)
	tr.Tick(now.Add(quiet))
	var keep [][]byte
	for range 64 {
		p := make([]byte, 128<<10)
		for i := range p {
			p[i] = 1 // memory is what was touched
		}
		keep = append(keep, p)
	}
	full := memory()
	if full < tr.held+growth {
		t.Fatalf("%d octets for %d", full, len(keep)*len(keep[0]))
	}
	clear(keep)
	tr.Worked(now, 1)
	tr.Tick(now.Add(quiet))
	if left := memory(); left > full-(4<<20) {
		t.Errorf("%d octets before, %d after", full, left)
	}
}
