package session

import (
	"math/rand/v2"
	"slices"
	"time"

	"mosh/internal/core/datagram"
)

// Typist types one letter at a time into Echo, waits until it is on the screen, thinks, and types the next.
type Typist struct {
	s       *Session
	rand    *rand.Rand
	typed   int
	since   time.Time // of the letter that is awaited; zero: none
	Latency latencies
}

// latencies are sorted.
type latencies []time.Duration

// letters change from cell to cell and from line to line: lineLength is no multiple of their number.
const (
	letters    = "abcdefghijklmnopqrstuvwxyz!%&=?"
	lineLength = 60
)

// Typing types n letters after the session's first second, think apart, 60 to 240 ms as a fast typist, and
// gives up at limit. The latencies are sorted.
func (s *Session) Typing(n int, limit time.Duration) (*Typist, Cost, error) {
	t := &Typist{s: s, rand: rand.New(rand.NewPCG(s.cfg.Seed, 42))}
	if err := s.Run(2 * time.Second); err != nil {
		return t, Cost{}, err
	}
	before := s.cost()
	t.press()
	s.Watch.Forget()
	err := s.RunUntil(limit, func() bool {
		if !t.since.IsZero() && t.shown() {
			t.Latency = append(t.Latency, s.Now.Sub(t.since))
			t.since = time.Time{}
			s.After(think(t.rand), t.press)
		}
		return len(t.Latency) >= n
	})
	slices.Sort(t.Latency)
	return t, s.cost().less(before), err
}

// think is the pause before a key.
func think(r *rand.Rand) time.Duration {
	return 60*time.Millisecond + time.Duration(r.Int64N(int64(180*time.Millisecond)))
}

func (t *Typist) press() {
	keys := letters[t.typed%len(letters):][:1]
	if t.typed > 0 && t.typed%lineLength == 0 {
		keys = "\r" + keys
	}
	t.typed++
	t.since = t.s.Now
	t.s.Type(keys)
}

// shown says that the newest letter is on the client's screen.
func (t *Typist) shown() bool {
	i := t.typed - 1
	f := t.s.Client.Final()
	c := f.Rows[0].Cells[i%lineLength].Content
	return string(f.Interns.AppendContent(nil, c)) == letters[i%len(letters):][:1]
}

// Quantile of the latencies.
func (l latencies) Quantile(q float64) time.Duration {
	if len(l) == 0 {
		return 0
	}
	return l[min(len(l)-1, int(q*float64(len(l))))]
}

// Mean of the latencies.
func (l latencies) Mean() time.Duration {
	var sum time.Duration
	for _, d := range l {
		sum += d
	}
	return sum / time.Duration(max(1, len(l)))
}

// Cost is what went over the network, both ways.
type Cost struct{ Up, Down, Octets int } // datagrams each way; octets with the headers of IPv4 and UDP

func (s *Session) cost() Cost {
	up, down := s.Datagrams(datagram.ToServer), s.Datagrams(datagram.ToClient)
	return Cost{up, down, s.Octets(datagram.ToServer) + s.Octets(datagram.ToClient) + 28*(up+down)}
}

func (c Cost) less(o Cost) Cost { return Cost{c.Up - o.Up, c.Down - o.Down, c.Octets - o.Octets} }
