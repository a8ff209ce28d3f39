package leak

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { Main(m) }

// TestBites shows that a goroutine left behind is seen.
func TestBites(t *testing.T) {
	known := goleak.IgnoreCurrent()
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() { <-stop; close(done) }()
	if err := goleak.Find(known); err == nil {
		t.Error("a goroutine was left running and not found")
	}
	close(stop)
	<-done
	if err := goleak.Find(known); err != nil {
		t.Error(err)
	}
}
