package ssp

import "bytes"

// assembler puts the fragments of one instruction together. There is one slot:
// a fragment of another id, even an older one, takes it (spec/protocol.md, section
// 5.3). The zero value is empty.
//
// Where stock would abort, on two fragments that contradict each other, the
// newer one is refused and the slot stays as it is.
type assembler struct {
	used  bool
	id    uint64
	parts []part // by number; only those held have a length or held set
	held  int
	total int // 0: the final fragment is not there yet
	text  []byte
}

// part is where in text a fragment's chunk is.
type part struct {
	held, final bool
	start, end  int32
}

// add takes a fragment and returns the whole when it was the last one missing.
// The result is valid until the next call and may alias f.chunk.
func (a *assembler) add(f fragment) (whole []byte, complete bool, err error) {
	if !a.used || a.id != f.id {
		a.clear()
		a.used, a.id = true, f.id
	}
	if f.final && f.number == 0 && a.held == 0 {
		return f.chunk, true, nil
	}
	if f.number < len(a.parts) && a.parts[f.number].held {
		p := a.parts[f.number]
		if p.final != f.final || !bytes.Equal(a.text[p.start:p.end], f.chunk) {
			return nil, false, FragmentConflict
		}
		return nil, false, nil
	}
	if f.final && f.number+1 < len(a.parts) || a.total > 0 && (f.final || f.number >= a.total) {
		return nil, false, FragmentConflict
	}
	if len(a.text)+len(f.chunk) > maxInstruction {
		a.clear()
		return nil, false, TooLarge
	}
	for len(a.parts) <= f.number {
		a.parts = append(a.parts, part{})
	}
	a.parts[f.number] = part{true, f.final, int32(len(a.text)), int32(len(a.text) + len(f.chunk))}
	a.text = append(a.text, f.chunk...)
	a.held++
	if f.final {
		a.total = f.number + 1
	}
	if a.held != a.total {
		return nil, false, nil
	}
	whole = a.join()
	a.clear()
	return whole, true, nil
}

// join returns the chunks in the order of their numbers: text itself if they came so.
func (a *assembler) join() []byte {
	inOrder := true
	for i := 1; i < a.total; i++ {
		inOrder = inOrder && a.parts[i].start == a.parts[i-1].end
	}
	if inOrder {
		return a.text
	}
	whole := make([]byte, 0, len(a.text))
	for _, p := range a.parts[:a.total] {
		whole = append(whole, a.text[p.start:p.end]...)
	}
	return whole
}

// clear forgets the parts but not the id. Room that one large instruction needed is not kept for ever.
func (a *assembler) clear() {
	a.held, a.total = 0, 0
	a.parts, a.text = a.parts[:0], a.text[:0]
	if cap(a.text) > keepScratch {
		a.text = nil
	}
	if cap(a.parts) > keepScratch/16 {
		a.parts = nil
	}
}
