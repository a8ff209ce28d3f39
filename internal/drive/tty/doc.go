// Package tty is the user's own terminal, as the client needs it (spec/commands.md, C3 and C4): raw mode and the way
// back from it, size, suspension, input that can be stopped, output that cannot hang the client, and the signals that
// concern a terminal, as events.
//
// A program that takes the terminal gives it back on every way out:
//
//	t, err := tty.Open(os.Stdin, os.Stdout)
//	...
//	defer t.Close() // also when it panics
//	err = t.Raw()
//
// The descriptors of the user's shell share their flags with ours, so those are never touched: where the system
// allows it the terminal is opened once more, non-blocking, for reading and writing.
package tty

// Signal is what a signal means to the client.
type Signal uint8

// The signals.
const (
	Resized    Signal = iota + 1 // the size may have changed (SIGWINCH)
	Continued                    // running again after a stop (SIGCONT): call Raw and paint anew
	Terminated                   // told to end (SIGTERM, SIGINT, SIGHUP, SIGPIPE)
)

func (s Signal) String() string {
	switch s {
	case Resized:
		return "resized"
	case Continued:
		return "continued"
	case Terminated:
		return "terminated"
	}
	return "unknown"
}

// The size assumed when the terminal does not know its own.
const (
	defaultRows = 24
	defaultCols = 80
)
