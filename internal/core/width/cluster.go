package width

// Cluster is what has to be known of a cluster to tell whether the next code point joins it. The zero
// Cluster is that of no text: nothing joins it but what combines.
type Cluster uint8

const (
	started   Cluster = 1 << iota // something is in it
	wide                          // it takes two columns
	pictured                      // a pictograph and marks only: skin tones and ZWJ are welcome
	joining                       // the same and ZWJ: so is another pictograph
	flagged                       // one regional indicator
	textStyle                     // one character that U+FE0F makes an emoji
)

// Open says that a character may join c that is Simple otherwise.
func (c Cluster) Open() bool { return c&joining != 0 }

// Next takes r after the cluster c. If joined, r belongs to c and columns is what the two take together;
// it may have grown from one to two, and never shrinks. Otherwise columns is the width of r alone, zero if
// it combines and there is nothing to join, and never negative: what a table does not know takes the columns
// of Unicode17, what is a control none. next is the cluster to go on with.
func (t Table) Next(c Cluster, r rune) (columns int, joined bool, next Cluster) {
	if r < 0x7f && r >= 0x20 {
		if r > '9' || t != Unicode17 {
			return 1, false, started
		}
	}
	p := property(r)
	w := t.columns(p)
	if w < 0 {
		w = max(0, Unicode17.columns(p))
	}
	if w == 0 {
		return t.combine(c, r)
	}
	if t == Unicode17 && c&(pictured|joining|flagged) != 0 && continues(c, r, p) {
		next = started | wide
		if p&pictograph != 0 || c&(pictured|joining) == pictured {
			next |= pictured
		}
		return 2, true, next
	}
	return w, false, t.start(w, r, p)
}

// start returns the cluster of r alone.
func (t Table) start(w int, r rune, p byte) Cluster {
	c := started
	if w == 2 {
		c |= wide
	}
	if t != Unicode17 {
		return c
	}
	if p&pictograph != 0 {
		c |= pictured
	}
	if p&textEmoji != 0 && w == 1 {
		c |= textStyle
	}
	if regional(r) {
		c |= flagged
	}
	return c
}

// continues says that r, which has columns of its own, belongs to c.
func continues(c Cluster, r rune, p byte) bool {
	switch {
	case c&joining != 0 && p&pictograph != 0: // UAX #29, GB11
		return true
	case c&pictured != 0 && modifier(r): // GB9, Emoji_Modifier is Extend
		return true
	case c&flagged != 0 && regional(r): // GB12, GB13
		return true
	}
	return false
}

// combine joins r, which has no columns, to c.
func (t Table) combine(c Cluster, r rune) (columns int, joined bool, next Cluster) {
	if c == 0 {
		return 0, false, 0
	}
	next = c &^ (joining | flagged | textStyle)
	if c&joining != 0 {
		next &^= pictured
	}
	switch {
	case r == 0x200d && next&pictured != 0:
		next |= joining
	case r == 0xfe0f && c&textStyle != 0:
		next |= wide
	}
	if next&wide != 0 {
		return 2, true, next
	}
	return 1, true, next
}

// ClusterOf returns the cluster that s is, to go on with after the cursor came back to it.
func (t Table) ClusterOf(s string) (c Cluster) {
	for _, r := range s {
		_, _, c = t.Next(c, r)
	}
	return c
}

func regional(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }

func modifier(r rune) bool { return r >= 0x1f3fb && r <= 0x1f3ff }
