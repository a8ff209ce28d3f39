package e2e

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// Programs are the three commands of one side, as paths or names.
type Programs struct {
	Name                     string
	Launcher, Client, Server string
}

// Stock is the Debian package mosh 1.4.0.
func Stock(t testing.TB) Programs {
	t.Helper()
	p := Programs{Name: "stock", Launcher: "/usr/bin/mosh", Client: "/usr/bin/mosh-client", Server: "/usr/bin/mosh-server"}
	for _, f := range []string{p.Launcher, p.Client, p.Server} {
		if _, err := exec.LookPath(f); err != nil {
			t.Fatal("these tests need stock mosh: apt-get install mosh")
		}
	}
	return p
}

// Build compiles our three commands into dir.
func Build(dir string) (Programs, error) {
	cmd := exec.Command("go", "build", "-trimpath", "-o", dir+"/", "mosh/cmd/...")
	cmd.Env = append(cmd.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return Programs{}, &buildError{err, out}
	}
	return Programs{Name: "ours", Launcher: filepath.Join(dir, "mosh"), Client: filepath.Join(dir, "mosh-client"),
		Server: filepath.Join(dir, "mosh-server")}, nil
}

type buildError struct {
	err error
	out []byte
}

func (e *buildError) Error() string {
	return "building our commands: " + e.err.Error() + "\n" + string(e.out)
}
