package mosh

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"mosh/internal/e2e"
)

func TestMain(m *testing.M) {
	testscript.Main(tidy{m}, map[string]func(){
		"mosh": func() {
			os.Exit(Main(Process{Args: os.Args, Environ: os.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}))
		},
	})
}

// tidy removes what built made.
type tidy struct{ *testing.M }

func (m tidy) Run() int {
	defer func() {
		if builtDir != "" {
			os.RemoveAll(builtDir)
		}
	}()
	return m.M.Run()
}

var (
	buildOnce sync.Once
	builtDir  string
)

// built is a directory with our three programs, as a person would copy it.
func built(t testing.TB) string {
	t.Helper()
	buildOnce.Do(func() {
		var err error
		if builtDir, err = os.MkdirTemp("/tmp", "mosh"); err != nil {
			t.Fatal(err)
		}
		if _, err := e2e.Build(builtDir); err != nil {
			t.Fatal(err)
		}
	})
	return builtDir
}

// TestScripts runs testdata/*.txtar: mosh with a fake ssh and a fake client. What the programs in testdata/bin do is
// said at their top.
func TestScripts(t *testing.T) {
	bin, err := filepath.Abs("testdata/bin")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("PATH", bin+string(os.PathListSeparator)+e.Getenv("PATH"))
			e.Setenv("HOME", filepath.Join(e.WorkDir, "home"))
			e.Setenv("TERM", "xterm-256color")
			return os.Mkdir(filepath.Join(e.WorkDir, "home"), 0o755)
		},
	})
}
