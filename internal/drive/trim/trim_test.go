package trim

import (
	"testing"
	"time"
)

func TestTrimmerWaitsForQuiet(t *testing.T) {
	var tr Trimmer
	now := time.Unix(1000, 0)
	tr.Worked(now, 0)
	if !tr.NextTimeout().IsZero() {
		t.Error("due before any work")
	}
	tr.Worked(now, 1)
	if got := tr.NextTimeout(); !got.Equal(now.Add(quiet)) {
		t.Errorf("due at %v", got)
	}
	tr.Worked(now.Add(time.Second), 1)
	tr.Tick(now.Add(quiet))
	if tr.NextTimeout().IsZero() || tr.started {
		t.Error("trimmed while there was work")
	}
	tr.Tick(now.Add(time.Second + quiet))
	if !tr.NextTimeout().IsZero() || !tr.started {
		t.Error("not trimmed when quiet after the start")
	}
}
