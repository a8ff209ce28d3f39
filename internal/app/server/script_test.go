package server

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"mosh/internal/drive/daemon"
	"mosh/internal/drive/pty"
)

func TestMain(m *testing.M) {
	if daemon.IsDetached(os.Args) || pty.IsStage(os.Args) {
		os.Exit(Main(os.Args, os.Environ(), os.Stdin, os.Stdout, os.Stderr))
	}
	testscript.Main(m, map[string]func(){
		"mosh-server": func() { os.Exit(Main(os.Args, os.Environ(), os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// TestScripts runs testdata/*.txtar: what mosh-server prints, and what it says when it cannot start.
func TestScripts(t *testing.T) { testscript.Run(t, testscript.Params{Dir: "testdata"}) }
