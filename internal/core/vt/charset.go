package vt

// charsets are the designated character sets and the shifts between them. The zero value is ASCII.
type charsets struct {
	g      [4]byte // final of the designation; zero is ASCII
	gl     byte    // which of g is in GL
	single byte    // single shift pending: 2 or 3; zero is none
}

// plain says that GL is ASCII, so that text needs no translation.
func (c *charsets) plain() bool { return c.single == 0 && (c.g[c.gl] == 0 || c.g[c.gl] == 'B') }

// printMapped translates a run by the set in GL. What it leaves to print as it is, it returns.
func (t *Terminal) printMapped(p []byte) []byte { return p }

// designate is SCS and the locking and single shifts; f is the function of the escape sequence.
func (t *Terminal) designate(f uint32) {}
