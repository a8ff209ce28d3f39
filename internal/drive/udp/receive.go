package udp

import (
	"errors"
	"net"
	"time"
)

// errorPause is how long the reader rests after an error that is not about one datagram, as stock's server does
// (spec/protocol.md, 4.4): an error that stays must not keep a core busy.
const errorPause = 100 * time.Millisecond

// receive reads until the socket is closed.
func (s *Socket) receive() {
	b := &Batch{Path: s.path, free: make(chan struct{}, 1)}
	rx := newReceiver(s)
	for {
		b.Datagrams, b.Err, b.Dropped = b.Datagrams[:0], nil, 0
		rx.read(b)
		if b.Err != nil && errors.Is(b.Err, net.ErrClosed) {
			return
		}
		if len(b.Datagrams) == 0 && b.Err == nil && b.Dropped == 0 {
			continue
		}
		select {
		case s.events <- b:
		case <-s.closed:
			return
		}
		select {
		case <-b.free:
		case <-s.closed:
			return
		}
		if b.Err != nil && !isICMP(b.Err) && !s.pause(errorPause) {
			return
		}
	}
}

// pause waits for d and reports whether the socket is still open.
func (s *Socket) pause(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-s.closed:
		return false
	}
}
