// Package trim gives memory back to the system when a loop has become quiet after much work. A shell that is
// always open waits nearly all its life; what a flood of output made the heap grow by must not stay.
package trim

import (
	"runtime/debug"
	"time"
)

const (
	// quiet is the pause after which a loop counts as idle.
	quiet = 2 * time.Second
	// enough is how much work, in octets, makes it worth while in any case.
	enough = 256 << 10
	// growth is how many octets the process may take beyond what it had after the last time.
	growth = 512 << 10
)

// Trimmer follows the work of one loop. The zero value is ready, and takes the start of a program for much work: what
// only that needs must not stay either.
type Trimmer struct {
	work    int
	started bool // and was trimmed once
	held    int  // by the process after the last time, in octets
	due     time.Time
}

// Worked notes n octets of work at now.
func (t *Trimmer) Worked(now time.Time, n int) {
	if n == 0 {
		return
	}
	t.work += n
	t.due = now.Add(quiet)
}

// NextTimeout is when Tick has something to do; zero if never.
func (t *Trimmer) NextTimeout() time.Time { return t.due }

// Tick returns memory to the system if the loop has been quiet for long enough at now and there is much to return.
func (t *Trimmer) Tick(now time.Time) {
	if t.due.IsZero() || now.Before(t.due) {
		return
	}
	much := t.work >= enough || t.started && memory() > t.held+growth
	t.work, t.due = 0, time.Time{}
	if much { // a collection of little costs more room than it gives back
		debug.FreeOSMemory()
	}
	if much || !t.started {
		dropProgram()
		t.started, t.held = true, memory()
	}
}
