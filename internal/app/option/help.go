package option

import (
	"fmt"
	"strings"
)

// helpColumn is where the descriptions begin in --help.
const helpColumn = 30

// Help is the text of --help, called by the name in argv0.
func (c Command) Help(argv0 string) string {
	var b strings.Builder
	for i, s := range c.Synopsis {
		fmt.Fprintf(&b, "%s %s %s\n", []string{"Usage:", "      "}[min(i, 1)], argv0, s)
	}
	for _, g := range c.Groups {
		if text := g.help(); text != "" {
			fmt.Fprintf(&b, "\n%s:\n%s", g.Title, text)
		}
	}
	if len(c.Examples) > 0 {
		b.WriteString("\nExamples:\n")
		for _, e := range c.Examples {
			fmt.Fprintf(&b, "  %s\n      %s\n", e.Line, plain(e.Does))
		}
	}
	return b.String()
}

func (g Group) help() string {
	var b strings.Builder
	for _, o := range g.Options {
		if o.Hidden {
			continue
		}
		label := "  " + o.label()
		if len(label) > helpColumn-2 {
			fmt.Fprintf(&b, "%s\n%*s", label, helpColumn, "")
		} else {
			fmt.Fprintf(&b, "%-*s", helpColumn, label)
		}
		b.WriteString(plain(o.Summary))
		if o.Default != "" && o.Value != "" {
			fmt.Fprintf(&b, " (default: %s)", o.Default)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// label is the option as help and manual show it: "-p, --port=PORT", "--no-init", "-a".
func (o Option) label() string {
	long := ""
	if o.Long != "" {
		long = "--" + o.negation() + o.Long
	}
	switch {
	case o.Value != "" && long != "":
		long += "=" + o.Value
	case o.Value != "":
		return "-" + o.Short + " " + o.Value
	}
	switch {
	case o.Short == "":
		return "    " + long
	case long == "":
		return "-" + o.Short
	}
	return "-" + o.Short + ", " + long
}

// negation is "no-" for a flag that is on unless negated.
func (o Option) negation() string {
	if o.Negatable && o.Default == "yes" {
		return "no-"
	}
	return ""
}

// plain takes the markup off a text: `literal` and <placeholder>.
func plain(s string) string { return strings.NewReplacer("`", "", "<", "", ">", "").Replace(s) }
