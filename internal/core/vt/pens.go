package vt

// savedPen is an entry of the stack of XTPUSHSGR.
type savedPen struct {
	pen   Rendition
	extra Extra
}

const maxPenStack = 10 // as in xterm

// pens is XTPUSHSGR and XTPOPSGR. It says whether f is one. The parameters, which attributes are meant, are not
// looked at: all are.
func (t *Terminal) pens(f uint32) bool {
	switch f {
	case hash | '{', hash | 'p':
		if s := t.penStack; len(s) < maxPenStack {
			t.penStack = append(append([]savedPen(nil), s...), savedPen{t.pen, t.extra})
		}
	case hash | '}', hash | 'q':
		if n := len(t.penStack) - 1; n >= 0 {
			s := t.penStack[n]
			t.penStack = t.penStack[:n:n]
			link := t.extra.Link
			t.pen = s.pen
			t.setExtra(Extra{s.extra.UnderlineColor, link})
		}
	default:
		return false
	}
	return true
}
