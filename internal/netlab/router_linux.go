package netlab

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// The router must be exact to a fraction of a millisecond on a busy machine, without spinning: its own thread, real
// time priority where allowed, and the kernel's high-resolution timers without slack.
const (
	realtimePriority = 10
	batch            = 64      // packets read from one end before the schedule is looked at again
	largestPacket    = 1 << 16 // octets

	// A thread runs some time after its timer (measured here: 0.1 ms in the median, in a virtual machine). The router
	// learns that time and asks to be woken so much earlier, which puts the median error near 0. A longer one is a
	// busy machine and not learned.
	longestLead = 200 * time.Microsecond
	punctual    = 300 * time.Microsecond // error from which a delivery counts as late
)

// Punctuality says how exact the link was, for the reader of a measurement.
type Punctuality struct {
	Delivered, Late int64 // packets, and those of them delivered more than 0.3 ms late
	Latest          time.Duration
}

func (p *Punctuality) count(late time.Duration) {
	p.Delivered++
	if late > punctual {
		p.Late++
	}
	p.Latest = max(p.Latest, late)
}

// Punctuality returns the figures since the link was made.
func (l *Link) Punctuality() Punctuality {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.punctuality
}

// route moves packets until the link is closed.
func (l *Link) route() {
	defer close(l.ended)
	// Never unlocked: the thread has a priority of its own and ends with this goroutine.
	runtime.LockOSThread()
	unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0)
	attr := unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_FIFO, Priority: realtimePriority,
		Flags: unix.SCHED_FLAG_RESET_ON_FORK}
	if unix.SchedSetAttr(0, &attr, 0) != nil {
		unix.Setpriority(unix.PRIO_PROCESS, 0, -20)
	}
	fds := []unix.PollFd{{Fd: int32(l.tun[Up]), Events: unix.POLLIN}, {Fd: int32(l.tun[Down]), Events: unix.POLLIN},
		{Fd: int32(l.wake), Events: unix.POLLIN}}
	b := make([]byte, largestPacket)
	var lead time.Duration
	for {
		wait, wakeAt := l.deliver(lead)
		n, err := unix.Ppoll(fds, wait, nil)
		if n == 0 {
			late := min(max(0, time.Since(l.start)-wakeAt), longestLead)
			lead += (late - lead) / 8
		}
		if err != nil && err != unix.EINTR || fds[2].Revents != 0 {
			return
		}
		if n <= 0 {
			continue
		}
		for d := Up; d <= Down; d++ {
			if fds[d].Revents&unix.POLLIN != 0 {
				l.take(d, b)
			}
		}
	}
}

// deliver writes what is due, or will be within lead, and returns for how long and until when to wait then; nil is
// for ever.
func (l *Link) deliver(lead time.Duration) (wait *unix.Timespec, wakeAt time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		now := time.Since(l.start)
		due, _ := l.model.next()
		packet, dir, ok := l.model.depart(now + lead)
		if !ok {
			break
		}
		l.punctuality.count(now - due)
		unix.Write(l.tun[1-dir], packet) // an interface that is down loses it, as it should
		l.model.release(packet)
	}
	due, ok := l.model.next()
	if !ok {
		return nil, 0
	}
	wakeAt = due - lead
	ts := unix.NsecToTimespec(int64(max(0, wakeAt-time.Since(l.start))))
	return &ts, wakeAt
}

// take reads what one end has sent.
func (l *Link) take(d Dir, b []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for range batch {
		n, err := unix.Read(l.tun[d], b)
		if err != nil {
			return
		}
		l.model.arrive(time.Since(l.start), d, b[:n])
	}
}
