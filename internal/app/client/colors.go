package client

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"mosh/internal/drive/termcaps"
)

// colors prints how many colours the terminal has, for the launcher (spec/commands.md, section C1).
func colors(stdout, stderr io.Writer) int {
	n, err := Colors()
	if err != nil {
		fmt.Fprintf(stderr, "mosh-client: %v\n", err)
		return 1
	}
	fmt.Fprintln(stdout, n)
	return 0
}

// Colors is how many colours the terminal that the environment tells of has; negative: none.
func Colors() (int, error) {
	term := os.Getenv("TERM")
	if term == "" {
		return 0, errors.New("TERM is not set, so the colours of the terminal are unknown")
	}
	n, err := termcaps.Colors(terminalEnvironment())
	if err != nil {
		n = colorsOf(term)
	}
	return n, nil
}

// colorsOf guesses by the name where no database knows it: every terminal of today has 256 colours but for a few old ones.
func colorsOf(term string) int {
	switch {
	case strings.HasPrefix(term, "vt") || term == "dumb":
		return -1
	case term == "linux" || term == "ansi" || term == "cygwin":
		return 8
	}
	return 256
}
