package option

import (
	"fmt"
	"slices"
	"strings"
)

// Parsed is a command line taken apart. Later settings have replaced earlier ones.
type Parsed struct {
	Values   map[string]string // by first long name; flags are "yes" or "no"
	Operands []string
}

// Set tells whether the option was given, and Values[name] its value.
func (p Parsed) Set(name string) bool { _, ok := p.Values[name]; return ok }

// Usage is an error of the command line, as opposed to one met while working.
type Usage struct{ Reason string }

func (u *Usage) Error() string { return u.Reason }

func usagef(format string, args ...any) error { return &Usage{fmt.Sprintf(format, args...)} }

// Parse takes args apart as Getopt::Long does in its default configuration (spec/commands.md, A1): options anywhere
// before the first "--", any unique prefix of a name, -name and +name equal to --name, names in any case. With posix
// (POSIXLY_CORRECT) options end at the first operand and "+" is no prefix.
//
// One thing differs: an abbreviation to a single letter after the host is refused, because in "mosh h ls -l"
// the -l belongs to ls.
func (c Command) Parse(args []string, posix bool) (Parsed, error) {
	p := Parsed{Values: map[string]string{}}
	for i := 0; i < len(args); i++ {
		word := args[i]
		if word == "--" {
			p.Operands = append(p.Operands, args[i+1:]...)
			break
		}
		body, isOption := cutPrefix(word, posix)
		if !isOption {
			p.Operands = append(p.Operands, word)
			if posix {
				p.Operands = append(p.Operands, args[i+1:]...)
				break
			}
			continue
		}
		name, value, hasValue := strings.Cut(body, "=")
		m, err := c.match(word, name, len(p.Operands) > 0)
		if err != nil {
			return p, err
		}
		if m.option.Value == "" {
			if hasValue {
				return p, usagef("option %s takes no value: write it without %q", word[:len(word)-len(value)-1], "="+value)
			}
			p.flag(m)
			continue
		}
		if !hasValue {
			if i+1 == len(args) {
				return p, usagef("option %s needs a value: %s=%s", word, m.shown, m.option.Value)
			}
			i++
			value = args[i]
		} else if value == "" {
			return p, usagef("option %s needs a value behind the \"=\": %s=%s", m.shown, m.shown, m.option.Value)
		}
		p.Values[m.option.name()] = value
	}
	return p, nil
}

func (p Parsed) flag(m matched) {
	switch {
	case m.negated:
		p.Values[m.option.name()] = "no"
	case m.option.Sets != "":
		name, value, _ := strings.Cut(m.option.Sets, "=")
		p.Values[name] = value
	default:
		p.Values[m.option.name()] = "yes"
	}
}

// cutPrefix takes the option prefix off a word. A lone "-" or "+" is an operand.
func cutPrefix(word string, posix bool) (string, bool) {
	for _, prefix := range []string{"--", "-", "+"} {
		if prefix == "+" && posix {
			break
		}
		if body, ok := strings.CutPrefix(word, prefix); ok && body != "" {
			return body, true
		}
	}
	return "", false
}

type matched struct {
	option  Option
	negated bool
	shown   string // the full name with dashes
}

// match finds the option that name abbreviates; word is the whole word as typed.
func (c Command) match(word, name string, afterHost bool) (matched, error) {
	name = strings.ToLower(name)
	var stock, own []matched
	for _, o := range c.Options() {
		for spelled, negated := range o.spellings() {
			m := matched{o, negated, "--" + spelled}
			if spelled == name {
				return m, nil
			}
			if o.Hidden || !strings.HasPrefix(spelled, name) {
				continue
			}
			if o.Own || slices.Contains(o.Also, strings.TrimPrefix(spelled, "no-")) {
				own = append(own, m)
			} else {
				stock = append(stock, m)
			}
		}
	}
	found := distinct(stock)
	if len(found) == 0 {
		found = distinct(own)
	}
	oneLetter := len(name) == 1 && !strings.HasPrefix(word, "--")
	switch {
	case len(found) == 0 && oneLetter && afterHost, len(found) > 0 && oneLetter && (afterHost || name == "l"):
		return matched{}, usagef("%s is not an option of %s; if it belongs to the remote command, put \"--\" before the command: %s HOST -- COMMAND %s",
			word, c.Name, c.Name, word)
	case len(found) == 0 && afterHost:
		return matched{}, usagef("unknown option %s; if it belongs to the remote command, put \"--\" before the command: %s HOST -- COMMAND %s",
			word, c.Name, word)
	case len(found) == 0:
		return matched{}, usagef("unknown option %s; %s", word, c.suggest(word, name))
	case len(found) > 1:
		var names []string
		for _, m := range found {
			names = append(names, m.shown)
		}
		return matched{}, usagef("option %s is ambiguous: it could be %s; write more of it", word, strings.Join(names, " or "))
	}
	return found[0], nil
}

// suggest is what to do about an unknown option name; word is the whole word as typed.
func (c Command) suggest(word, name string) string {
	for _, o := range c.Options() {
		if strings.HasPrefix(word, "--") {
			for spelled := range o.spellings() {
				if !o.Hidden && mistyped(name, spelled) {
					return "did you mean --" + spelled + "?"
				}
			}
			continue
		}
		if o.Short != "" && o.Value != "" && strings.HasPrefix(name, o.Short) {
			return fmt.Sprintf("if you meant -%s, put a space before its value: -%s %s", o.Short, o.Short, name[len(o.Short):])
		}
	}
	return c.Name + " --help lists the options"
}

// mistyped says that a and b differ by one letter, or by two neighbours that have changed places.
func mistyped(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	a, b = a[i:], b[i:]
	switch len(b) - len(a) {
	case 0:
		return len(a) > 0 && (a[1:] == b[1:] || len(a) > 1 && a[0] == b[1] && a[1] == b[0] && a[2:] == b[2:])
	case 1:
		return a == b[1:]
	}
	return false
}

// distinct drops further spellings of one option with one meaning: --no-init and --noinit.
func distinct(all []matched) []matched {
	var out []matched
	for _, m := range all {
		same := func(o matched) bool { return o.option.name() == m.option.name() && o.negated == m.negated }
		if !slices.ContainsFunc(out, same) {
			out = append(out, m)
		}
	}
	return out
}

// spellings yields every name under which the option may be given, and whether it is then negated.
func (o Option) spellings() func(yield func(string, bool) bool) {
	return func(yield func(string, bool) bool) {
		names := o.longNames()
		if o.Short != "" {
			names = append(slices.Clone(names), o.Short)
		}
		for _, n := range names {
			if !yield(n, false) || o.Negatable && (!yield("no-"+n, true) || !yield("no"+n, true)) {
				return
			}
		}
	}
}
