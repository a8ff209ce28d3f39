package server

import (
	"os"
	"os/exec"
	"strings"

	"mosh/internal/drive/login"
	"mosh/internal/drive/pty"
)

// command is the program to run: the words after "--", else the login shell with its greeting.
func command(s settings, env environment, h handover, user login.User) pty.Command {
	home := env.value("HOME")
	if home == "" {
		home = user.Home
	}
	child := env.localize(s.locale, knownLocale).forProgram(s.colors)
	c := pty.Command{Env: child, Dir: home, Rows: h.Rows, Cols: h.Cols, CoreLimit: &h.CoreLimit}
	if len(s.command) > 0 {
		c.Path, c.Args = s.command[0], s.command
		return c
	}
	shell, set := env.lookup("SHELL")
	path, argv0 := login.Shell(shell, set, user)
	c.Path, c.Args = path, []string{argv0}
	c.Greeting = login.Greeting(user, home, os.Getpid())
	return c
}

// knownLocale says whether the C library has this locale. Where it cannot be asked, every locale is fine: such
// systems (musl) know no other charset than UTF-8.
func knownLocale(name string) bool {
	if strings.EqualFold(name, "C.UTF-8") || strings.EqualFold(name, "C.utf8") {
		return true
	}
	out, err := exec.Command("locale", "-a").Output()
	if err != nil {
		return true
	}
	for line := range strings.Lines(string(out)) {
		if normalLocale(line) == normalLocale(name) {
			return true
		}
	}
	return false
}

// normalLocale spells a locale as the C library compares them: "en_US.UTF-8" as "en_us.utf8".
func normalLocale(name string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimSpace(name), "-", ""))
}
