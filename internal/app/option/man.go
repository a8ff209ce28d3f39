package option

import (
	"fmt"
	"strings"
)

// Man is the manual page in section 1, in the man(7) macros.
func (c Command) Man() string {
	m := manual{}
	m.linef(".\\\" Made from the option table by internal/tools/pages: do not edit.")
	m.linef(".TH %s 1 %s mosh \"User Commands\"", strings.ToUpper(c.Name), revised)
	m.heading("NAME")
	m.linef("%s \\- %s", roffText(c.Name), roffText(c.Summary))
	m.heading("SYNOPSIS")
	for i, s := range c.Synopsis {
		if i > 0 {
			m.linef(".br")
		}
		m.linef(".B %s", roffText(c.Name))
		m.fill(roffText(s))
	}
	m.heading("DESCRIPTION")
	m.paragraphs(c.Description)
	m.heading("OPTIONS")
	for _, g := range c.Groups {
		m.group(g)
	}
	for _, s := range c.Sections {
		m.heading(s.Title)
		m.paragraphs(s.Text)
	}
	m.heading("ENVIRONMENT VARIABLES")
	for _, v := range c.Environment {
		m.item("\\fB"+roffText(v.Name)+"\\fR", markup(v.Detail))
	}
	m.heading("EXIT STATUS")
	for _, s := range c.Exit {
		m.item("\\fB"+roffText(s.Code)+"\\fR", markup(s.Meaning))
	}
	m.heading("EXAMPLES")
	for _, e := range c.Examples {
		m.item("\\fB"+roffText(e.Line)+"\\fR", markup(e.Does))
	}
	m.heading("SEE ALSO")
	var also []string
	for _, page := range c.SeeAlso {
		name, section, _ := strings.Cut(page, "(")
		also = append(also, fmt.Sprintf("\\fB%s\\fR(%s", roffText(name), section))
	}
	m.linef("%s", strings.Join(also, ",\n"))
	return m.String()
}

// revised is the date in the manual pages: of the last change of what they say.
const revised = "2026-11-25"

type manual struct{ strings.Builder }

func (m *manual) linef(format string, args ...any) { fmt.Fprintf(m, format+"\n", args...) }

func (m *manual) heading(title string) { m.linef(".SH %s", strings.ToUpper(title)) }

func (m *manual) paragraphs(texts []string) {
	for i, t := range texts {
		if i > 0 {
			m.linef(".PP")
		}
		m.fill(markup(t))
	}
}

func (m *manual) item(tag, text string) {
	m.linef(".TP\n%s", tag)
	m.fill(text)
}

// fill breaks a text into lines of at most 80 columns; roff joins them again.
func (m *manual) fill(text string) {
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len(line)+1+len(word) > 80 {
			m.linef("%s", line)
			line = ""
		}
		if line == "" && (word[0] == '.' || word[0] == '\'') {
			word = `\&` + word
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	m.linef("%s", line)
}

func (m *manual) group(g Group) {
	shown := false
	for _, o := range g.Options {
		if o.Hidden {
			continue
		}
		if !shown {
			m.linef(".SS %s", g.Title)
			shown = true
		}
		m.item("\\fB"+roffText(strings.TrimSpace(o.label()))+"\\fR", markup(o.manText()))
	}
}

func (o Option) manText() string {
	text := strings.ToUpper(o.Summary[:1]) + o.Summary[1:]
	if strings.HasPrefix(o.Summary, "-") {
		text = "The same as `" + o.Summary + "`"
	}
	if o.Default != "" && o.Value != "" {
		text += " (default: " + o.Default + ")"
	}
	text += "."
	if o.Detail != "" {
		text += " " + o.Detail
	}
	for _, n := range o.Also {
		text += " Also `--" + o.negation() + n + "`."
	}
	return text
}

// markup turns `literal` into bold and <placeholder> into italics.
func markup(s string) string {
	s = inFont("B", roffText(s), "`", "`", func(string) bool { return true })
	return inFont("I", s, "<", ">", isPlaceholder)
}

func isPlaceholder(s string) bool {
	return s != "" && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz") == ""
}

// inFont sets what stands between begin and end, if it is fit, in a font. (No regular expressions: compiling them, and what
// their package sets up, would be part of every start of all three programs.)
func inFont(font, s, begin, end string, fit func(string) bool) string {
	var b strings.Builder
	for {
		before, rest, begun := strings.Cut(s, begin)
		inner, after, ended := strings.Cut(rest, end)
		switch {
		case !begun || !ended:
			return b.String() + s
		case fit(inner):
			b.WriteString(before + `\f` + font + inner + `\fR`)
			s = after
		default:
			b.WriteString(before + begin)
			s = rest
		}
	}
}

// roffText escapes what roff would not print as it is written.
func roffText(s string) string {
	return strings.NewReplacer(`\`, `\e`, "-", `\-`, "^", `\(ha`, "~", `\(ti`).Replace(s)
}
