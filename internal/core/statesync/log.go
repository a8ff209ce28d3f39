package statesync

import (
	"slices"
	"sort"

	"mosh/internal/core/wire"
)

// Size is a window size in cells, both at least 1.
type Size struct{ Width, Height int }

// Event is something the user did: typed octets, changed the window size, or, as the very first event of
// an own client, said hello; or what his terminal said. Exactly one field is set.
type Event struct {
	Keys     []byte
	Resize   *Size
	Hello    *wire.Hello
	Terminal *wire.Terminal
}

// length is how many positions of the log the event takes: one an octet, one for anything else.
func (e *Event) length() uint64 {
	if e.Keys != nil {
		return uint64(len(e.Keys))
	}
	return 1
}

// InputLog is the user's input since the start of the session, by absolute position: an octet, a resize
// and a hello take one position each. What both ends know may be trimmed from its front.
type InputLog struct {
	segments []segment
	base     uint64 // position of the first event still held
	end      uint64
	spare    []byte // room of keys that were trimmed, for the next
}

// spareRoom is how much room is kept for keys when others are trimmed, in octets: enough for typing, not for a paste.
const spareRoom = 1 << 10

type segment struct {
	start uint64
	Event
}

// End returns the position after the newest event.
func (l *InputLog) End() uint64 { return l.end }

// AppendKeys adds typed octets; b is copied.
func (l *InputLog) AppendKeys(b []byte) {
	if len(b) == 0 {
		return
	}
	if n := len(l.segments); n > 0 && l.segments[n-1].Keys != nil {
		l.segments[n-1].Keys = append(l.segments[n-1].Keys, b...)
	} else {
		l.segments = append(l.segments, segment{l.end, Event{Keys: append(l.spare, b...)}})
		l.spare = nil
	}
	l.end += uint64(len(b))
}

// AppendResize adds a change of the window size.
func (l *InputLog) AppendResize(r Size) { l.appendOne(Event{Resize: &r}) }

// AppendHello adds the client's hello.
func (l *InputLog) AppendHello(h wire.Hello) { l.appendOne(Event{Hello: &h}) }

// AppendTerminal adds what the user's terminal said.
func (l *InputLog) AppendTerminal(t wire.Terminal) { l.appendOne(Event{Terminal: &t}) }

func (l *InputLog) appendOne(e Event) {
	l.segments = append(l.segments, segment{l.end, e})
	l.end++
}

// Trim forgets the events before position p.
func (l *InputLog) Trim(p uint64) {
	p = min(p, l.end)
	if p <= l.base {
		return
	}
	l.base = p
	n := sort.Search(len(l.segments), func(i int) bool {
		return l.segments[i].start+l.segments[i].length() > p
	})
	if n > 0 && cap(l.segments[n-1].Keys) <= spareRoom {
		l.spare = l.segments[n-1].Keys[:0]
	}
	l.segments = slices.Delete(l.segments, 0, n)
	if len(l.segments) > 0 && l.segments[0].start < p {
		s := &l.segments[0]
		room := s.Keys[:0]
		if cap(room) > spareRoom {
			room = nil
		}
		s.Keys = append(room, s.Keys[p-s.start:]...)
		s.start = p
	}
}

// Events calls f for the events from position from to position to, in order; octets come in runs.
// f must not keep a run. Positions before the trimmed front are passed over.
func (l *InputLog) Events(from, to uint64, f func(Event)) {
	i := sort.Search(len(l.segments), func(i int) bool {
		return l.segments[i].start+l.segments[i].length() > from
	})
	for ; i < len(l.segments) && l.segments[i].start < to; i++ {
		s := l.segments[i]
		if s.Keys != nil {
			lo, hi := max(from, s.start), min(to, s.start+s.length())
			f(Event{Keys: s.Keys[lo-s.start : hi-s.start]})
			continue
		}
		f(s.Event)
	}
}
