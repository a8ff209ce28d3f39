package display

import (
	"strings"
	"testing"
)

// A wrap that is pending is not carried to another row: for tmux, VPA, CUU, CUD and LF leave it pending, and what is then
// printed in the last row scrolls the screen away.
func TestMoveFromEdge(t *testing.T) {
	for _, row := range []int{0, 3, 5, 23} {
		w := writer{width: 80, row: 4, col: 79, rowKnown: true, colKnown: true, edge: true}
		w.move(row, 79, true)
		if got := string(w.dst); !strings.Contains(got, "80") {
			t.Errorf("to row %d: %q does not say the column", row, got)
		}
	}
}
