package statesync

import (
	"errors"
	"fmt"

	"mosh/internal/core/wire"
)

// UserInput is a snapshot of the user's input as its sender holds it: the events of Log before End.
type UserInput struct {
	Log *InputLog
	End uint64
}

// window is how many positions a snapshot may be ahead of what the peer acknowledged: an instruction takes
// 4 MiB at most and is sent again whole when it is lost, so a large paste goes in pieces.
const window = 128 << 10

// Snapshot returns what may be sent of the log when the peer has acknowledged acked, which is trimmed from it.
// more says that the rest has to wait for the next acknowledgement.
func (l *InputLog) Snapshot(acked UserInput) (u UserInput, more bool) {
	l.Trim(acked.End)
	end := min(l.end, acked.End+window)
	return UserInput{Log: l, End: end}, end < l.end
}

// Equal says that u and o hold the same events; both are of one log.
func (u UserInput) Equal(o UserInput) bool { return u.End == o.End }

// AppendDiff appends the UserMessage that takes base to u. The hello comes last, after what stock
// peers know (docs/extensions.md).
func (u UserInput) AppendDiff(dst []byte, base UserInput) []byte {
	var hello *wire.Hello
	u.Log.Events(base.End, u.End, func(e Event) {
		switch {
		case e.Keys != nil:
			dst = wire.AppendKeystroke(dst, e.Keys)
		case e.Resize != nil:
			dst = wire.AppendResize(dst, e.Resize.Width, e.Resize.Height)
		case e.Terminal != nil: // only ever to a server that has said that it knows this
			dst = wire.AppendExtension(dst, wire.Extension{Terminal: e.Terminal})
		default:
			hello = e.Hello
		}
	})
	if hello != nil {
		dst = wire.AppendExtension(dst, wire.Extension{Hello: hello})
	}
	return dst
}

// errInputFull refuses a client state while the program does not read; the client repeats it.
var errInputFull = errors.New("user input: the program does not read; not accepted for now")

// RemoteInput is the user's input as its receiver holds it. All states of a session share one log, of
// which each is a prefix.
type RemoteInput struct {
	Log *InputLog
	End uint64
	// Room is how many more positions the log may take beyond End of the log at this moment.
	Room func() int
}

// Apply returns the state that diff, a UserMessage, leads to. Events that the log has already, by way of
// another base, are not added again.
func (r RemoteInput) Apply(diff []byte) (RemoteInput, error) {
	var room [4]Event
	events, err := appendEvents(room[:0], wire.UserMessage(diff))
	if err != nil {
		return r, fmt.Errorf("applying user input: %w", err)
	}
	total := uint64(0)
	for i := range events {
		total += events[i].length()
	}
	next := RemoteInput{Log: r.Log, End: r.End + total, Room: r.Room}
	if next.End > r.Log.End() && next.End-r.Log.End() > uint64(r.Room()) {
		return r, errInputFull
	}
	have := r.Log.End() - r.End
	for _, e := range events {
		n := e.length()
		if have >= n {
			have -= n
			continue
		}
		r.Log.add(e, have)
		have = 0
	}
	return next, nil
}

// add appends e without its first skip positions.
func (l *InputLog) add(e Event, skip uint64) {
	switch {
	case e.Keys != nil:
		l.AppendKeys(e.Keys[skip:])
	default:
		l.appendOne(e)
	}
}

// appendEvents appends the events of m to none. A hello comes first, whatever its place: it was the first event.
// Keys alias m.
func appendEvents(events []Event, m wire.UserMessage) ([]Event, error) {
	for ins, err := range m.Instructions() {
		if err != nil {
			return nil, err
		}
		switch ins.Kind {
		case wire.Keystroke:
			if len(ins.Bytes) > 0 {
				events = append(events, Event{Keys: ins.Bytes})
			}
		case wire.Resize:
			events = append(events, Event{Resize: &Size{ins.Width, ins.Height}})
		case wire.Extended:
			if h := ins.Extension.Hello; h != nil {
				events = append([]Event{{Hello: h}}, events...)
			}
			if t := ins.Extension.Terminal; t != nil {
				events = append(events, Event{Terminal: t})
			}
		}
	}
	return events, nil
}
