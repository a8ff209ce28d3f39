package predict

import (
	"slices"
	"strings"
	"unicode"

	"mosh/internal/core/vt"
)

// promptBook knows the prompts after which the host was seen to echo. What is typed there is shown at once.
type promptBook struct {
	known []prompt
	next  int // number of the next one: numbers are not used again
}

type prompt struct {
	number int
	cells  []vt.Content // from column 0 to the first character typed
}

const maxPrompts = 16

// find returns the number and the width of the longest known prompt that starts the cursor's row of f; zero if there
// is none.
func (b *promptBook) find(f *vt.Frame) (number, width int) {
	cells := f.Rows[f.Cursor.Row].Cells
	for i := range b.known {
		p := &b.known[i]
		if len(p.cells) > f.Cursor.Col || len(p.cells) <= width {
			continue
		}
		if slices.EqualFunc(p.cells, cells[:len(p.cells)], func(c vt.Content, cell vt.Cell) bool { return sameContent(c, cell.Content) }) {
			number, width = p.number, len(p.cells)
		}
	}
	return number, width
}

// learn takes what is left of col in row of f as a prompt, if it looks like one.
func (b *promptBook) learn(f *vt.Frame, row, col int) {
	if col == 0 || col >= f.Width || row < 0 || row >= f.Height {
		return
	}
	cells := f.Rows[row].Cells[:col]
	text := textOf(f, cells)
	if !endsLikePrompt(text) || secretText(text) {
		return
	}
	at := *f
	at.Cursor = vt.Cursor{Row: row, Col: col}
	if _, w := b.find(&at); w == col {
		return
	}
	b.next++
	p := prompt{number: b.next, cells: make([]vt.Content, col)}
	for i, c := range cells {
		p.cells[i] = c.Content
	}
	if len(b.known) == maxPrompts {
		b.known = slices.Delete(b.known, 0, 1)
	}
	b.known = append(b.known, p)
}

// forget drops the prompt with this number.
func (b *promptBook) forget(number int) {
	b.known = slices.DeleteFunc(b.known, func(p prompt) bool { return p.number == number })
}

// secret says that the text before the cursor of f asks for something that is not for other eyes.
func (b *promptBook) secret(f *vt.Frame) bool {
	return secretText(textOf(f, f.Rows[f.Cursor.Row].Cells[:min(f.Cursor.Col, f.Width)]))
}

func textOf(f *vt.Frame, cells []vt.Cell) string {
	var b []byte
	for _, c := range cells {
		if c.Content.Empty() {
			b = append(b, ' ')
		}
		b = f.Interns.AppendContent(b, c.Content)
	}
	return string(b)
}

// endsLikePrompt says that text ends as the prompts of command interpreters do. Questions end in a colon or a question
// mark, and may ask for a secret next time.
func endsLikePrompt(text string) bool {
	r, _ := lastRune(strings.TrimRight(text, " \u00a0"))
	if r == ':' || r == '?' || r == '：' || r == '？' {
		return false
	}
	return strings.ContainsRune("$#%>)]}|»❯➜→λ⟩▶", r) || unicode.Is(unicode.Co, r)
}

func lastRune(s string) (r rune, ok bool) {
	for _, r = range s {
		ok = true
	}
	return r, ok
}

// secretWords are what a request for a secret contains, in lower case. A word too many costs a person one round trip.
var secretWords = []string{"pass", "pin", "secret", "token", "otp", "code", "credential", "passwort", "kennwort",
	"mot de passe", "contrase", "clave", "senha", "parola", "heslo", "hasło", "wachtwoord", "lösen", "adgangskode",
	"salasana", "jelsz", "şifre", "парол", "密码", "密碼", "口令", "パスワード", "暗証", "비밀", "암호"}

func secretText(text string) bool {
	text = strings.ToLower(text)
	for _, w := range secretWords {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
