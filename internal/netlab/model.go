package netlab

import (
	"math"
	"math/rand/v2"
	"net/netip"
	"time"
)

// model decides the fate of packets. It has no clock and does no I/O: times are durations since the link was made.
type model struct {
	cfg     Config
	seed    uint64
	dirs    [2]direction
	nat     *nat // nil without NAT
	cut     bool
	blocked map[netip.Addr]bool
	trace   func(Event)
	queue   schedule
	serial  uint64 // of queue entries, so that equal times keep their order
	free    [][]byte
}

type direction struct {
	path     Path
	flows    map[flow]*flowState
	all      Count
	bursts   *rand.Rand
	inBurst  bool
	turn     time.Duration // when inBurst changes
	idleAt   time.Duration // when everything queued at path.Rate will have left
	lastDue  time.Duration // of a packet in order
	dropNext int
}

// flow is what competes on the link: a server port with its transport. Everything else is flow{}.
type flow struct {
	proto uint8
	port  uint16
}

type flowState struct {
	rng *rand.Rand
	Count
}

func newModel(cfg Config) *model {
	m := &model{cfg: cfg, blocked: map[netip.Addr]bool{}}
	m.dirs[Up].path, m.dirs[Down].path = cfg.Up, cfg.Down
	for d := range m.dirs {
		m.dirs[d].flows = map[flow]*flowState{}
	}
	if cfg.NAT {
		m.nat = newNAT()
	}
	m.reseed(0, cfg.Seed)
	return m
}

// reseed starts all random sequences anew: the packets after it meet what the packets after the last reseed with the
// same seed met.
func (m *model) reseed(now time.Duration, seed uint64) {
	m.seed = seed
	for d := range m.dirs {
		dir := &m.dirs[d]
		for _, f := range dir.flows {
			f.rng = m.generator(Dir(d), 0)
		}
		dir.bursts = m.generator(Dir(d), 1)
		dir.inBurst, dir.turn = false, now+dir.gap()
	}
}

func (m *model) generator(d Dir, use uint64) *rand.Rand {
	return rand.New(rand.NewPCG(m.seed, uint64(d)<<8|use))
}

// gap draws the time between two bursts, so that bursts take BurstLoss of all time.
func (d *direction) gap() time.Duration {
	x := d.bursts.ExpFloat64()
	if d.path.BurstLoss <= 0 {
		return math.MaxInt64 / 4
	}
	return time.Duration(x * float64(d.path.BurstLen) * (1 - d.path.BurstLoss) / d.path.BurstLoss)
}

func (d *direction) burst(now time.Duration) bool {
	for now >= d.turn {
		d.inBurst = !d.inBurst
		if d.inBurst {
			d.turn += d.path.BurstLen
		} else {
			d.turn += d.gap()
		}
	}
	return d.inBurst
}

func (d *direction) flow(m *model, dir Dir, h header, b []byte) *flowState {
	var k flow
	if h.l4 != 0 {
		src, dst := h.ports(b)
		k = flow{h.proto, dst}
		if dir == Down {
			k.port = src
		}
	}
	f := d.flows[k]
	if f == nil {
		f = &flowState{rng: m.generator(dir, 0)}
		d.flows[k] = f
	}
	return f
}

// arrive takes in a packet that one end sent at now. b is only read (and rewritten) during the call.
func (m *model) arrive(now time.Duration, dir Dir, b []byte) {
	h, ok := parse(b)
	if !ok || h.dst.IsMulticast() {
		return
	}
	d := &m.dirs[dir]
	f := d.flow(m, dir, h, b)
	// Always the same number of draws for a packet, so that a changed Path does not shift the sequence.
	draw := [4]float64{f.rng.Float64(), f.rng.Float64(), f.rng.Float64(), f.rng.Float64()}
	fate := m.judge(now, dir, h, draw[0])
	due := now
	if fate == Delivered {
		fate, due = m.pass(now, dir, h, b, draw)
	}
	for _, c := range [...]*Count{&d.all, &f.Count} {
		c.Packets++
		c.Octets += int64(h.total)
		c.Payload += int64(h.payload(b))
		c.Fate[fate]++
	}
	if m.trace != nil {
		m.trace(Event{At: now, Due: due, Dir: dir, Fate: fate, Packet: b})
	}
}

// judge says what happens before the queue.
func (m *model) judge(now time.Duration, dir Dir, h header, draw float64) Fate {
	d := &m.dirs[dir]
	client := h.src
	if dir == Down {
		client = h.dst
	}
	burst := d.burst(now)
	switch {
	case m.cut:
		return Outage
	case d.path.Blackhole || m.blocked[client]:
		return Blackhole
	case d.dropNext > 0 && h.l4 != 0:
		d.dropNext--
		return Forced
	case burst:
		return Burst
	case draw < d.path.Loss:
		return Lost
	}
	return Delivered
}

// pass sends a packet through MTU, NAT and queue.
func (m *model) pass(now time.Duration, dir Dir, h header, b []byte, draw [4]float64) (Fate, time.Duration) {
	p := &m.dirs[dir].path
	big := p.MTU > 0 && h.total > p.MTU
	if big && p.Silent {
		return TooBig, now
	}
	if big && h.df {
		m.put(now, 1-dir, appendTooBig(nil, b, h, p.MTU))
		return TooBig, now
	}
	if m.nat != nil && h.l4 != 0 && !m.translate(dir, h, b) {
		return NoMapping, now
	}
	if !big {
		return m.enqueue(now, dir, h, b, draw)
	}
	fate, due := Delivered, now
	fragment(b, h, p.MTU, func(part []byte) {
		if fh, ok := parse(part); ok {
			fa, du := m.enqueue(now, dir, fh, part, draw)
			fate, due = max(fate, fa), max(due, du)
		}
	})
	return fate, due
}

func (m *model) translate(dir Dir, h header, b []byte) bool {
	src, dst := h.ports(b)
	if dir == Up {
		h.setPort(b, 0, m.nat.outside(socket{h.proto, h.src, src}))
		return true
	}
	port, ok := m.nat.inside(socket{h.proto, h.dst, dst})
	if ok {
		h.setPort(b, 2, port)
	}
	return ok
}

// enqueue sends a packet through the bottleneck and over the line.
func (m *model) enqueue(now time.Duration, dir Dir, h header, b []byte, draw [4]float64) (Fate, time.Duration) {
	d := &m.dirs[dir]
	p := &d.path
	leave := now
	if p.Rate > 0 {
		d.idleAt = max(d.idleAt, now)
		waiting := int(float64(d.idleAt-now) * float64(p.Rate) / 8e9)
		if p.Queue > 0 && waiting+h.total > p.Queue {
			return Overflow, now
		}
		if p.MarkAt > 0 && waiting >= p.MarkAt && h.ect {
			h.mark(b)
		}
		d.idleAt += time.Duration(float64(h.total) * 8e9 / float64(p.Rate))
		leave = d.idleAt
	}
	due := leave + p.Delay + time.Duration(draw[1]*float64(p.Jitter))
	if draw[2] < p.Reorder {
		due += p.ReorderBy
	} else {
		due = max(due, d.lastDue)
		d.lastDue = due
	}
	m.put(due, dir, b)
	if draw[3] < p.Duplicate {
		m.put(due, dir, b)
	}
	return Delivered, due
}

// put schedules a copy of b for delivery.
func (m *model) put(due time.Duration, dir Dir, b []byte) {
	var c []byte
	if n := len(m.free); n > 0 {
		c, m.free = m.free[n-1], m.free[:n-1]
	}
	m.serial++
	m.queue.push(entry{due: due, serial: m.serial, dir: dir, packet: append(c[:0], b...)})
}

// depart returns the next packet due by now. The caller gives the packet back with release.
func (m *model) depart(now time.Duration) (packet []byte, dir Dir, ok bool) {
	for len(m.queue) > 0 && m.queue[0].due <= now {
		e := m.queue.pop()
		if m.cut {
			m.release(e.packet)
			continue
		}
		return e.packet, e.dir, true
	}
	return nil, 0, false
}

func (m *model) release(packet []byte) { m.free = append(m.free, packet) }

// next returns when the next packet is due.
func (m *model) next() (time.Duration, bool) {
	if len(m.queue) == 0 {
		return 0, false
	}
	return m.queue[0].due, true
}
