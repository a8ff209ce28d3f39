package predict

import (
	"slices"
	"strings"
	"unicode"

	"mosh/internal/core/vt"
)

// promptBook knows the prompts after which the host was seen to echo. What is typed there is shown at once.
type promptBook struct{ known []prompt }

type prompt struct {
	family int          // the code point that it ends in: prompts of one program mostly end alike
	cells  []vt.Content // from column 0 to the first character typed
}

const (
	maxPrompts = 16
	// alike is how many columns at the start of two prompts have to agree, besides their ends, for the second to be
	// believed because of the first: a prompt may contain the directory.
	alike = 4
)

// find returns the family and the width of the longest known prompt that starts the cursor's row of f; zero if there is
// none.
func (b *promptBook) find(f *vt.Frame) (family, width int) {
	cells := f.Rows[f.Cursor.Row].Cells
	for i := range b.known {
		p := &b.known[i]
		if len(p.cells) <= f.Cursor.Col && len(p.cells) > width && common(p.cells, cells) == len(p.cells) {
			family, width = p.family, len(p.cells)
		}
	}
	return family, width
}

// common returns how many columns of p and row agree.
func common(p []vt.Content, row []vt.Cell) int {
	n := 0
	for n < len(p) && n < len(row) && sameContent(p[n], row[n].Content) {
		n++
	}
	return n
}

// similar says that what is left of the cursor of f starts and ends as a known prompt does.
func (b *promptBook) similar(f *vt.Frame) bool {
	cells := f.Rows[f.Cursor.Row].Cells[:min(f.Cursor.Col, f.Width)]
	for i := range b.known {
		p := b.known[i].cells
		if common(p, cells) < alike || len(cells) < alike {
			continue
		}
		n := 1
		for n < len(p) && isBlank(p[len(p)-n]) {
			n++
		}
		if n <= len(cells) && common(p[len(p)-n:], cells[len(cells)-n:]) == n {
			return true
		}
	}
	return false
}

// learn takes what is left of col in row of f as a prompt, if it looks like one.
func (b *promptBook) learn(f *vt.Frame, row, col int) {
	if col == 0 || col >= f.Width || row < 0 || row >= f.Height {
		return
	}
	cells := f.Rows[row].Cells[:col]
	text := textOf(f, cells)
	end, ok := promptEnd(text)
	if !ok || secretText(text) {
		return
	}
	at := *f
	at.Cursor = vt.Cursor{Row: row, Col: col}
	if _, w := b.find(&at); w == col {
		return
	}
	p := prompt{family: int(end), cells: make([]vt.Content, col)}
	for i, c := range cells {
		p.cells[i] = c.Content
	}
	if len(b.known) == maxPrompts {
		b.known = slices.Delete(b.known, 0, 1)
	}
	b.known = append(b.known, p)
}

// forget drops the prompt that takes the first width columns of row.
func (b *promptBook) forget(row []vt.Cell, width int) {
	b.known = slices.DeleteFunc(b.known, func(p prompt) bool { return len(p.cells) == width && common(p.cells, row) == width })
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

// promptEnd returns the character that text ends in. ok says that prompts of command interpreters end so. Questions end in
// a colon or a question mark, and may ask for a secret next time.
func promptEnd(text string) (r rune, ok bool) {
	for _, r = range strings.TrimRight(text, " \u00a0") {
	}
	return r, strings.ContainsRune("$#%>)]}|»❯➜→λ⟩▶", r) || unicode.Is(unicode.Co, r)
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
