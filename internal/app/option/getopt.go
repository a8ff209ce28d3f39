package option

import (
	"fmt"
	"slices"
	"strings"
)

// Given is one option as it stood on the command line.
type Given struct{ Name, Value string } // Name is the long name if there is one, else the letter

// Words is a command line taken apart by Getopt.
type Words struct {
	Given      []Given  // in order; the last of a kind counts
	Operands   []string // words before "--" that belong to no option
	Rest       []string // the words behind the first "--"
	HasRest    bool     // there was a "--"
	Complaints []error  // unknown options and missing values; the server goes on in spite of them, the client does not
}

// Has tells whether an option was given.
func (w Words) Has(name string) bool {
	return slices.ContainsFunc(w.Given, func(g Given) bool { return g.Name == name })
}

// Getopt takes args apart as getopt does for mosh-server and mosh-client (spec/commands.md, B1 and C1): letters may
// be bundled, a value may stick to its letter, options and operands may be mixed, and everything is cut at the first
// "--". Long names must be written out; "--name=value" and "--name value" are the same.
func (c Command) Getopt(args []string) Words {
	var w Words
	if i := slices.Index(args, "--"); i >= 0 {
		args, w.Rest, w.HasRest = args[:i], args[i+1:], true
	}
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		switch {
		case strings.HasPrefix(word, "--"):
			args = w.long(c, word[2:], args)
		case len(word) > 1 && word[0] == '-':
			args = w.letters(c, word[1:], args)
		default:
			w.Operands = append(w.Operands, word)
		}
	}
	return w
}

func (w *Words) long(c Command, body string, args []string) []string {
	name, value, hasValue := strings.Cut(body, "=")
	o, known := c.Lookup(name)
	switch {
	case !known:
		w.complainf("unknown option --%s", name)
		return args
	case o.Value == "" && hasValue:
		w.complainf("option --%s takes no value", name)
		return args
	case o.Value != "" && !hasValue && len(args) == 0:
		w.complainf("option --%s needs a value: --%s=%s", name, name, o.Value)
		return args
	case o.Value != "" && !hasValue:
		value, args = args[0], args[1:]
	}
	w.Given = append(w.Given, Given{o.name(), value})
	return args
}

func (w *Words) letters(c Command, letters string, args []string) []string {
	for i, letter := range letters {
		o, known := c.letter(string(letter))
		switch {
		case !known:
			w.complainf("unknown option -%c", letter)
			continue
		case o.Value == "":
			w.Given = append(w.Given, Given{o.name(), ""})
			continue
		}
		value := letters[i+1:]
		if value == "" {
			if len(args) == 0 {
				w.complainf("option -%c needs a value: -%c %s", letter, letter, o.Value)
				return args
			}
			value, args = args[0], args[1:]
		}
		w.Given = append(w.Given, Given{o.name(), value})
		return args
	}
	return args
}

func (c Command) letter(short string) (Option, bool) {
	for _, o := range c.Options() {
		if o.Short == short {
			return o, true
		}
	}
	return Option{}, false
}

func (w *Words) complainf(format string, args ...any) {
	w.Complaints = append(w.Complaints, fmt.Errorf(format, args...))
}
