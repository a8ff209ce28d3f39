package predict

// lessonBook knows what applications were seen to do with keys: per key and per prompt, or for all that is no prompt.
type lessonBook struct {
	lessons map[lessonKey]*lesson
	silence map[lessonKey]bool // keys after which a character was not echoed
}

type lessonKey struct {
	prompt int
	key    key
}

// lesson is what a key may do, of what was thought possible.
type lesson struct {
	possible uint32 // bits of the candidates that no answer contradicts
	seen     int    // answers that agreed
	need     int    // how many are needed; grows with each contradiction
}

const maxLessons = 512

func newLessonBook() lessonBook {
	return lessonBook{lessons: map[lessonKey]*lesson{}, silence: map[lessonKey]bool{}}
}

// lesson returns the lesson of k at the prompt, made if there is none; nil if nothing is thought possible for k.
func (b *lessonBook) lesson(at lessonKey) *lesson {
	if l := b.lessons[at]; l != nil {
		return l
	}
	c := candidates(at.prompt, at.key)
	if len(c) == 0 {
		return nil
	}
	if len(b.lessons) >= maxLessons {
		clear(b.lessons)
	}
	l := &lesson{possible: 1<<len(c) - 1, need: 1}
	switch {
	case basic(at.key):
		l.need = 0
	case isEnter(at.key), len(c) > 2: // what a word is has many answers
		l.need = 2
	}
	b.lessons[at] = l
	return l
}

// models returns what k may do, as bits of its candidates; zero if too little is known.
func (b *lessonBook) models(prompt int, k key) uint32 {
	l := b.lesson(lessonKey{prompt, k})
	if l == nil || l.seen < l.need {
		return 0
	}
	return l.possible
}

// right counts an answer as predicted, wrong one that was not.
func (b *lessonBook) right(prompt int, k key) {
	if l := b.lessons[lessonKey{prompt, k}]; l != nil {
		l.seen++
	}
}

func (b *lessonBook) wrong(prompt int, k key) {
	if l := b.lesson(lessonKey{prompt, k}); l != nil {
		l.contradict(len(candidates(prompt, k)))
	}
}

func (l *lesson) contradict(n int) {
	l.possible = 1<<n - 1
	l.seen = 0
	l.need = min(2*l.need+1, 15)
}

// echoed and unechoed say whether a character after k was seen on the screen.
func (b *lessonBook) echoed(prompt int, k key) { delete(b.silence, lessonKey{prompt, k}) }

func (b *lessonBook) unechoed(prompt int, k key) {
	if len(b.silence) >= maxLessons {
		clear(b.silence)
	}
	b.silence[lessonKey{prompt, k}] = true
}

// silent says that characters after k were last seen not to be echoed.
func (b *lessonBook) silent(prompt int, k key) bool { return b.silence[lessonKey{prompt, k}] }

// learn compares the anchor, which has the answer to the key that was opaque, with what the key may do. final says that
// nothing more will come.
func (o *own) learn(final bool) {
	at := o.sampling
	if at == nil {
		return
	}
	l := o.lessons.lesson(*at)
	if l == nil {
		o.sampling = nil
		return
	}
	opt := o.options()
	var fits uint32
	for i, m := range candidates(at.prompt, at.key) {
		s := &o.work
		s.copy(&o.before)
		if l.possible&(1<<i) != 0 && s.do(m, &opt) && s.agrees(o.anchor) {
			fits |= 1 << i
		}
	}
	switch {
	case fits != 0 && (final || !o.before.agrees(o.anchor)):
		o.sampling = nil
		if !o.before.agrees(o.anchor) {
			l.possible = fits
			l.seen++
		}
	case final:
		o.sampling = nil
		l.contradict(len(candidates(at.prompt, at.key)))
	}
}
