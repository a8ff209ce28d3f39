package notice

import (
	"fmt"
	"strings"
	"time"
)

// Status is what the status line tells on demand. Zero fields are left out.
type Status struct {
	RTT     time.Duration // smoothed
	Loss    float64       // share of datagrams lost on the way here, 0 to 1; below 0 is unknown
	Contact time.Time     // when the newest server state came
	Shown   int           // keys shown before they were confirmed
	Keys    int           // keys typed
	Wrong   int           // predictions taken back
	Peer    string        // the other end's program and address
}

// Text returns the line.
func (s Status) Text(now time.Time) string {
	var parts []string
	add := func(format string, a ...any) { parts = append(parts, fmt.Sprintf(format, a...)) }
	if s.RTT > 0 {
		add("RTT %d ms", s.RTT.Milliseconds())
	}
	if s.Loss >= 0 {
		add("loss %.0f %%", 100*s.Loss)
	}
	if !s.Contact.IsZero() {
		add("contact %s ago", elapsed(now.Sub(s.Contact), "s"))
	}
	if s.Keys > 0 {
		add("%d keys, %d predicted, %d wrong", s.Keys, s.Shown, s.Wrong)
	}
	if s.Peer != "" {
		add("%s", s.Peer)
	}
	if len(parts) == 0 {
		return "Nothing is known about the connection yet."
	}
	return strings.Join(parts, ", ") + "."
}
