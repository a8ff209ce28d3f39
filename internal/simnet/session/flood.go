package session

import (
	"bytes"
	"time"
)

// Flood is a program that writes without end until it is interrupted, then shows a prompt with the number of
// interruptions, and floods again after the next key.
type Flood struct {
	Every   time.Duration // between two writes
	Chunk   func() []byte // what is written
	stopped int
	running bool
}

// Input stops the flood for ^C and starts it for anything else.
func (f *Flood) Input(s *Session, b []byte) {
	switch {
	case bytes.IndexByte(b, 3) >= 0:
		if f.running {
			f.running = false
			f.stopped++
			s.After(300*time.Microsecond, func() { s.Output([]byte("^C\r\n$ " + f.mark())) })
		}
	case !f.running:
		f.running = true
		f.write(s)
	}
}

func (f *Flood) write(s *Session) {
	if f.running {
		s.Output(f.Chunk())
		s.After(f.Every, func() { f.write(s) })
	}
}

func (f *Flood) mark() string { return string(rune('A' + f.stopped%26)) }

// Interrupt floods, interrupts once after about d, waits for the prompt and does it again: n latencies.
func (s *Session) Interrupt(n int, every time.Duration, limit time.Duration) ([]time.Duration, error) {
	f := s.cfg.Program.(*Flood)
	if err := s.Run(2 * time.Second); err != nil {
		return nil, err
	}
	var out []time.Duration
	var since time.Time
	cycle := func() {
		s.Type("y")
		s.After(every+time.Duration(s.Rand().Int64N(int64(every/4))), func() { since = s.Now; s.Type("\x03") })
	}
	cycle()
	err := s.RunUntil(limit, func() bool {
		if !since.IsZero() && !f.running && s.prompt(f.mark()) {
			out = append(out, s.Now.Sub(since))
			since = time.Time{}
			s.After(time.Second, cycle)
			s.Watch.Forget()
		}
		return len(out) >= n
	})
	return out, err
}

// prompt says that the client shows it on the line of the cursor.
func (s *Session) prompt(mark string) bool {
	f := s.Client.Final()
	cells := f.Rows[f.Cursor.Row].Cells
	text := func(i int) string { return string(f.Interns.AppendContent(nil, cells[i].Content)) }
	return text(0) == "$" && text(2) == mark
}
