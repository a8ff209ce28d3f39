package display

import (
	"strconv"
	"strings"
	"time"

	"mosh/internal/core/vt"
)

// Probe asks the user's terminal what it can do and takes the answers out of the keyboard's octets, so that
// none of them ever reaches the host as typed text. Every octet of the keyboard goes through Filter.
//
// DA1 is asked last: every terminal answers it, and answers come in the order of the questions, so that
// after it nothing else is waited for but colours, which some terminals have to fetch.
//
// After any call the caller arms a timer for NextTimeout and then calls Filter, if only with no input.
type Probe struct {
	caps    Caps
	answers Answers

	held   []byte    // the beginning of what may be an answer
	since  time.Time // when the last octet of held came
	until  time.Time // answers are looked for up to then; zero is not at all
	decide time.Time // Caps is final then, whatever comes; zero is already
}

// Answers are what the terminal said; zero values are no answer.
type Answers struct {
	Attributes             []int    // DA1
	Name                   string   // XTVERSION
	Foreground, Background vt.Color // OSC 10, 11
	Kitty                  bool     // the terminal has the kitty keyboard protocol
	Sync, Clusters         ModeAnswer
}

// ModeAnswer is the Ps of DECRPM.
type ModeAnswer uint8

// The answers of DECRPM.
const (
	ModeNotKnown ModeAnswer = iota
	ModeIsSet
	ModeIsReset
	ModeAlwaysSet
	ModeAlwaysReset
)

// What a person typed must not wait long for being no answer; an answer that has begun will go on. All
// three are guesses: a terminal answers within milliseconds unless it is itself at the end of a slow line.
const (
	keyWait    = 100 * time.Millisecond // an escape that may have been typed
	probeWait  = time.Second            // until Caps is taken as it is
	answerWait = 20 * time.Second       // until answers are not looked for any more
)

// maxAnswer bounds the octets of one answer; what is longer is none.
const maxAnswer = 512

// NewProbe returns a probe of a terminal of which c is known already.
func NewProbe(c Caps) *Probe { return &Probe{caps: c} }

// AppendQueries appends the questions, to be written to the terminal after AppendOpen. A terminal that may
// print what it does not know is not asked.
func (p *Probe) AppendQueries(now time.Time, dst []byte) []byte {
	if !p.caps.OSC {
		return dst
	}
	p.until, p.decide = now.Add(answerWait), now.Add(probeWait)
	return append(dst, csi+"?u"+csi+">q"+csi+"?2026$p"+csi+"?2027$p"+esc+"]10;?\a"+esc+"]11;?\a"+csi+"c"...)
}

// Filter appends what of in was typed to dst and keeps what the terminal answered. in is only read.
func (p *Probe) Filter(now time.Time, in, dst []byte) []byte {
	dst = p.expire(now, dst)
	if p.until.IsZero() {
		return append(dst, in...)
	}
	for i, c := range in {
		if p.until.IsZero() {
			return append(dst, in[i:]...)
		}
		if len(p.held) == 0 && c != 0x1b {
			dst = append(dst, c)
			continue
		}
		if c == 0x1b && !p.mayEnd() {
			// A new sequence begins: what was held is no answer.
			dst = p.release(dst)
		}
		p.held = append(p.held, c)
		p.since = now
		switch p.look() {
		case whole:
			p.take(now)
			p.held = p.held[:0]
		case other:
			dst = p.release(dst)
		}
	}
	return dst
}

// NextTimeout is when Filter has to be called again, if nothing was typed until then: the zero time if never.
func (p *Probe) NextTimeout() time.Time {
	next := p.decide // nothing is to be done when answers are not looked for any more
	if len(p.held) > 0 {
		if t := p.heldUntil(); next.IsZero() || t.Before(next) {
			next = t
		}
	}
	return next
}

// Settled says that Caps will not change any more.
func (p *Probe) Settled() bool { return p.decide.IsZero() }

// Answers returns what the terminal has said up to now.
func (p *Probe) Answers() Answers { return p.answers }

// expire ends what has waited long enough.
func (p *Probe) expire(now time.Time, dst []byte) []byte {
	if !p.decide.IsZero() && !now.Before(p.decide) {
		p.decide = time.Time{}
	}
	if len(p.held) > 0 && !now.Before(p.heldUntil()) {
		if p.certain() {
			p.held = p.held[:0] // an answer that broke off
		} else {
			dst = p.release(dst)
		}
	}
	if !p.until.IsZero() && !now.Before(p.until) {
		p.until = time.Time{}
		if !p.certain() {
			dst = p.release(dst)
		}
		p.held = p.held[:0]
	}
	return dst
}

func (p *Probe) release(dst []byte) []byte {
	dst = append(dst, p.held...)
	p.held = p.held[:0]
	return dst
}

func (p *Probe) heldUntil() time.Time {
	if p.certain() {
		return p.since.Add(probeWait)
	}
	return p.since.Add(keyWait)
}

// certain says that no key sends what is held: it is an answer, even if it never ends.
func (p *Probe) certain() bool {
	return len(p.held) >= 3 && p.look() == begun
}

// mayEnd says that an ESC may be the beginning of ST for the string that is held.
func (p *Probe) mayEnd() bool {
	return len(p.held) >= 3 && (p.held[1] == 'P' || p.held[1] == ']')
}

type match uint8

const (
	other match = iota // no answer
	begun              // the beginning of one
	whole
)

// look says what the held octets are. They begin with ESC.
func (p *Probe) look() match {
	h := p.held
	if len(h) < 2 {
		return begun
	}
	switch h[1] {
	case '[':
		return lookControl(h[2:])
	case 'P':
		return lookString(h[2:], ">|")
	case ']':
		m := lookString(h[2:], "10;rgb")
		if m == other {
			m = lookString(h[2:], "11;rgb")
		}
		return m
	}
	return other
}

// lookControl knows ? params c (DA1), ? params u (kitty) and ? params $ y (DECRPM).
func lookControl(b []byte) match {
	if len(b) == 0 {
		return begun
	}
	if b[0] != '?' || len(b) > maxAnswer {
		return other
	}
	for i, c := range b[1:] {
		switch {
		case c >= '0' && c <= '9' || c == ';':
		case c == '$' && i > 0:
			switch rest := b[i+2:]; {
			case len(rest) == 0:
				return begun
			case rest[0] == 'y':
				return whole
			}
			return other
		case (c == 'c' || c == 'u') && i > 0:
			return whole
		default:
			return other
		}
	}
	return begun
}

// lookString knows a string that begins with prefix and ends with BEL or ST.
func lookString(b []byte, prefix string) match {
	n := min(len(b), len(prefix))
	if string(b[:n]) != prefix[:n] || len(b) > maxAnswer {
		return other
	}
	if len(b) == n {
		return begun
	}
	switch last := b[len(b)-1]; {
	case last == '\a', last == '\\' && b[len(b)-2] == 0x1b:
		return whole
	case b[len(b)-2] == 0x1b:
		return other
	}
	return begun
}

// take reads the held answer.
func (p *Probe) take(now time.Time) {
	body := string(p.held[2:])
	switch p.held[1] {
	case 'P':
		p.answers.Name = printable(strings.TrimSuffix(strings.TrimSuffix(body[2:], "\x1b\\"), "\a"))
	case ']':
		p.takeColor(body)
	case '[':
		p.takeControl(now, body[1:])
	}
	a := &p.answers
	if a.Attributes != nil && a.Foreground != 0 && a.Background != 0 {
		p.until = time.Time{}
	}
}

func (p *Probe) takeControl(now time.Time, body string) {
	params, final := body[:len(body)-1], body[len(body)-1]
	switch final {
	case 'u':
		p.answers.Kitty = true
	case 'y':
		mode, state, _ := strings.Cut(strings.TrimSuffix(params, "$"), ";")
		n, err := strconv.ParseUint(state, 10, 8)
		if err != nil || n > uint64(ModeAlwaysReset) {
			return
		}
		switch mode {
		case "2026":
			p.answers.Sync = ModeAnswer(n)
		case "2027":
			p.answers.Clusters = ModeAnswer(n)
		}
	case 'c':
		p.answers.Attributes = []int{}
		for s := range strings.SplitSeq(params, ";") {
			if n, err := strconv.Atoi(s); err == nil {
				p.answers.Attributes = append(p.answers.Attributes, n)
			}
		}
		p.decide = time.Time{}
		if end := now.Add(probeWait); end.Before(p.until) {
			p.until = end // colours only
		}
	}
}

// takeColor reads 10;rgb:hhhh/hhhh/hhhh or 11;rgb..., also with one to three digits and as rgba.
func (p *Probe) takeColor(body string) {
	_, values, _ := strings.Cut(body, ":")
	values = strings.TrimRight(values, "\a\x1b\\")
	var v [3]uint8
	for i := range v {
		var s string
		s, values, _ = strings.Cut(values, "/")
		n, err := strconv.ParseUint(s, 16, 16)
		if err != nil {
			return
		}
		v[i] = uint8(n * 255 / (1<<(4*len(s)) - 1))
	}
	c := vt.DirectColor(v[0], v[1], v[2])
	if strings.HasPrefix(body, "10;") {
		p.answers.Foreground = c
	} else {
		p.answers.Background = c
	}
}

// printable returns s without controls, for people to read.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f {
			return -1
		}
		return r
	}, s)
}

// richNames are the terminals, by the beginning of XTVERSION's answer in lower case, that are known to have
// links and the styles and colours of underlines, all in the colon form. tmux has them if its own terminal
// does, and drops them if not.
var richNames = [...]string{
	"kitty", "foot", "wezterm", "ghostty", "contour", "iterm2", "mintty", "tmux", "vte(", "alacritty", "konsole", "rio",
}

// Caps returns what is known of the terminal now.
func (p *Probe) Caps() Caps {
	c, a := p.caps, &p.answers
	c.Sync = c.Sync || a.Sync == ModeIsSet || a.Sync == ModeIsReset
	c.Clusters = a.Clusters == ModeIsReset
	c.Kitty = c.Kitty || a.Kitty
	name := strings.ToLower(a.Name)
	for _, s := range richNames {
		if strings.HasPrefix(name, s) {
			c.Underlines, c.Links = true, true
		}
	}
	return c
}
