package server

import "time"

// Limits of what is known of answers. docs/network.md, Frames.
const (
	// splitGap separates two pieces of one answer from two answers.
	splitGap = 10 * time.Millisecond
	// splitWait is the quiet to wait for where answers come in pieces.
	splitWait = 3 * time.Millisecond
	// splitOften is the share of answers in pieces from which on it is waited for.
	splitOften = 0.25

	// An echo ack that has nothing to go with waits for it so that it still arrives within echoAckAge of the
	// key: with it a client judges predictions, and after 250 ms it thinks that the path has stalled.
	echoAckAge     = 220 * time.Millisecond
	echoAckWaitMax = 130 * time.Millisecond
)

// splitOutput learns whether the program answers a key in one piece. Most write the echo in one go, and it
// can leave at once; some editors and line editors draw in several, which shall not become several frames.
type splitOutput struct {
	asked, first time.Time // the newest input; the first output after it
	split        bool      // of this answer, a second piece was seen
	share        float64   // of answers in pieces, moving average
}

func (s *splitOutput) input(now time.Time) { *s = splitOutput{asked: now, share: s.share} }

func (s *splitOutput) output(now time.Time) {
	switch {
	case s.asked.IsZero() || now.Sub(s.asked) > 5*splitGap:
	case s.first.IsZero():
		s.first = now
		s.share -= s.share / 16
	case !s.split && now.Sub(s.first) < splitGap:
		s.split = true
		s.share += 1.0 / 16
	}
}

// answerWait is how long the program must be quiet before the first frame of its answer to these keys leaves.
func (s *Session) answerWait(keys []byte) time.Duration {
	s.split.input(s.now)
	if len(keys) == 1 && keys[0] >= ' ' && s.split.share < splitOften {
		return 0
	}
	return splitWait
}

// lazyEcho is until when a changed echo ack may wait for a frame that carries it.
func (p *peer) lazyEcho(now time.Time) time.Time {
	return now.Add(min(echoAckWaitMax, max(0, echoAckAge-echoDelay-p.transport.SRTT())))
}
