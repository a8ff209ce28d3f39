package client

import (
	"fmt"
	"io"
	"os"
	"strings"

	"mosh/internal/drive/termcaps"
)

// colors prints how many colours the terminal has, for the launcher (spec/commands.md, section C1).
func colors(stdout, stderr io.Writer) int {
	term := os.Getenv("TERM")
	if term == "" {
		fmt.Fprintln(stderr, "mosh-client: TERM is not set, so the colours of the terminal are unknown")
		return 1
	}
	n, err := termcaps.Colors(terminalEnvironment())
	if err != nil {
		n = colorsOf(term)
	}
	fmt.Fprintln(stdout, n)
	return 0
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
