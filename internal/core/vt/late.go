package vt

// A flood is taken at once and carried out late: when somebody wants to see the screen, or when something comes that
// is more than plain lines. The most of it has been scrolled away then, see unseen.
const (
	lateMin = 1 << 10 // octets of a write that may begin a flood: more than people type, or programs paint, at once
	lateMax = 64 << 10
)

// later keeps p back if it is part of a flood of plain lines. Nothing that is told of a terminal but its frame can
// depend on them.
func (t *Terminal) later(p []byte) bool {
	if len(t.late) == 0 && (len(p) < lateMin || t.held != nil || !t.p.BetweenSequences()) {
		t.late = nil
		return false
	}
	if len(t.late)+len(p) > lateMax {
		t.catchUp()
		if len(p) > lateMax {
			return false
		}
	}
	if len(t.late) == 0 {
		if n := continuations(p); n > 0 && !t.p.Ground() { // let the flood begin with a whole character
			t.write(p[:n], 0, 0)
			if !t.later(p[n:]) {
				t.write(p[n:], 0, 0)
			}
			return true
		}
		n, lines := plainLines(p)
		if !mayBeRendition(p[n:]) {
			return false
		}
		t.late, t.known, t.lines = append(t.late, p...), n, lines
		return true
	}
	t.late = append(t.late, p...)
	n, lines := plainLines(t.late[t.known:])
	t.lines += lines
	if t.known += n; !mayBeRendition(t.late[t.known:]) {
		t.catchUp()
	}
	return true
}

// catchUp carries out what was kept back.
func (t *Terminal) catchUp() {
	p := t.late
	t.late = t.late[:0]
	t.write(p, t.known, t.lines)
}

// mayBeRendition says that p is nothing, or the beginning of an SGR that is cut.
func mayBeRendition(p []byte) bool {
	if len(p) > 0 && p[0] != 0x1b || len(p) > 1 && p[1] != '[' {
		return false
	}
	for _, c := range p[min(len(p), 2):] {
		if c < '0' || c > ';' {
			return false
		}
	}
	return true
}

// continuations is how many octets at the beginning of p, three at most, can only go on with a character.
func continuations(p []byte) (n int) {
	for n < min(len(p), 3) && continuation(p[n]) {
		n++
	}
	return n
}
