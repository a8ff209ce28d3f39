package vt

import (
	"time"

	"mosh/internal/core/vtparse"
	"mosh/internal/core/width"
)

// Options are what a Terminal is told when it is made.
type Options struct {
	// Widths gives the columns of single code points, for a peer that counts as stock mosh does
	// (spec/terminal.md, 3.1). Nil is our own rule: grapheme clusters.
	Widths *width.Table
	// Receiver says that the terminal decodes the host bytes of a peer: it never answers queries, never
	// holds a snapshot back, and takes a backspace after the last column as stock mosh means it (5.9).
	Receiver bool
}

// Terminal is an emulator with xterm's behaviour. It must be made with New and copied with Clone.
type Terminal struct {
	o             Options
	p             vtparse.Parser
	width, height int

	screen          // the active one
	other    screen // the inactive one: the alternate, unless modes.Alternate
	epoch    uint64 // grows with each snapshot and clone; rows of this epoch are ours alone
	interns  *Interns
	internAt uint64 // steps when the tables were last rewritten
	scratch  []*Row // for rotations
	steps    uint64 // cells touched; shows that work is linear in the input
	cur      Cursor
	pen      Rendition
	extra    Extra // what pen.Extra stands for
	widths   width.Table
	cluster  width.Cluster // of the cell at join; zero is not known
	join     int           // column in the cursor's row of the last printed cell; -1 if the cursor was moved since
	last     rune          // last graphic character, for REP; zero is none
	margins  margins
	tabs     tabs
	charsets charsets
	modes    Modes
	flags    flags
	xtsaved  map[int]bool // XTSAVE; replaced, never written

	title, icon string
	titleSet    bool
	bells       uint64
	clipboard   Clipboard
	colors      *Colors
	titleStack  []titles   // replaced, never written
	penStack    []savedPen // the same
	strip       []Cell     // for copies within rows

	directory     string
	notifications []Notification // the newest; replaced, never written
	notified      uint64         // serial of the last
	partial       Notification   // OSC 99 whose parts have not all come
	progress      Progress
	mark          Mark
	markRow       int

	defaults Defaults
	replies  []byte

	now   time.Time // of the Write in progress
	snap  *Frame    // the newest snapshot
	dirty bool      // something was written since
	held  *Frame    // what Snapshot returns while 2026 is set
	until time.Time // end of that

	taken   uint64 // octets of all writes
	late    []byte // octets written that wait to be carried out, see later
	known   int    // how many of them are known to be plain lines
	lines   int    // how many lines that is
	heldMax uint64 // what taken may grow to before held is let go
}

// screen is what the primary and the alternate screen have each for themselves.
type screen struct {
	rows  []*Row // height rows
	store []*Row // what rows is a window of, see push; nil at first
	saved savedCursor
	keys  keyStack
}

// flags are the modes that stay inside the emulator.
type flags struct {
	origin      bool // DECOM
	autowrap    bool // DECAWM
	insert      bool // IRM
	newline     bool // LNM
	reverseWrap bool // 45
	columns     bool // 40: DECCOLM is obeyed
	keepOnCOLM  bool // DECNCSM 95: DECCOLM does not clear
	leftRight   bool // DECLRMM 69
	guarded     bool // SPA was used since DECSCA: plain erasure spares protected cells too
	inBandSize  bool // 2048
	areaExact   bool // DECSACE: attributes are changed in rectangles, not in streams
}

// maxSide bounds width and height, so that a peer cannot make us reserve any amount of memory.
const maxSide = 4096

// SyncLimit is how long mode 2026 may hold a snapshot back, and SyncOctets how much a program may write
// meanwhile: a 400x120 screen with colours of its own for each character is 2 MiB.
const (
	SyncLimit  = 500 * time.Millisecond
	SyncOctets = 2 << 20
)

// maxReplies bounds the answers that wait for AppendReplies, in octets.
const maxReplies = 64 << 10

// New returns a terminal after power-up. Sizes below 1 and above 4096 are clamped.
func New(w, h int, o Options) *Terminal {
	t := &Terminal{o: o, width: clampSide(w), height: clampSide(h), epoch: 1, interns: NewInterns()}
	t.widths = width.Unicode17
	if o.Widths != nil {
		t.widths = *o.Widths
	}
	t.reset()
	return t
}

func clampSide(n int) int { return min(max(n, 1), maxSide) }

// SetWidths changes how columns are counted from now on, when a peer has said what it can do.
func (t *Terminal) SetWidths(w width.Table) {
	t.catchUp()
	t.widths = w
}

// Size returns width and height in cells.
func (t *Terminal) Size() (width, height int) { return t.width, t.height }

// Modes returns the modes in force.
func (t *Terminal) Modes() Modes { return t.modes }

// AppCursor says that cursor keys send application sequences (DECCKM).
func (t *Terminal) AppCursor() bool { return t.modes.AppCursor }

// Write feeds what a program wrote, or a peer's host bytes. p is only read during the call; a sequence or
// character that is cut at its end goes on in the next call. now starts the limit of mode 2026.
func (t *Terminal) Write(now time.Time, p []byte) {
	if len(p) == 0 {
		return
	}
	t.now, t.dirty = now, true
	if !t.later(p) {
		t.write(p, 0, 0)
	}
}

// write carries out p, which begins with known octets of plain lines.
func (t *Terminal) write(p []byte, known, lines int) {
	rest, pause := len(p), 64 // when unseen is asked next: ever more rarely, where there are no plain lines
	for len(p) > 0 {
		if len(p) <= rest {
			n, looked := t.unseen(p, known, lines)
			known, lines = 0, 0
			if rest = len(p) - 1; looked > 0 {
				rest = len(p) - max(looked, pause)
				pause = min(2*pause, 1024)
			}
			t.taken += uint64(n)
			p = p[n:]
		}
		if n := t.plain(p); n > 0 {
			t.taken += uint64(n)
			p = p[n:]
			continue
		}
		k, n := t.p.Next(p)
		p = p[n:]
		t.taken += uint64(n)
		switch k {
		case vtparse.Text:
			t.printText(t.p.Text())
			continue
		case vtparse.Rune:
			t.printRune(t.p.Rune())
			continue
		case vtparse.Execute:
			t.execute(t.p.Byte())
		case vtparse.Control:
			t.control()
		case vtparse.Escape:
			t.escape()
		case vtparse.OSC:
			t.command()
		case vtparse.DCS:
			t.deviceControl()
		case vtparse.String:
			t.stringControl()
		}
		if k != vtparse.None {
			t.last = 0
		}
	}
	if !t.holds() {
		t.held = nil
	}
}

// AppendReplies appends the answers to the queries since the last call to dst; they are meant for the
// program's input.
func (t *Terminal) AppendReplies(dst []byte) []byte {
	dst = append(dst, t.replies...)
	t.replies = t.replies[:0]
	return dst
}

// reply queues an answer. A receiver has nobody to answer to; a program that never reads its answers loses
// the later ones.
func (t *Terminal) reply(s string) {
	if t.o.Receiver || len(t.replies)+len(s) > maxReplies {
		return
	}
	t.replies = append(t.replies, s...)
}

// Clone returns an independent copy in the same state, parser included. Rows are shared until written.
func (t *Terminal) Clone() *Terminal {
	t.catchUp()
	t.epoch++
	c := *t
	c.p = t.p.Clone()
	c.screen, c.other, c.scratch, c.strip, c.late = t.screen.clone(), t.other.clone(), nil, nil, nil
	c.replies = append([]byte(nil), t.replies...)
	return &c
}

func (s *screen) clone() screen {
	c := *s
	c.rows, c.store = append([]*Row(nil), s.rows...), nil
	return c
}
