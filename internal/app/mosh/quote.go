package mosh

import (
	"errors"
	"strings"
)

// quote writes a word so that every login shell hands it on unchanged. Single quotes alone do for sh, bash, dash and
// zsh; fish honours \\ and \' inside them and csh expands "!" there even in scripts, so these three characters stand
// outside the quotes behind a backslash, which all of them read alike. The one thing left is a newline under csh.
func quote(word string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range []byte(word) {
		switch r {
		case '\'', '\\', '!':
			b.WriteString(`'\`)
			b.WriteByte(r)
			b.WriteByte('\'')
		default:
			b.WriteByte(r)
		}
	}
	b.WriteByte('\'')
	return b.String()
}

func quoteAll(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = quote(w)
	}
	return strings.Join(quoted, " ")
}

// splitWords cuts the value of --ssh as a POSIX shell would: quotes and backslashes, no expansion.
func splitWords(s string) ([]string, error) {
	var words []string
	var word []byte
	inWord := false
	var quoted byte // the open quote, or 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quoted == '\'' && c != '\'', quoted == '"' && c != '"' && c != '\\':
			word = append(word, c)
		case quoted != 0 && c == quoted:
			quoted = 0
		case c == '\\':
			i++
			if i == len(s) {
				return nil, errors.New("it ends in a backslash")
			}
			if quoted == '"' && !strings.ContainsRune("\"\\$`", rune(s[i])) {
				word = append(word, '\\')
			}
			word, inWord = append(word, s[i]), true
		case c == '\'' || c == '"':
			quoted, inWord = c, true
		case c == ' ' || c == '\t' || c == '\n':
			if inWord {
				words, word, inWord = append(words, string(word)), nil, false
			}
		default:
			word, inWord = append(word, c), true
		}
	}
	if quoted != 0 {
		return nil, errors.New("a quote is not closed")
	}
	if inWord {
		words = append(words, string(word))
	}
	return words, nil
}
