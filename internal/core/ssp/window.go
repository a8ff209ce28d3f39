package ssp

import (
	"bytes"
	"slices"
)

const (
	// windowLimit is how much of the diffs that led to a state is remembered with it, in octets.
	windowLimit = 4 << 10
	// windowUse is the least diff that is compressed against it: the name of the state alone takes four octets.
	windowUse = 24
)

// window is the end of the diffs that led to a state, oldest first: what own peers with the feature window compress the
// next diff against (preset dictionary, RFC 1950). Both ends derive it from the same diffs. The zero value is empty.
//
// Windows are immutable. Those of a chain of states share one log, which only grows; who would write where another
// window already has written begins a new one.
type window struct {
	log        *[]byte
	start, end int
	unknown    bool // the peer's may be another: the state was sent from more than one base
}

func (w window) octets() []byte {
	if w.log == nil {
		return nil
	}
	return (*w.log)[w.start:w.end:w.end]
}

// extend returns the window after diff. What follows an unknown window begins anew, and the peer is told so.
func (w window) extend(diff []byte) window {
	switch {
	case len(diff) == 0:
		return w
	case w.unknown:
		w = window{}
	}
	diff = diff[max(0, len(diff)-windowLimit):]
	if w.log == nil || w.end != len(*w.log) || cap(*w.log)-w.end < len(diff) {
		old := w.octets()
		old = old[max(0, len(old)+len(diff)-windowLimit):]
		log := slices.Grow([]byte(nil), min(3*windowLimit, 4*(len(old)+len(diff))))
		log = append(log, old...)
		w = window{log: &log, end: len(log)}
	}
	*w.log = append(*w.log, diff...)
	w.end += len(diff)
	w.start = max(w.start, w.end-windowLimit)
	return w
}

// endsWith says that diff, or its end, is the end of the window.
func (w window) endsWith(diff []byte) bool {
	return bytes.HasSuffix(w.octets(), diff[max(0, len(diff)-windowLimit):])
}

// window returns the window of the state whose number ends in these 32 bits; ok is false if there is none.
func (r *receiver[R]) window(name uint32) (num uint64, w window, ok bool) {
	for i := range slices.Backward(r.queue) {
		if e := &r.queue[i]; uint32(e.num) == name {
			return e.num, e.window, true
		}
	}
	return 0, window{}, false
}
