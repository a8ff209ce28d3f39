package predict

import (
	"unicode"

	"mosh/internal/core/vt"
)

// model is an effect that a key may have.
type model uint8

const (
	modelNone model = iota // not known
	modelInsert
	modelCombine
	modelLearnt // one of the candidates of the key, which are those that follow
	modelLeft
	modelRight
	modelErase
	modelDelete
	modelPromptStart
	modelRowStart
	modelTextStart
	modelTextEnd
	modelKillToPrompt
	modelKillLine
	modelKillToEnd
	modelBackBlank // back over a word that ends at blanks
	modelBackAlnum
	modelBackShell // words are what zsh takes for them
	modelForwardAlnum
	modelForwardShell
	modelForwardNext // to the start of the next word
	modelRubBlank
	modelRubAlnum
	modelRubShell
	modelDeleteAlnum
	modelDeleteShell
	modelDeleteNext
	modelNewline
	modelNewlineIndent
	modelUp
	modelDown
	modelWrap // after the last column: to the next row at once
	modelPend // with the next character
	modelStay // nothing to be seen
)

// cutsRight says that p may take away what is right of the cursor and leave the cursor where it is.
func (p *op) cutsRight() bool {
	switch p.key.kind {
	case kindDelete:
		return p.model == modelLearnt
	case kindAlt:
		return p.model == modelLearnt && (p.key.r == 'd' || p.key.r == 'D')
	case kindControl:
		return p.model == modelLearnt && (p.key.r == 'D'-'@' || p.key.r == 'K'-'@')
	}
	return false
}

// basic keys do what they are for until they are seen not to.
func basic(k key) bool {
	switch k {
	case key{kind: kindLeft}, key{kind: kindRight}, key{kind: kindBackspace}:
		return true
	}
	return false
}

// The candidates of the keys, the likelier first.
var (
	wraps       = []model{modelWrap, modelPend}
	lefts       = []model{modelLeft}
	rights      = []model{modelRight}
	ups         = []model{modelUp}
	downs       = []model{modelDown}
	erases      = []model{modelErase}
	deletes     = []model{modelDelete}
	lineStarts  = []model{modelPromptStart, modelRowStart, modelTextStart}
	lineEnds    = []model{modelTextEnd}
	backWords   = []model{modelBackAlnum, modelBackShell, modelBackBlank}
	nextWords   = []model{modelForwardAlnum, modelForwardShell, modelForwardNext}
	rubWords    = []model{modelRubAlnum, modelRubShell, modelRubBlank}
	deleteWords = []model{modelDeleteAlnum, modelDeleteShell, modelDeleteNext}
	kills       = []model{modelKillToPrompt, modelKillLine}
	killEnds    = []model{modelKillToEnd}
	newlines    = []model{modelNewline, modelNewlineIndent}
)

// candidates returns what k may do. At a prompt Enter starts a program, about which nothing is known.
func candidates(prompt int, k key) []model {
	switch k.kind {
	case kindLeft:
		if k.mods != 0 {
			return backWords
		}
		return lefts
	case kindRight:
		if k.mods != 0 {
			return nextWords
		}
		return rights
	case kindBackspace:
		return erases
	case kindHome:
		return lineStarts
	case kindEnd:
		return lineEnds
	case kindDelete:
		return deletes
	case kindUp:
		return ups
	case kindDown:
		return downs
	case kindWrap:
		return wraps
	case kindAltBackspace:
		return rubWords
	case kindAlt:
		switch k.r {
		case 'b', 'B':
			return backWords
		case 'f', 'F':
			return nextWords
		case 'd', 'D':
			return deleteWords
		}
	case kindControl:
		return controlCandidates(prompt, k.r)
	}
	return nil
}

func controlCandidates(prompt int, r rune) []model {
	switch r + '@' {
	case 'A':
		return lineStarts
	case 'E':
		return lineEnds
	case 'B':
		return lefts
	case 'F':
		return rights
	case 'D':
		return deletes
	case 'H':
		return erases
	case 'U':
		return kills
	case 'K':
		return killEnds
	case 'W':
		return rubWords
	}
	if prompt > 0 {
		return nil
	}
	switch r + '@' {
	case 'P':
		return ups
	case 'N':
		return downs
	case 'M':
		return newlines
	}
	return nil
}

// do does m to s; false if it cannot be done there.
func (s *sheet) do(m model, o *options) bool {
	if m == modelWrap {
		s.newline()
		return true
	}
	if m == modelPend {
		s.pending = true
		s.col = s.base.Width - 1
		return true
	}
	if s.pending || s.peek(s.row) == nil {
		return false
	}
	switch m {
	case modelLeft:
		if s.row == o.startRow && s.col <= o.start {
			return true
		}
		return s.left()
	case modelRight:
		if s.row == o.startRow && s.col >= s.textEnd(o) {
			return false // nothing there, or a suggestion to take
		}
		return s.right()
	case modelErase:
		return s.erase(o)
	case modelUp:
		return s.vertical(-1)
	case modelDown:
		return s.vertical(1)
	case modelNewline, modelNewlineIndent:
		return s.enter(m)
	case modelStay:
		return true
	}
	return s.inLine(m, o)
}

// inLine does the effects that move to a place in the row, or take the text between there and the cursor away.
func (s *sheet) inLine(m model, o *options) bool {
	cells := s.peek(s.row)
	first, end := 0, s.textEnd(o)
	if s.row == o.startRow {
		first = o.start
	}
	if end == len(cells) {
		return false // the text may go on in the next row
	}
	to := -1
	switch m {
	case modelPromptStart:
		if s.row != o.startRow {
			return false
		}
		to = first
	case modelRowStart:
		to = 0
	case modelTextStart:
		for to = 0; to < end && isBlank(cells[to].Content); to++ {
		}
	case modelTextEnd:
		to = max(end, s.col)
		if end < s.col && s.row != o.startRow {
			return false
		}
	case modelBackBlank, modelBackAlnum, modelBackShell:
		to = back(cells, first, s.col, classes[m])
	case modelForwardAlnum, modelForwardShell, modelForwardNext:
		to = forward(cells, s.col, end, m)
	case modelDelete:
		if s.col >= end {
			return false
		}
		return s.remove(s.col, s.col+1+btoi(cells[s.col].Content.Wide()), o)
	case modelKillToPrompt:
		if s.row != o.startRow {
			return false
		}
		return s.remove(first, s.col, o)
	case modelKillLine:
		if s.row != o.startRow {
			return false
		}
		return s.remove(first, max(end, s.col), o)
	case modelKillToEnd:
		return s.remove(s.col, max(end, s.col), o)
	case modelRubBlank, modelRubAlnum, modelRubShell:
		return s.remove(back(cells, first, s.col, classes[m]), s.col, o)
	case modelDeleteAlnum, modelDeleteShell, modelDeleteNext:
		return s.remove(s.col, forward(cells, s.col, end, m), o)
	}
	if to < 0 || to >= len(cells) {
		return false
	}
	s.col = to
	return true
}

// remove takes the columns from a to b away, b excluded.
func (s *sheet) remove(a, b int, o *options) bool {
	l := s.line(s.row)
	if l == nil || a > b {
		return false
	}
	if a < b {
		s.cut(l, a, b, o)
	}
	return true
}

// textEnd returns the column after the last character of the text that the cursor is in. Blanks at its end cannot be
// told from nothing: those left of the cursor count.
func (s *sheet) textEnd(o *options) int {
	cells := s.peek(s.row)
	if suggestion(cells, s.col) > s.col {
		return s.col
	}
	return max(run(cells, s.col, o.whole), s.col)
}

// vertical moves to the same column of another row, or to the end of its text.
func (s *sheet) vertical(n int) bool {
	row := s.row + n
	if row < 0 || row >= s.base.Height {
		return false
	}
	cells := s.peek(row)
	if cells == nil || s.col >= len(cells) {
		return false
	}
	s.row, s.col = row, min(s.col, run(cells, 0, true))
	if cells[s.col].Content.IsTail() && s.col > 0 {
		s.col--
	}
	return true
}

// enter ends the line at the cursor. Text right of it would move, rows below it too: only at their end it is certain.
func (s *sheet) enter(m model) bool {
	cells := s.peek(s.row)
	if run(cells, s.col, true) > s.col || s.row+1 >= s.base.Height {
		return false
	}
	indent := 0
	if m == modelNewlineIndent {
		for indent < s.col && isBlank(cells[indent].Content) {
			indent++
		}
	}
	s.row, s.col = s.row+1, indent
	if below := s.peek(s.row); run(below, 0, true) > 0 {
		if l := s.line(s.row); l != nil {
			l.doubt(len(l.cells))
		}
	}
	return true
}

// classes says which characters make a word.
var classes = map[model]func(vt.Content) bool{
	modelBackBlank: isWord, modelRubBlank: isWord,
	modelBackAlnum: isAlnum, modelRubAlnum: isAlnum, modelForwardAlnum: isAlnum, modelDeleteAlnum: isAlnum,
	modelBackShell: isShellWord, modelRubShell: isShellWord, modelForwardShell: isShellWord,
	modelForwardNext: isShellWord, modelDeleteShell: isShellWord, modelDeleteNext: isShellWord,
}

func isWord(c vt.Content) bool { return !isBlank(c) }

func isAlnum(c vt.Content) bool {
	r, ok := c.Rune()
	return !isBlank(c) && (!ok || unicode.IsLetter(r) || unicode.IsDigit(r))
}

// isShellWord: zsh's WORDCHARS.
func isShellWord(c vt.Content) bool {
	if r, ok := c.Rune(); ok {
		switch r {
		case '*', '?', '_', '-', '.', '[', ']', '~', '=', '/', '&', ';', '!', '#', '$', '%', '^', '(', ')', '{', '}', '<', '>':
			return true
		}
	}
	return isAlnum(c)
}

// back returns where the word before col starts.
func back(cells []vt.Cell, first, col int, word func(vt.Content) bool) int {
	for col > first && !word(cells[col-1].Content) {
		col--
	}
	for col > first && word(cells[col-1].Content) {
		col--
	}
	return col
}

// forward returns where the word after col ends, or where the next one starts.
func forward(cells []vt.Cell, col, end int, m model) int {
	word := classes[m]
	if m == modelForwardNext || m == modelDeleteNext {
		for col < end && word(cells[col].Content) {
			col++
		}
		for col < end && !word(cells[col].Content) {
			col++
		}
		return col
	}
	for col < end && !word(cells[col].Content) {
		col++
	}
	for col < end && word(cells[col].Content) {
		col++
	}
	return col
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
