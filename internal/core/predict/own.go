package predict

import (
	"math/bits"
	"slices"
	"time"

	"mosh/internal/core/vt"
	"mosh/internal/core/width"
)

// own is our engine. It keeps the keys whose effect the newest frame does not show yet, and does them again to each new
// frame: docs/prediction.md.
//
// Keys are done to the anchor, the newest frame of which it is known which keys it contains. A key of which nobody
// knows what the application makes of it is opaque: keys after it have no place until a frame with its answer came.
type own struct {
	policy    *policy
	stats     *Stats
	overwrite bool
	now       time.Time
	parser    keyParser
	lastText  bool // the newest key was a character
	widths    width.Table

	server  *vt.Frame // newest
	anchor  *vt.Frame
	soft    uint64 // the anchor may still lack effects of this client state; zero: it is certain
	lost    bool   // no frame is known to contain a certain set of keys
	settled bool   // the newest frame is the anchor, or agrees with it

	ops    []op
	placed int   // of ops: done to tip
	tip    sheet // the anchor with the placed keys
	work   sheet // for judging
	view   sheet // for painting
	spare  sheet // for comparing what a key may do
	other  sheet

	echoAck, acked uint64
	ackedAt        time.Time // when acked last grew
	behind         time.Time // since when the host is slower than the echo ack; zero: it is not
	past           past

	epoch     uint64 // of the keys typed now
	confirmed uint64 // newest epoch whose keys may be shown
	barriers  [32]barrier

	tty    ttyState
	still  time.Time // since when the cursor, the text before it and the tty's state have stayed as they are
	hush   bool      // the row asks for a secret
	line   uint64    // number of the line being typed: Enter starts a new one
	echoed uint64    // newest line of which the host echoed something

	promptLine uint64 // newest line that was typed at a known prompt
	aheadOf    uint64 // line in which ahead counts the echoed characters
	ahead      int

	prompts  promptBook
	prompt   int // family of the prompt in the anchor's row, zero if none
	start    int // its width
	lessons  lessonBook
	tails    tails
	sampling *lessonKey // the opaque key whose answer is awaited
	before   sheet      // what it was typed into

	beforeEpoch uint64 // that the key typed into before began
}

// op is a key that is not confirmed.
type op struct {
	key     key
	model   model  // what it is taken to do
	models  uint32 // modelLearnt: the candidates that are possible
	prompt  int    // where it was learnt
	content vt.Content
	width   int
	joins   bool   // it may belong to the character before it, which was typed right before
	state   uint64 // client state that carries it
	at      time.Time
	epoch   uint64
	line    uint64
	shown   bool

	fresh    bool // its effect can be seen to appear; known once it is placed
	row, col int  // cursor before it, when placed
}

// barrier is the key that started an epoch.
type barrier struct {
	epoch  uint64
	key    key
	judged bool // a character after it was seen to be echoed or not
	failed bool // a prediction was wrong: nothing is shown before one came true
}

type ttyState struct{ known, echo, canonical bool }

// options are what the effect of a key depends on.
type options struct {
	overwrite       bool
	tails           tails
	whole           bool // all of a row's text moves together
	start, startRow int  // end of the prompt; startRow is -1 if there is none
}

// maxOps bounds the keys that wait. More are typed into a dead link only.
const maxOps = 256

func newOwn(p *policy, st *Stats, overwrite bool) own {
	return own{policy: p, stats: st, overwrite: overwrite, epoch: 1, line: 1, lessons: newLessonBook()}
}

func (o *own) setTTY(known, echo, canonical bool) {
	if t := (ttyState{known, echo, canonical}); t != o.tty {
		o.tty = t
		o.still = time.Time{}
	}
}

// secret says that the host reads a line that it does not echo.
func (o *own) secret() bool { return o.tty.known && !o.tty.echo && o.tty.canonical }

// cooked says that the kernel itself echoes what is typed.
func (o *own) cooked() bool { return o.tty.known && o.tty.echo && o.tty.canonical }

func (o *own) reset() {
	o.ops = o.ops[:0]
	o.anchor, o.server = nil, nil
	o.past = past{}
	o.soft, o.lost, o.sampling, o.behind = 0, false, nil, time.Time{}
	o.placed = 0
	o.newEpoch(key{kind: kindOther})
}

// restart takes f as the first frame, or as the first of a new size.
func (o *own) restart(f *vt.Frame) {
	o.reset()
	o.server = f
	o.setAnchor(f)
}

func (o *own) newEpoch(k key) {
	o.epoch++
	o.barriers[o.epoch%uint64(len(o.barriers))] = barrier{epoch: o.epoch, key: k}
}

// barrierOf returns what started epoch e; nil if that is forgotten.
func (o *own) barrierOf(e uint64) *barrier {
	if b := &o.barriers[e%uint64(len(o.barriers))]; b.epoch == e {
		return b
	}
	return nil
}

func (o *own) keys(now time.Time, b []byte, sent uint64, server *vt.Frame) {
	o.now = now
	if o.server == nil {
		o.restart(server)
	}
	if len(o.ops) == 0 && o.cooked() {
		o.trust(o.soft == 0)
	}
	o.parser.read(now)
	for i, c := range b {
		k, ok := o.parser.next(c, i == len(b)-1)
		if !ok || len(b) > bulk {
			continue
		}
		if o.parser.resumed {
			o.takeBackEscape()
			o.parser.resumed = false
		}
		o.stats.Keys++
		o.key(k, sent+1)
	}
	if len(b) > bulk {
		o.key(key{kind: kindPaste, r: bulk}, sent+1)
	}
}

// takeBackEscape forgets the Escape key that turned out to be the start of another one.
func (o *own) takeBackEscape() {
	if n := len(o.ops); n > 0 && o.ops[n-1].key.kind == kindEscape {
		o.ops = o.ops[:n-1]
		o.placed = min(o.placed, n-1)
		o.epoch--
	}
}

// key predicts one key, which travels in client state x.
func (o *own) key(k key, x uint64) {
	if len(o.ops) >= maxOps {
		o.ops, o.placed = append(o.ops[:0], o.ops[len(o.ops)-1]), 0
		o.ops[0].model = modelNone
	}
	p := op{key: k, state: x, at: o.now}
	o.choose(&p)
	if p.model != modelNone && o.placed == len(o.ops) && !o.place(&o.tip, &p) {
		p.model = modelNone
		o.replace() // a key that fails half done must leave no trace
	}
	if p.model == modelNone {
		o.newEpoch(k)
	}
	p.epoch, p.line = o.epoch, o.line
	if p.model == modelNone && isEnter(k) {
		if o.prompt > 0 {
			o.promptLine = o.line
		}
		o.line++
	}
	if p.model != modelNone {
		o.stats.Predicted++
		if o.placed == len(o.ops) {
			o.placed++
			p.shown = o.visible(&p) && o.policy.show()
		}
	}
	if p.shown {
		o.stats.Shown++
	}
	o.lastText = k.kind == kindText
	o.ops = append(o.ops, p)
}

// choose sets what k is taken to do.
func (o *own) choose(p *op) {
	if o.secret() || o.hush {
		return
	}
	if p.key.kind != kindText {
		if r := p.key.r; p.key.kind != kindControl || r != 0x0D && r != 0x0A || o.fullScreen() {
			p.models, p.prompt = o.lessons.models(o.prompt, p.key), o.prompt
			if p.models != 0 {
				p.model = modelLearnt
			}
		}
		return
	}
	p.joins = o.lastText && p.key.r > 0xFF
	p.width = o.widths.Rune(p.key.r)
	switch p.width {
	case 1, 2:
		p.model, p.content = modelInsert, vt.RuneContent(p.key.r, p.width == 2)
	case 0:
		p.model = modelCombine
	}
}

// fullScreen says that a program has the screen for itself: there is text below the cursor, or it is the alternate
// screen. There Enter starts no program that would ask for a password in an empty row.
func (o *own) fullScreen() bool {
	f := o.anchor
	if f.Modes.Alternate {
		return true
	}
	for r := f.Cursor.Row + 1; r < f.Height; r++ {
		if run(f.Rows[r].Cells, 0, true) > 0 {
			return true
		}
	}
	return false
}

// visible says that p may be painted, if predictions are painted at all.
func (o *own) visible(p *op) bool {
	if o.hush || o.secret() {
		return false
	}
	return p.epoch <= o.confirmed || o.policy.preference == Experimental
}

// options returns what is known about the anchor's row.
func (o *own) options() options {
	opt := options{overwrite: o.overwrite || o.cooked(), tails: o.tails, whole: o.prompt == 0 && o.fullScreen(), startRow: -1}
	if o.prompt > 0 {
		opt.start, opt.startRow = o.start, o.anchor.Cursor.Row
	}
	return opt
}

// place does p to s; false if its effect is not known after all.
func (o *own) place(s *sheet, p *op) bool {
	opt := o.options()
	p.row, p.col = s.row, s.col
	switch p.model {
	case modelNone:
		return false
	case modelCombine:
		p.fresh = false
		return s.combine(p.key.r, o.widths)
	case modelInsert:
		if p.joins && s.joins(p.key.r, o.widths) {
			p.fresh = false
			return s.combine(p.key.r, o.widths)
		}
		fresh, ok := s.insert(p.content, p.width, &opt)
		if !ok {
			ok = o.placeAtMargin(s, p)
			fresh = ok
		}
		p.fresh = fresh
		return ok
	}
	p.fresh = false
	return o.placeLearnt(s, candidates(p.prompt, p.key), p.models, &opt)
}

// placeLearnt does what the candidates in possible do, if they all do the same here.
func (o *own) placeLearnt(s *sheet, c []model, possible uint32, opt *options) bool {
	if possible&(possible-1) == 0 {
		return possible != 0 && s.do(c[bits.TrailingZeros32(possible)], opt)
	}
	o.spare.copy(s)
	first := true
	for i, m := range c {
		if possible&(1<<i) == 0 {
			continue
		}
		if first {
			if !s.do(m, opt) {
				return false
			}
			first = false
			continue
		}
		o.other.copy(&o.spare)
		if !o.other.do(m, opt) || o.other.row != s.row || o.other.col != s.col || !slices.Equal(o.other.peek(s.row), s.peek(s.row)) {
			return false
		}
	}
	return !first
}

// placeAtMargin types p into the last column, if it was learnt what happens there.
func (o *own) placeAtMargin(s *sheet, p *op) bool {
	l := s.line(s.row)
	if l == nil || s.col+p.width != len(l.cells) || !isBlank(l.cells[s.col].Content) {
		return false
	}
	possible := uint32(1 << slices.Index(wraps, modelPend))
	if !o.cooked() {
		possible = o.lessons.models(0, key{kind: kindWrap})
	}
	if possible == 0 {
		return false
	}
	s.place(l, p.content, p.width)
	return o.placeLearnt(s, wraps, possible, nil)
}

// setAnchor takes f as the frame that keys are done to.
func (o *own) setAnchor(f *vt.Frame) {
	if o.anchor == nil || o.still.IsZero() || !o.samePosition(f) {
		o.still = o.now
	}
	o.anchor, o.lost, o.settled = f, false, true
	o.prompt, o.start = o.prompts.find(f)
	o.replace()
}

// replace does the keys to the anchor again, up to the first opaque one.
func (o *own) replace() {
	o.tip.start(o.anchor)
	o.placed = 0
	for i := range o.ops {
		p := &o.ops[i]
		if p.model == modelNone {
			return
		}
		if !o.place(&o.tip, p) {
			p.model = modelNone
			o.distrust(i, p.key)
			o.replace()
			return
		}
		o.placed++
	}
}

// distrust puts the keys from i on into new epochs, of which k started the first.
func (o *own) distrust(i int, k key) *barrier {
	o.newEpoch(k)
	first := o.barrierOf(o.epoch)
	for j := range o.ops[i:] {
		p := &o.ops[i+j]
		if p.model == modelNone {
			o.newEpoch(p.key)
		}
		p.epoch = o.epoch
	}
	return first
}

// apply paints the keys that may be shown.
func (o *own) apply(server *vt.Frame) *vt.Frame {
	if !o.policy.show() || o.anchor == nil || o.lost || server.Width != o.anchor.Width || server.Height != o.anchor.Height {
		return server
	}
	n := 0
	for n < o.placed && o.visible(&o.ops[n]) {
		n++
	}
	if n == 0 || !o.settled { // a frame that no state of ours leads to: wait for the next one
		return server
	}
	s := &o.tip
	if n < o.placed {
		s = &o.view
		s.start(o.anchor)
		for i := range o.ops[:n] {
			o.place(s, &o.ops[i])
		}
	}
	for i := range o.ops[:n] {
		if p := &o.ops[i]; !p.shown {
			p.shown = true
			o.stats.Shown++
		}
	}
	return s.paint(server, o.policy.flagging)
}

// samePrefix says that a and b show the same in the columns of row before col.
func samePrefix(a, b *vt.Frame, row, col int) bool {
	if a.Rows[row] == b.Rows[row] {
		return true
	}
	for i := range min(col, a.Width) {
		if !sameContent(a.Cell(row, i).Content, b.Cell(row, i).Content) {
			return false
		}
	}
	return true
}

func (o *own) nextTimeout() time.Time {
	if len(o.ops) == 0 {
		return time.Time{}
	}
	var t time.Time
	if o.policy.ticking() {
		t = o.now.Add(glitchTick)
	}
	if d := o.ackedAt.Add(o.patience()); o.acked > o.echoAck && d.After(o.now) && (t.IsZero() || d.Before(t)) {
		t = d
	}
	if d := o.behind.Add(o.indulgence()); !o.behind.IsZero() && (t.IsZero() || d.Before(t)) {
		t = d
	}
	return t
}

// isEnter says that k may end a line, or the program that reads it: what follows may ask for a secret.
func isEnter(k key) bool {
	switch k.kind {
	case kindControl:
		switch k.r {
		case '\r', '\n', 0x03, 0x04, 0x0F, 0x1A, 0x1C:
			return true
		}
	case kindPaste:
		return k.r == bulk // a bracketed one runs nothing
	}
	return false
}
