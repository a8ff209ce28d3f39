package daemon

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
)

func TestStatRange(t *testing.T) {
	fields := strings.Repeat("0 ", 46)
	for stat, want := range map[string]string{
		"12 (na) me) R " + fields + "4096 8192 0": "4096 8192 true",
		"12 (mosh) R " + fields + "0 0 0":         "0 0 false", // not permitted
		"12 (mosh) R " + fields + "8192 4096 0":   "8192 4096 false",
		"12 (mosh) R " + fields + "x y 0":         "0 0 false",
		"12 (mosh) R 1 2":                         "0 0 false",
		"":                                        "0 0 false",
	} {
		start, end, ok := statRange([]byte(stat), 50)
		if got := fmt.Sprint(start, end, ok); got != want {
			t.Errorf("%q: %s, want %s", stat, got, want)
		}
	}
}

// touch makes the file that says that we linger.
func touch(t *testing.T, dir string) {
	t.Helper()
	u, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Mkdir(dir, 0o755), os.WriteFile(filepath.Join(dir, u.Username), nil, 0o644)); err != nil {
		t.Fatal(err)
	}
}

// TestSurviveLogout plays systemd with a script that notes how it is called.
func TestSurviveLogout(t *testing.T) {
	const started = "--user call org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager " +
		"StartTransientUnit ssa(sv)a(sa(sv)) mosh-server-77.scope fail 2 Description s mosh-server PIDs au 1 77 0\n"
	for _, c := range []struct {
		name, kill string
		userFails  bool
		linger     bool
		want       string // part of the error, "" for none
		moved      bool
	}{
		{"default of logind", "b false", false, false, "", false},
		{"lingering", "b true", false, true, "", true},
		{"not lingering", "b true", false, false, "loginctl enable-linger", true},
		{"no user manager", "b true", true, true, "Failed to connect to bus", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			log := filepath.Join(dir, "log")
			script := "#!/bin/sh\nif [ $1 = --system ]; then echo " + c.kill + "; exit; fi\necho \"$@\" >" + log + "\n"
			if c.userFails {
				script += "echo Failed to connect to bus >&2; exit 1\n"
			}
			s := systemd{run: dir, linger: filepath.Join(dir, "linger"), busctl: filepath.Join(dir, "busctl")}
			if err := os.WriteFile(s.busctl, []byte(script), 0o755); err != nil {
				t.Fatal(err)
			}
			if c.linger {
				touch(t, s.linger)
			}
			err := s.surviveLogout(77)
			switch {
			case c.want == "" && err != nil, c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("error %v, want %q", err, c.want)
			}
			b, _ := os.ReadFile(log)
			if c.moved != (string(b) == started) {
				t.Errorf("called with %q", b)
			}
		})
	}
	if err := (systemd{run: "/nonexistent"}).surviveLogout(1); err != nil {
		t.Errorf("without systemd: %v", err)
	}
}
