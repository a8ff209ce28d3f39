package predict

import (
	"time"

	"mosh/internal/core/vt"
)

func (o *own) frame(now time.Time, server *vt.Frame, echoAck, acked uint64) {
	o.now = now
	if o.server == nil || server.Width != o.server.Width || server.Height != o.server.Height || server.Interns != o.server.Interns {
		if o.server != nil && server.Interns != o.server.Interns {
			o.prompts = promptBook{} // their cells mean something else now
		}
		o.restart(server)
	}
	if acked > o.acked {
		o.acked, o.ackedAt = acked, now
	}
	o.echoAck = max(o.echoAck, echoAck)
	o.server = server
	o.past.add(server, o.acked)
	o.policy.pass(len(o.ops) > 0)
	o.judge(server)
	if len(o.ops) > 0 {
		o.policy.waiting(now, o.ops[0].at)
	}
}

// patience is how long after the ack a server may take for the echo ack. The echo ack is due 50 ms after the key with
// the next frame; this waits for a lost one to be repaired, and is the end for a server that sends none.
func (o *own) patience() time.Duration { return time.Second + 4*o.policy.interval }

// certain returns the client state whose effects the newest frame shows for certain.
func (o *own) certain() uint64 {
	if o.acked > o.echoAck && o.now.Sub(o.ackedAt) >= o.patience() {
		return o.acked
	}
	return o.echoAck
}

// upTo returns how many keys travelled in state x or before.
func (o *own) upTo(x uint64) int {
	n := 0
	for n < len(o.ops) && o.ops[n].state <= x {
		n++
	}
	return n
}

// judge finds out how many of the keys f shows: no fewer than those that the echo ack covers, no more than those that
// were acked.
func (o *own) judge(f *vt.Frame) {
	low, high := o.upTo(o.certain()), o.upTo(max(o.acked, o.certain()))
	if o.lost || high == 0 {
		o.behind = time.Time{} // there is nothing that the host could be behind with
	}
	if o.lost {
		o.drop(low)
		high -= low
		if high > 0 {
			o.find(f, high)
			return
		}
	}
	if high == 0 {
		o.settle(f)
		return
	}
	if k, ok := o.fit(f, low, high); ok {
		o.behind = time.Time{}
		o.accept(k, f)
		return
	}
	if o.slowHost(f, low) {
		return
	}
	first, last := o.opaque(high)
	switch {
	case last >= 0 && last == high-1:
		o.answered(last, f)
	case last >= 0 && low > first:
		o.drop(low)
		o.lost, o.placed = true, 0
		if low < high {
			o.find(f, high-low)
		} else {
			o.settle(f)
		}
	case low > 0 && (first < 0 || low <= first):
		o.wrong(low, high, f)
	default:
		o.settled = false
	}
}

// slowHost says that f shows less than the echo ack promises, as keys before did, and that it is too early to call that
// wrong: a busy host needs more than the 50 ms that the server grants it.
func (o *own) slowHost(f *vt.Frame, low int) bool {
	if low == 0 || low > o.placed || !o.visible(&o.ops[0]) {
		o.behind = time.Time{}
		return false
	}
	k, ok := o.fit(f, 0, low-1)
	if !ok {
		o.behind = time.Time{}
		return false
	}
	if o.behind.IsZero() {
		o.behind = o.now
	}
	if o.now.Sub(o.behind) >= o.indulgence() {
		o.behind = time.Time{}
		return false
	}
	o.accept(k, f)
	return true
}

// slowHost is how long a host may be behind the echo ack, besides the time until its next frame can come.
const slowHost = 100 * time.Millisecond

func (o *own) indulgence() time.Duration { return slowHost + o.policy.interval }

// opaque returns the first and the last opaque key of the first n; -1 if there is none.
func (o *own) opaque(n int) (first, last int) {
	first, last = -1, -1
	for i := range o.ops[:n] {
		if o.ops[i].model == modelNone {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	return first, last
}

// fit returns the smallest number of keys from low to high that makes the anchor look like f. Of several the smallest
// is taken: what is done to the frame again is then what the host does next.
func (o *own) fit(f *vt.Frame, low, high int) (int, bool) {
	s := &o.work
	s.start(o.anchor)
	whole := false // some of the keys change what is right of the cursor
	for i := range o.ops[:high] {
		whole = whole || o.ops[i].cutsRight()
	}
	for k := 0; ; k++ {
		if k >= low && s.matches(f, whole) {
			return k, true
		}
		if k == high || k >= o.placed || !o.place(s, &o.ops[k]) {
			return 0, false
		}
	}
}

// accept takes f, which shows the first k keys as they were predicted.
func (o *own) accept(k int, f *vt.Frame) {
	if k > 0 {
		o.learnTails(k, f)
	}
	for i := range o.ops[:k] {
		p := &o.ops[i]
		o.stats.Confirmed++
		if p.model == modelLearnt {
			o.lessons.right(p.prompt, p.key)
		}
		if p.fresh {
			o.credit(p, f)
		}
	}
	if k > 0 {
		o.soft, o.sampling = 0, nil
	}
	o.drop(k)
	o.setAnchor(f)
	o.soften()
}

// credit takes p as proof that the host echoes.
func (o *own) credit(p *op, f *vt.Frame) {
	o.policy.confirmed(o.now, p.at)
	if p.line > o.aheadOf {
		o.aheadOf, o.ahead = p.line, 0
	}
	if o.ahead++; o.promptLine > 0 && p.line == o.promptLine+1 && p.col < o.ahead && o.ahead < aheadNeed {
		return // typed ahead of the prompt: it is echoed here, and moves when the prompt comes
	}
	o.confirmed = max(o.confirmed, p.epoch)
	if b := o.barrierOf(p.epoch); b != nil && !b.judged {
		b.judged = true
		o.lessons.echoed(o.prompt, b.key)
	}
	if o.echoed < p.line {
		o.echoed = p.line
		if b := o.barrierOf(p.epoch); b != nil && (isEnter(b.key) || b.key.kind == kindOther) {
			o.prompts.learn(f, p.row, p.col)
		}
	}
}

// aheadNeed is how many characters have to be echoed at the start of a row, after a command was started, before they are
// taken for the input of that command and not for the beginning of the next one.
const aheadNeed = 4

// settle takes f, which shows no key that is not confirmed: whatever changed, the host did it alone.
func (o *own) settle(f *vt.Frame) {
	if f == o.anchor && o.soft == 0 && !o.lost {
		return
	}
	alone := !o.lost && o.soft == 0 && !o.samePosition(f) && !o.sameLine(f)
	o.setAnchor(f)
	if alone {
		// Something was printed at the cursor without a key of ours: a new prompt perhaps.
		why, failed := key{kind: kindOther}, false
		if b := o.barrierOf(o.epoch); b != nil && o.confirmed < b.epoch {
			failed = b.failed
			if isEnter(b.key) && o.echoed < o.line {
				why = b.key
			}
		}
		o.distrust(0, why).failed = failed
	}
	o.soften()
}

// samePosition says that the cursor of f is where the anchor has it, behind the same text.
func (o *own) samePosition(f *vt.Frame) bool {
	a := o.anchor.Cursor
	return f.Cursor.Row == a.Row && f.Cursor.Col == a.Col && samePrefix(f, o.anchor, a.Row, a.Col)
}

// sameLine says that f shows the anchor's line up to the cursor, a known prompt and what was typed behind it, though it
// may be in another row: a job reported above it.
func (o *own) sameLine(f *vt.Frame) bool {
	a, b := o.anchor.Cursor, f.Cursor
	if o.prompt == 0 || a.Col != b.Col || a.Col == o.start {
		return false
	}
	was, is := o.anchor.Rows[a.Row].Cells, f.Rows[b.Row].Cells
	for i := range min(a.Col, len(was), len(is)) {
		if !sameContent(was[i].Content, is[i].Content) {
			return false
		}
	}
	return true
}

// soften looks again at an anchor that came before its echo ack, and at the row that it leaves us in.
func (o *own) soften() {
	hard := o.soft <= o.certain()
	if hard {
		o.soft = 0
	}
	o.learn(hard)
	o.trust(hard)
}

// answered takes f, which has an answer to the opaque key i, the last that was acked.
func (o *own) answered(i int, f *vt.Frame) {
	p := o.ops[i]
	o.sampling = nil
	o.before.row, o.beforeEpoch = -1, p.epoch
	if i == o.placed {
		// work is the anchor with the keys before i.
		o.before, o.work = o.work, o.before
		o.sampling = &lessonKey{prompt: o.prompt, key: p.key}
		if p.key.kind == kindText {
			o.sampling.key = key{kind: kindWrap}
			o.sampling.prompt = 0
			o.before.typeAtMargin(p.content, p.width)
		}
	}
	o.drop(i + 1)
	o.soft = p.state
	o.setAnchor(f)
	o.soften()
}

// wrong takes f, which contradicts the first low keys.
func (o *own) wrong(low, high int, f *vt.Frame) {
	o.blame(low)
	shown := false
	for i := range o.ops {
		shown = shown || o.ops[i].shown
	}
	if shown {
		o.stats.Wrong++
	}
	why := key{kind: kindOther}
	if low == 1 {
		why = o.ops[0].key
	}
	o.drop(low)
	o.distrust(0, why).failed = true
	if high > low {
		o.lost, o.settled, o.placed = true, false, 0
		o.find(f, high-low)
		return
	}
	o.setAnchor(f)
	o.soften()
}

// find looks for an earlier frame which shows none of the keys that wait, of which the server acked the first high, and
// from which they lead to f. f itself shows an unknown number of them.
func (o *own) find(f *vt.Frame, high int) {
	was := o.past.before(o.ops[0].state)
	if was == nil || was.Width != f.Width || was.Height != f.Height {
		return
	}
	o.setAnchor(was)
	if k, ok := o.fit(f, 0, high); ok && (k > 0 || was.Cursor == f.Cursor) {
		o.accept(k, f)
		return
	}
	o.lost, o.settled, o.placed = true, false, 0
}

// past is the frames that came last, the newest for each ack.
type past struct {
	frames [16]*vt.Frame
	acked  [16]uint64
	n      int
}

func (p *past) add(f *vt.Frame, acked uint64) {
	i := p.n % len(p.frames)
	if last := (p.n + len(p.frames) - 1) % len(p.frames); p.n > 0 && p.acked[last] == acked {
		i = last
	} else {
		p.n++
	}
	p.frames[i], p.acked[i] = f, acked
}

// before returns the newest frame that shows nothing of client state x; nil if there is none.
func (p *past) before(x uint64) *vt.Frame {
	for i := range min(p.n, len(p.frames)) {
		if k := (p.n - 1 - i + len(p.frames)) % len(p.frames); p.acked[k] < x {
			return p.frames[k]
		}
	}
	return nil
}

// blame makes sure that what was wrong among the first n keys is not predicted again as it was.
func (o *own) blame(n int) {
	for i := range o.ops[:n] {
		p := &o.ops[i]
		switch p.model {
		case modelInsert, modelCombine:
			if b := o.barrierOf(p.epoch); b != nil && !b.judged {
				b.judged = true
				o.lessons.unechoed(o.prompt, b.key)
			}
		default:
			o.lessons.wrong(p.prompt, p.key)
		}
	}
	if o.echoed < o.ops[0].line && o.ops[0].col == o.start {
		o.prompts.forget(o.anchor.Rows[o.ops[0].row].Cells, o.start)
	}
}

// drop forgets the first n keys.
func (o *own) drop(n int) {
	o.ops = o.ops[:copy(o.ops, o.ops[n:])]
	o.placed = max(0, o.placed-n)
}

// trust looks whether keys may be shown before one was confirmed in the anchor's row.
func (o *own) trust(hard bool) {
	e, line := o.epoch, o.line
	if len(o.ops) > 0 {
		e, line = o.ops[0].epoch, o.ops[0].line
		if o.ops[0].model == modelNone {
			return // what follows it is not at this place
		}
	}
	f := o.anchor
	b := o.barrierOf(e)
	if o.echoed < line {
		o.hush = o.prompt == 0 && o.prompts.secret(f)
	}
	moved := o.before.row >= 0 && o.beforeEpoch == e && f.Cursor != o.before.cursor()
	if e <= o.confirmed || b == nil || b.failed || o.hush || o.secret() || !hard && !moved {
		return
	}
	end := isEnter(b.key)
	if end && hard && o.prompt == 0 && o.prompts.similar(f) {
		o.prompts.learn(f, f.Cursor.Row, f.Cursor.Col)
		o.setAnchor(f)
	}
	switch {
	case o.prompt > 0 && end && f.Cursor.Col == o.start,
		// A key that did nothing may be the first of two, as in tmux.
		o.prompt > 0 && !end && moved && !o.lessons.silent(o.prompt, b.key),
		hard && o.cooked() && f.Cursor.Col > 0 && !o.still.IsZero() && o.now.Sub(o.still) >= ttySettles+2*o.policy.interval && !o.prompts.secret(f):
		o.confirmed = e
	}
}

// ttySettles is how long a program may take from its prompt to switching echo off, and our server to see that: it looks
// again 200 ms after the last output. The news then takes up to a send interval to leave, and may be sent twice.
const ttySettles = 250 * time.Millisecond

// learnTails looks what the first k keys, confirmed by f, did to the text right of the cursor.
func (o *own) learnTails(k int, f *vt.Frame) {
	col := o.ops[0].col
	row := o.ops[0].row
	moved := 0
	for i := range o.ops[:k] {
		if o.ops[i].model != modelInsert || o.ops[i].row != row {
			return
		}
		moved += o.ops[i].width
	}
	was, is := o.anchor.Rows[row].Cells, f.Rows[row].Cells
	dim := suggestion(was, col) > col
	end := run(was, col, false)
	if end+moved >= len(was) || end-col < 2 {
		return
	}
	shifted, stayed := true, true
	for i := col; i < end; i++ {
		shifted = shifted && sameContent(is[i+moved].Content, was[i].Content)
		if i >= col+moved {
			stayed = stayed && sameContent(is[i].Content, was[i].Content)
		}
	}
	rule := tailStay
	switch {
	case shifted == stayed && shifted:
		return
	case shifted:
		rule = tailShift
	case !stayed && !dim:
		return
	}
	switch {
	case !dim:
		o.tails.plain = rule
	case o.options().whole: // grey text of an editor; at a prompt the same suggestion may come again one further
		o.tails.dim = rule
	}
}
