package datagram

// lossEstimate is a moving average over the gaps in the peer's sequence
// numbers. It decides nothing on stock's rules; policies above may read it.
type lossEstimate struct {
	share float64
	run   float64 // how many are lost in a row, moving average over the losses
}

const (
	// lossWeight makes the average forget over some 30 datagrams, a few seconds of typing. A guess.
	lossWeight = 1.0 / 32
	// lossGap is the longest gap that is taken for loss; a longer one is a peer that counts differently.
	lossGap = 64
)

// fresh takes a datagram that came after a gap of so many.
func (l *lossEstimate) fresh(gap uint64) {
	if gap > 0 {
		d := float64(min(gap, lossGap)) - l.run
		if d > 0 {
			l.run += d / 4
		} else {
			l.run += d / 12
		}
	}
	for range min(gap, lossGap) {
		l.share += (1 - l.share) * lossWeight
	}
	l.share -= l.share * lossWeight
}

// late takes back one that had been counted as lost; a duplicate makes the estimate a little too low.
func (l *lossEstimate) late() { l.share = max(0, l.share-lossWeight) }
