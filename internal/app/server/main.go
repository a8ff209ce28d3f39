package server

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"mosh/internal/app/option"
	"mosh/internal/app/version"
	"mosh/internal/drive/daemon"
	"mosh/internal/drive/pty"
)

// Main runs mosh-server and returns its exit status.
func Main(args []string, environ []string, stdin, stdout, stderr *os.File) int {
	switch {
	case pty.IsStage(args):
		return pty.RunStage()
	case daemon.IsDetached(args):
		return resume(args, environ, stderr)
	}
	if text := information(args); text != "" {
		fmt.Fprint(stdout, text)
		return 0
	}
	s, err := parseSettings(args[1:], environ)
	if err != nil {
		return refuse(stderr, args[0], err)
	}
	for _, w := range s.warnings {
		fmt.Fprintf(stderr, "mosh-server: %s\n", w)
	}
	if s.misunderstood {
		usage(stderr, args[0])
	}
	if err := start(s, args, stdin, stdout, stderr); err != nil {
		fmt.Fprintf(stderr, "mosh-server: %v\n", err)
		return 1
	}
	return 0
}

// information is the text of --help and --version, wherever they stand before "--".
func information(args []string) string {
	front := args[1:]
	if i := slices.Index(front, "--"); i >= 0 {
		front = front[:i]
	}
	switch {
	case slices.Contains(front, "--version"):
		return version.Text("mosh-server")
	case slices.Contains(front, "--help") || slices.Contains(front, "-h"):
		return option.Server().Help("mosh-server")
	}
	return ""
}

func refuse(stderr io.Writer, name string, err error) int {
	fmt.Fprintf(stderr, "mosh-server: %v\n", err)
	var wrong *usageError
	if errors.As(err, &wrong) {
		usage(stderr, name)
	}
	return 1
}

func usage(stderr io.Writer, name string) {
	fmt.Fprintf(stderr, "Usage: %s %s\n", filepath.Base(name), option.Server().Synopsis[0])
}
