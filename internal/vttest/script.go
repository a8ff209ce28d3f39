// Package vttest runs screen scripts: what a program writes to a terminal, and what the terminal then shows.
//
// A script is a text file of cases. Lines that are empty or begin with # are comments. The others are:
//
//	== NAME            a new case, on a fresh terminal
//	size W H           its size; 20 4 unless said
//	write TEXT         the program writes TEXT
//	resize W H         the user changes the size
//	user               the user's terminal is known: dark, cells of 8 by 16 pixels, kitty's keyboard protocol
//	unlike WHO: WHY    reference terminal WHO (xterm, tmux, stock) gives another result, and why
//
// and expectations, which -update rewrites:
//
//	screen             the rows, a line |TEXT| each; blank rows at the end are left out.
//	                   An empty cell is a blank, a space is ␣; + after the bar is a soft wrap
//	cursor ROW COL     zero-based; then "pending" if a wrap is
//	pen SGR            the rendition of what is printed next
//	attrs              where the rendition is not the default, a line |ROW FROM-TO SGR each
//	modes NAMES        those that are not as after power-up
//	reply TEXT         the answers since the last one
//	title TEXT         the window title; icon TEXT likewise
//	bells N            how often the bell was rung
//	clipboard SEL TEXT the newest selection that was set
//
// In TEXT, \e is ESC, \a \b \t \n \r are as in C, \xHH is an octet, \u{H} a code point, \\ a backslash,
// \s a space, and \{N} after a character or one of these makes N of it in all.
package vttest

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Case is one case of a script.
type Case struct {
	Name          string
	Line          int // of its name
	Width, Height int
	Steps         []Step
	Unlike        map[string]string // reference terminal: why it differs
}

// Step is one line of a case: what to do, or what to expect.
type Step struct {
	Line int // first line in the file, from 1
	Last int // last line: expectations of several lines
	Verb string
	Arg  string   // the rest of the line
	Rows []string // the lines that follow, with their bars
}

// ReadScript returns the cases of a file.
func ReadScript(name string) ([]Case, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	cases, err := parse(string(data))
	if err != nil {
		return nil, fmt.Errorf("%s:%w", name, err)
	}
	return cases, nil
}

func parse(text string) ([]Case, error) {
	var cases []Case
	for i, line := range strings.Split(text, "\n") {
		n := i + 1
		verb, arg, _ := strings.Cut(line, " ")
		switch {
		case line == "" || line[0] == '#':
			continue
		case verb == "==":
			cases = append(cases, Case{Name: arg, Line: n, Width: 20, Height: 4, Unlike: map[string]string{}})
			continue
		case len(cases) == 0:
			return nil, fmt.Errorf("%d: before the first case", n)
		}
		c := &cases[len(cases)-1]
		switch {
		case line[0] == '|':
			if len(c.Steps) == 0 {
				return nil, fmt.Errorf("%d: a row of nothing", n)
			}
			s := &c.Steps[len(c.Steps)-1]
			s.Rows, s.Last = append(s.Rows, line), n
		case verb == "size":
			if _, err := fmt.Sscan(arg, &c.Width, &c.Height); err != nil {
				return nil, fmt.Errorf("%d: size: %w", n, err)
			}
		case verb == "unlike":
			who, why, ok := strings.Cut(arg, ": ")
			if !ok {
				return nil, fmt.Errorf("%d: unlike: say who and why", n)
			}
			c.Unlike[who] = why
		default:
			c.Steps = append(c.Steps, Step{Line: n, Last: n, Verb: verb, Arg: arg})
		}
	}
	return cases, nil
}

// Decode returns the octets that TEXT stands for.
func Decode(text string) ([]byte, error) {
	var out, last []byte
	for len(text) > 0 {
		item, rest, err := decodeOne(text, last)
		if err != nil {
			return nil, err
		}
		out, last, text = append(out, item...), item, rest
	}
	return out, nil
}

var letters = map[byte]byte{'e': 0x1b, 'a': 7, 'b': 8, 't': 9, 'n': 10, 'r': 13, 's': ' ', '\\': '\\'}

// decodeOne decodes the first item of text; last is the one before it.
func decodeOne(text string, last []byte) (item []byte, rest string, err error) {
	if text[0] != '\\' {
		_, n := utf8.DecodeRuneInString(text)
		return []byte(text[:n]), text[n:], nil
	}
	if len(text) < 2 {
		return nil, "", fmt.Errorf("backslash at the end")
	}
	braced := func(base int) (uint64, string, error) {
		end := strings.IndexByte(text, '}')
		if end < 0 {
			return 0, "", fmt.Errorf("brace not closed")
		}
		n, err := strconv.ParseUint(strings.TrimLeft(text[1:end], "u{"), base, 32)
		return n, text[end+1:], err
	}
	switch c := text[1]; c {
	case 'x':
		if len(text) < 4 {
			return nil, "", fmt.Errorf(`\x needs two digits`)
		}
		n, err := strconv.ParseUint(text[2:4], 16, 8)
		return []byte{byte(n)}, text[4:], err
	case 'u':
		n, rest, err := braced(16)
		return utf8.AppendRune(nil, rune(n)), rest, err
	case '{':
		n, rest, err := braced(10)
		if err != nil || n == 0 || len(last) == 0 {
			return nil, "", fmt.Errorf("repetition of nothing or malformed: %q", text)
		}
		return bytes.Repeat(last, int(n)-1), rest, nil
	default:
		b, ok := letters[c]
		if !ok {
			return nil, "", fmt.Errorf(`unknown escape \%c`, c)
		}
		return []byte{b}, text[2:], nil
	}
}

// Encode returns TEXT for b, so that Decode gives b again.
func Encode(b []byte) string {
	var s strings.Builder
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == 0x1b:
			s.WriteString(`\e`)
		case r == '\\':
			s.WriteString(`\\`)
		case r == '\r':
			s.WriteString(`\r`)
		case r == '\n':
			s.WriteString(`\n`)
		case r == ' ' && len(b) == 1:
			s.WriteString(`\s`)
		case r == utf8.RuneError || r < 0x20 || r == 0x7f:
			for _, c := range b[:n] {
				fmt.Fprintf(&s, `\x%02x`, c)
			}
		default:
			s.Write(b[:n])
		}
		b = b[n:]
	}
	return s.String()
}
