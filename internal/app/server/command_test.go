package server

import (
	"slices"
	"testing"

	"mosh/internal/drive/login"
)

// TestCommand: a command is run as it is and without a greeting; the login shell is that of SHELL, or of the user
// (spec/commands.md, B2.3 and B4).
func TestCommand(t *testing.T) {
	user := login.User{Name: "ann", Home: "/home/ann", Shell: "/bin/zsh"}
	cases := []struct {
		command, env environment
		path, dir    string
		args         []string
	}{
		{environment{"top", "-b"}, environment{"HOME=/h", "SHELL=/bin/sh"}, "top", "/h", []string{"top", "-b"}},
		{nil, environment{"HOME=/h", "SHELL=/usr/bin/fish"}, "/usr/bin/fish", "/h", []string{"-fish"}},
		{nil, environment{"HOME=/h", "SHELL="}, "/bin/sh", "/h", []string{"-sh"}},
		{nil, nil, "/bin/zsh", "/home/ann", []string{"-zsh"}},
	}
	for _, c := range cases {
		got := command(settings{command: c.command}, c.env, handover{Rows: 24, Cols: 80}, user)
		if got.Path != c.path || got.Dir != c.dir || !slices.Equal(got.Args, c.args) || len(c.command) > 0 && got.Greeting != nil {
			t.Errorf("%q, %q: %+v", c.command, c.env, got)
		}
	}
}
