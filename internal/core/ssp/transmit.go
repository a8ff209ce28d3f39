package ssp

import (
	"time"

	"mosh/internal/core/wire"
)

// AppendDatagrams appends what is to be sent at now; section 7.3. The octets
// of what it appends may lie in entries that dst once had beyond its length,
// so a caller that reuses dst must be done with them.
func (t *Transport[L, R]) AppendDatagrams(now time.Time, dst []Datagram) []Datagram {
	s := &t.out
	t.schedule(now)
	if !t.mayTransmit() {
		return dst
	}
	if !s.due(now) {
		return t.appendSizeProbe(now, dst)
	}
	if s.refresh() {
		t.schedule(now)
		if !s.due(now) {
			return dst
		}
	}
	dst = t.transmit(now, dst)
	t.ep.Expire(now)
	t.schedule(now)
	return dst
}

// appendSizeProbe appends a probe of the search if it is time for one and nothing else is to be sent.
func (t *Transport[L, R]) appendSizeProbe(now time.Time, dst []Datagram) []Datagram {
	r, s := &t.search, &t.out
	if !reached(now, r.due) {
		return dst
	}
	if r.size > 0 {
		r.expired(now)
	}
	size := r.size
	if size == 0 {
		size = r.next()
	}
	wait := t.ep.RTT().SRTT() + 4*t.ep.RTT().RTTVAR() + quickAck + 2*ackSlack
	switch {
	case size == 0:
		return dst
	case s.closing || s.dirty || s.pipe.slow(now) || !s.cur.Equal(s.sent[s.assumed].state):
		r.due = now.Add(wait) // there is something better to do
		return dst
	}
	t.probing = size
	dst = t.sendEmptyAck(now, dst, s.assumed, s.cur)
	r.sent(now, s.last().num, s.last().size, wait)
	t.schedule(now)
	return dst
}

// lookForHole decides how large the datagrams of the next instruction may be.
func (t *Transport[L, R]) lookForHole(now time.Time) {
	small := t.out.lookForHole(now, t.link(), t.search.on)
	t.packer.hole = small
	if small && t.search.on {
		t.out.hole.until = time.Time{} // the search tells when it is over
		t.search.shrank(now)
		t.packer.setFound(t.search.low)
	}
}

// transmit sends a diff, an empty acknowledgement, or nothing.
func (t *Transport[L, R]) transmit(now time.Time, dst []Datagram) []Datagram {
	s := &t.out
	if t.cfg.Policy == Own {
		s.limitFrame(now)
		t.lookForHole(now)
	}
	unsent := !s.cur.Equal(s.last().state)
	var base int
	if t.cfg.Policy == Own && !unsent && reached(now, s.sendDue) {
		base = s.repeatBase()
		t.diff = s.cur.AppendDiff(t.diff[:0], s.sent[base].state)
	} else {
		base = t.diffFromBase()
	}
	switch {
	case len(t.diff) > maxInstruction-1024:
		// The owner of the object is to see to it that this does not happen. A
		// heartbeat for the state that the peer is assumed to have is all that can be said.
		t.stats.Oversize++
		if reached(now, s.ackDue) {
			dst = t.sendEmptyAck(now, dst, base, s.sent[base].state)
		}
		s.firstChange = now.Add(heartbeat) // look again then, not at once
		return dst
	case len(t.diff) > 0 || unsent && reached(now, s.sendDue):
		// An empty diff with something unsent: the object is back at a state the
		// peer had before the last one sent. Stock says so only at the next heartbeat.
		return t.sendState(now, dst, base)
	case reached(now, s.ackDue):
		return t.sendEmptyAck(now, dst, base, s.cur)
	}
	if t.cfg.Policy == Own && !unsent {
		// The states differ in what no diff tells, such as a soft wrap that a receiver cannot be told of. There is
		// nothing to repeat: look again as after a repetition, not at once.
		e := s.lastData()
		e.at, s.prompt = now, false
		e.tries++
	}
	s.sendDue, s.firstChange = time.Time{}, time.Time{}
	return dst
}

// diffFromBase leaves the diff to send in t.diff and returns the index of the
// state it starts from: the assumed one, or the acknowledged one if that costs
// little more ("prospective resend").
func (t *Transport[L, R]) diffFromBase() int {
	s := &t.out
	t.diff = s.cur.AppendDiff(t.diff[:0], s.sent[s.assumed].state)
	if s.assumed == 0 {
		return 0
	}
	t.alt = s.cur.AppendDiff(t.alt[:0], s.sent[0].state)
	resend, plain := len(t.alt), len(t.diff)
	if resend <= plain || resend < resendAlways && resend-plain < resendDifference {
		t.diff, t.alt = t.alt, t.diff
		return 0
	}
	return s.assumed
}

// sendEmptyAck is EMPTY_ACK of section 7.4: a new number for a state that differs in nothing.
func (t *Transport[L, R]) sendEmptyAck(now time.Time, dst []Datagram, base int, state L) []Datagram {
	s := &t.out
	num := s.last().num + 1
	if s.closing {
		num = Shutdown
	}
	from := s.sent[base] // before append may delete it
	t.stats.EmptyAcks++
	dst, size := t.send(now, dst, &from, num, nil, false)
	s.append(sentState[L]{num: num, at: now, state: state, base: from.num, size: size, empty: true, window: from.window})
	return dst
}

// sendState is SEND of section 7.4: the last state again, or the next number.
func (t *Transport[L, R]) sendState(now time.Time, dst []Datagram, base int) []Datagram {
	s := &t.out
	last := s.last()
	num := last.num
	if s.closing {
		num = Shutdown
	} else if !s.cur.Equal(last.state) {
		num++
	}
	from := s.sent[base] // before append may delete it
	again := num == last.num
	if again {
		t.stats.Retransmits++
	}
	first := len(dst)
	dst, size := t.send(now, dst, &from, num, t.diff, again)
	largest := 0
	if len(dst) > first {
		largest = len(dst[first].B)
	}
	if again {
		last.window.unknown = last.window.unknown || last.base != from.num || t.windows && !last.window.endsWith(t.diff)
		last.at, last.size, last.base, last.empty = now, size, min(last.base, from.num), false
		last.tries++
	} else {
		e := sentState[L]{num: num, at: now, state: s.cur, base: from.num, size: size, large: isLarge(largest)}
		if t.windows {
			e.window = from.window.extend(t.diff)
		}
		s.append(e)
		s.noteFrame(now)
	}
	return dst
}

// window is what an instruction from base is compressed against, if anything.
func (t *Transport[L, R]) window(base *sentState[L], ins *wire.TransportInstruction) []byte {
	switch {
	case !t.windows || len(ins.Diff) == 0:
		return nil
	case base.window.unknown:
		ins.Fresh = true
		return nil
	case len(ins.Diff) < windowUse || len(ins.Diff) > longText:
		return nil
	}
	return base.window.octets()
}

// send is INSTRUCTION of section 7.4: compress, cut, seal, and note what has been said.
// It returns the sum of the octets.
func (t *Transport[L, R]) send(now time.Time, dst []Datagram, base *sentState[L], num uint64, diff []byte, again bool) ([]Datagram, int) {
	s := &t.out
	ins := wire.TransportInstruction{
		Version: wire.Version, Old: base.num, New: num,
		Ack: s.ackNum, Throwaway: s.sent[0].num, Diff: diff,
	}
	if t.cfg.Policy == Stock {
		ins.Chaff = t.packer.chaff(t.cfg.Rand, maxChaff)
	} else if again {
		// The same octets again, so that fragments of two transmissions make a whole.
		ins.Chaff = t.packer.previous.chaff[:t.packer.previous.chaffLen]
	} else {
		ins.Chaff = t.packer.chaff(t.cfg.Rand, ownChaff)
	}
	if now.Sub(t.probedAt) < probedLife {
		ins.Probed = t.probed
	}
	size, fragments := 0, []fragment(nil)
	probe := t.probing
	t.probing = 0
	if probe > 0 {
		fragments = t.packer.packProbe(t.cfg.Rand, &ins, probe)
	} else if fragments = t.packer.pack(&ins, t.window(base, &ins)); len(fragments) > 1 {
		t.search.want(now)
	}
	for _, f := range fragments {
		var d Datagram
		if len(dst) < cap(dst) {
			d = dst[:len(dst)+1][len(dst)]
		}
		d.To, d.Whole = t.ep.Remote(), probe > 0
		d.B, t.err = t.ep.AppendSeal(d.B[:0], now, t.packer.payload(f))
		if t.err != nil {
			break
		}
		size += len(d.B)
		dst = append(dst, d)
	}
	if num == Shutdown {
		s.closeTries++
	}
	s.wantAck, s.ackSoon, s.answerBeat, s.prompt = false, false, false, false
	s.owed, s.spoke = time.Time{}, now
	s.ackSent = s.ackNum
	s.ackDue, s.sendDue, s.firstChange = now.Add(heartbeat), time.Time{}, time.Time{}
	t.stats.InstructionsSent++
	return dst, size
}
