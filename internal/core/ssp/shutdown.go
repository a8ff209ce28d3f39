package ssp

import "time"

// StartShutdown begins to end the session: from now on every instruction leads
// to the state Shutdown, with what is still unacknowledged. The local object is
// read a last time and must not change any more. Section 7.8.
func (t *Transport[L, R]) StartShutdown(now time.Time) {
	s := &t.out
	if s.closing {
		return
	}
	s.dirty = true
	s.refresh()
	s.closing, s.closeStart = true, now
	t.schedule(now)
}

// ShuttingDown reports whether StartShutdown was called.
func (t *Transport[L, R]) ShuttingDown() bool { return t.out.closing }

// ShutdownAcked reports that our shutdown has been acknowledged: the clean end.
func (t *Transport[L, R]) ShutdownAcked() bool { return t.out.sent[0].num == Shutdown }

// ShutdownGaveUp reports that our shutdown found no answer in 16 tries or 10 s.
func (t *Transport[L, R]) ShutdownGaveUp() bool { return t.out.gaveUp && !t.ShutdownAcked() }

// PeerShutdown reports that the peer shuts down and has been sent one acknowledgement.
func (t *Transport[L, R]) PeerShutdown() bool {
	return t.out.ackNum == Shutdown && t.out.ackSent == Shutdown
}

// noteGiveUp looks at the two limits of a shutdown.
func (s *sender[L]) noteGiveUp(now time.Time) {
	if s.closing && (s.closeTries >= shutdownTries || !now.Before(s.closeStart.Add(shutdownTime))) {
		s.gaveUp = true
	}
}
