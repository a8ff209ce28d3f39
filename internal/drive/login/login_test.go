//go:build linux

package login

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"mosh/internal/leak"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "-records" {
		os.Exit(playRecords())
	}
	leak.Main(m)
}

func TestFindUID(t *testing.T) {
	const file = `# comment
root:x:0:0:root:/root:/bin/bash
broken line
:x:7:7::/:/bin/sh
daemon:x:notanumber:1::/:/bin/sh
ann:x:1000:1000:Ann,,,:/home/ann:/usr/bin/zsh
bsd:*:1001:1001:staff:0:0:Some One:/Users/bsd:/bin/zsh
noshell:x:1002:1002::/home/noshell:
ann2:x:1000:1000::/home/other:/bin/sh`
	for uid, want := range map[int]User{
		0:    {"root", "/root", "/bin/bash", 0},
		1000: {"ann", "/home/ann", "/usr/bin/zsh", 1000},
		1001: {"bsd", "/Users/bsd", "/bin/zsh", 1001},
		1002: {"noshell", "/home/noshell", "", 1002},
		7:    {}, 1: {}, 4711: {},
	} {
		if got, ok := FindUID(strings.NewReader(file), uid); got != want || ok != (want != User{}) {
			t.Errorf("%d: %+v, %v", uid, got, ok)
		}
	}
}

func TestCurrent(t *testing.T) {
	u, err := Current()
	if err != nil || u.UID != os.Getuid() || u.Name == "" || u.Home == "" {
		t.Errorf("%+v, %v", u, err)
	}
}

// spec/commands.md, B2.3.
func TestShell(t *testing.T) {
	u := User{Shell: "/usr/bin/zsh"}
	for _, c := range []struct {
		env         string
		set         bool
		u           User
		file, argv0 string
	}{
		{"/bin/dash", true, u, "/bin/dash", "-dash"},
		{"", false, u, "/usr/bin/zsh", "-zsh"},
		{"", true, u, "/bin/sh", "-sh"},
		{"", false, User{}, "/bin/sh", "-sh"},
		{"fish", true, u, "fish", "-fish"},
	} {
		if file, argv0 := Shell(c.env, c.set, c.u); file != c.file || argv0 != c.argv0 {
			t.Errorf("SHELL %q, %v: %s, %s; want %s, %s", c.env, c.set, file, argv0, c.file, c.argv0)
		}
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestGreeting(t *testing.T) {
	dir := t.TempDir()
	p := places{
		dynamic: []string{filepath.Join(dir, "dyn1"), filepath.Join(dir, "dyn2")},
		static:  filepath.Join(dir, "motd"), utmp: filepath.Join(dir, "utmp"), dev: dir,
	}
	want := func(text string) {
		t.Helper()
		if got := string(p.greeting(User{Name: "ann"}, dir, 1)); got != text {
			t.Errorf("got %q, want %q", got, text)
		}
	}
	want("")
	write(t, p.static, "static\n")
	want("static\n")
	write(t, p.dynamic[1], "second\n")
	want("second\nstatic\n")
	write(t, p.dynamic[0], "first\n")
	want("first\nstatic\n")
	write(t, p.static, strings.Repeat("x", maxMotd+1))
	want("first\n" + strings.Repeat("x", maxMotd))
	write(t, filepath.Join(dir, ".hushlogin"), "")
	want("")
}

func TestWarning(t *testing.T) {
	for want, sessions := range map[string][]string{
		"": nil,
		"\x1b[37;44mMosh: You have a detached session on this server (mosh [7]).\x1b[m\n\n":                   {"mosh [7]"},
		"\x1b[37;44mMosh: You have 2 detached sessions on this server:\n  - mosh [7]\n  - mosh [8]\x1b[m\n\n": {"mosh [7]", "mosh [8]"},
	} {
		if got := string(warning(sessions)); got != want {
			t.Errorf("%v: %q, want %q", sessions, got, want)
		}
	}
}

// TestLog: every line of B6, in order, and none for what is no news.
func TestLog(t *testing.T) {
	var lines []string
	r := Begin(Session{User: "ann", Pid: 5, Log: func(l string) { lines = append(lines, l) }})
	r.Connected(netip.MustParseAddr("192.0.2.1"))
	r.Silent()
	r.Back(netip.MustParseAddr("192.0.2.1"))
	r.Connected(netip.MustParseAddr("::ffff:192.0.2.2"))
	r.Connected(netip.MustParseAddr("fe80::1%eth0"))
	r.End()
	r.End()
	want := []string{
		"user ann session begin",
		"user ann connected from host: 192.0.2.1",
		"user ann connected from host: 192.0.2.2",
		"user ann connected from host: fe80::1",
		"user ann session end",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("got %q", lines)
	}
}

// A log that hangs must not hold up the session, nor its end for ever.
func TestLogHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hang := make(chan struct{})
		r := Begin(Session{User: "ann", Pid: 5, Log: func(string) { <-hang }})
		for range 1000 {
			r.Connected(netip.MustParseAddr("192.0.2.1"))
		}
		r.End()
		close(hang)
	})
}
