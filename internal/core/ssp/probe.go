package ssp

import "time"

// AppendProbe appends a datagram though nothing is due, so that its owner can find out whether a path
// works: what is not acknowledged yet, again, or an empty acknowledgement. To be answered within the peer's
// delayed ack and not at its next heartbeat, there must be something unacknowledged.
func (t *Transport[L, R]) AppendProbe(now time.Time, dst []Datagram) []Datagram {
	if !t.mayTransmit() {
		return dst
	}
	t.out.refresh()
	t.schedule(now)
	base := t.diffFromBase()
	if len(t.diff) > 0 {
		dst = t.sendState(now, dst, base)
	} else {
		dst = t.sendEmptyAck(now, dst, base, t.out.cur)
	}
	t.schedule(now)
	return dst
}
