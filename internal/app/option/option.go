// Package option is the one table of the options and environment variables of mosh, mosh-client and mosh-server.
// The parser, --help, the manual pages and the shell completions are all made from it, so that they cannot drift.
// The grammar of mosh is that of Perl's Getopt::Long (spec/commands.md, A1); that of the other two is getopt's (B1, C1).
package option

import "slices"

// Command is everything a person is told about one command.
type Command struct {
	Name        string
	Summary     string   // the NAME line of the manual
	Synopsis    []string // argument lines, without the command's name
	Description []string // paragraphs
	Groups      []Group  // in the order of --help
	Environment []Variable
	Sections    []Section // further sections of the manual
	Examples    []Example
	Exit        []Status
	SeeAlso     []string
}

// Group is a headed list of options.
type Group struct {
	Title   string
	Options []Option
}

// Option is one option, under all its names.
type Option struct {
	Long      string   // name without dashes; empty if it has only a letter
	Also      []string // other long names
	Short     string   // one letter, or empty
	Value     string   // how its value is called; empty for a flag
	Words     []string // the words it accepts, when they are a closed set
	Kind      Kind     // what a shell offers for its value
	Negatable bool     // --no-NAME and --noNAME exist; help shows the negation when Default is "yes"
	Sets      string   // "name=value": a flag that stands for another option
	Default   string
	Summary   string // one line of --help
	Detail    string // the manual says this after the summary
	Config    bool   // may stand in the configuration file
	Own       bool   // stock has no such option; never makes an abbreviation of a stock option ambiguous
	Hidden    bool   // in no help, for our own calls
}

// Kind says what a shell completes a value with.
type Kind string

// The kinds of values.
const (
	KindWord    Kind = ""        // nothing can be offered, or Words
	KindCommand Kind = "command" // a program
	KindHost    Kind = "host"    // a host known to ssh
)

// Variable is an environment variable that the command reads.
type Variable struct{ Name, Detail string }

// Section is a further section of the manual.
type Section struct {
	Title string
	Text  []string // paragraphs
}

// Example is a command line and what it does.
type Example struct{ Line, Does string }

// Status is an exit status and when it comes.
type Status struct{ Code, Meaning string }

// Options lists the options of all groups.
func (c Command) Options() []Option {
	var all []Option
	for _, g := range c.Groups {
		all = append(all, g.Options...)
	}
	return all
}

// Lookup finds the option with this exact long name, of those that take one.
func (c Command) Lookup(name string) (Option, bool) {
	for _, o := range c.Options() {
		if slices.Contains(o.longNames(), name) {
			return o, true
		}
	}
	return Option{}, false
}

func (o Option) longNames() []string {
	if o.Long == "" {
		return nil
	}
	return append([]string{o.Long}, o.Also...)
}

// name is the option's key in Parsed.
func (o Option) name() string {
	if o.Long != "" {
		return o.Long
	}
	return o.Short
}
