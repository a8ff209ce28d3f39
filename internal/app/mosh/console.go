package mosh

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// console is where the launcher speaks to the person in front of it.
type console struct {
	out, err io.Writer
	color    bool // err is a terminal and NO_COLOR does not forbid it
	verbose  bool
	start    time.Time
}

func newConsole(p Process) console {
	tty := term.IsTerminal(int(p.Stderr.Fd()))
	return console{
		out: p.Stdout, err: p.Stderr, start: time.Now(),
		color: tty && p.env("NO_COLOR") == "" && p.env("TERM") != "dumb",
	}
}

func (c console) errorf(format string, args ...any) { c.line("31", fmt.Sprintf(format, args...)) }

func (c console) noticef(format string, args ...any) { c.line("33", fmt.Sprintf(format, args...)) }

// tracef says what is being done and at which time since the start, with --verbose.
func (c console) tracef(format string, args ...any) {
	if c.verbose {
		ms := float64(time.Since(c.start).Microseconds()) / 1000
		fmt.Fprintf(c.err, "mosh: [%7.1f ms] %s\n", ms, fmt.Sprintf(format, args...))
	}
}

func (c console) line(color, text string) {
	prefix := "mosh: "
	if c.color {
		prefix = "\x1b[1;" + color + "mmosh:\x1b[0m "
	}
	fmt.Fprintf(c.err, "%s%s\n", prefix, strings.TrimRight(text, "\n"))
}

// Process is what the launcher gets from the operating system.
type Process struct {
	Args                  []string // Args[0] is the name it was called by
	Environ               []string
	Stdin, Stdout, Stderr *os.File
}

// env is the value of a variable, empty if it is not set.
func (p Process) env(name string) string { v, _ := p.lookup(name); return v }

func (p Process) lookup(name string) (string, bool) {
	for i := len(p.Environ) - 1; i >= 0; i-- {
		if v, ok := strings.CutPrefix(p.Environ[i], name+"="); ok {
			return v, true
		}
	}
	return "", false
}

// with is environ with variables set; "NAME" without "=" removes one.
func with(environ []string, changes ...string) []string {
	out := make([]string, 0, len(environ)+len(changes))
	for _, old := range environ {
		keep := true
		for _, change := range changes {
			name, _, _ := strings.Cut(change, "=")
			if strings.HasPrefix(old, name+"=") {
				keep = false
			}
		}
		if keep {
			out = append(out, old)
		}
	}
	for _, change := range changes {
		if strings.Contains(change, "=") {
			out = append(out, change)
		}
	}
	return out
}
