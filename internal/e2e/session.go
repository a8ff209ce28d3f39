package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Pair is a launcher with the client and server that it shall use.
type Pair struct {
	Launcher, Client, Server string
	Name                     string
}

// Environment is a plain environment for a terminal program: nothing of the tester's own.
func Environment(dir string) []string {
	return []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=" + dir, "LANG=C.UTF-8",
		"SHELL=/bin/sh", "TERM=xterm-256color"}
}

// Command is the shell text that connects pair to host ("v4" or "v6"), with further launcher arguments.
func (p Pair) Command(h *Host, host string, args ...string) string {
	family := "inet"
	if host == "v6" {
		family = "inet6"
	}
	words := []string{p.Launcher, "--family=" + family, "--client=" + p.Client, "--server=" + p.Server,
		fmt.Sprintf("--ssh='ssh -F %s'", h.Config)}
	return strings.Join(append(words, args...), " ") + " " + host
}

// Open connects pair to host in a terminal of 80 by 24 and waits for a shell that is ready: bash without
// start-up files, whose prompt is "$ ".
func (p Pair) Open(t testing.TB, h *Host, host string, args ...string) *Screen {
	t.Helper()
	return p.OpenSize(t, h, host, 80, 24, args...)
}

// OpenSize is Open with a terminal size.
func (p Pair) OpenSize(t testing.TB, h *Host, host string, width, height int, args ...string) *Screen {
	t.Helper()
	rc := filepath.Join(h.Dir, "bashrc")
	if !exists(rc) {
		write(t, rc, "PS1='$ '\nunset PROMPT_COMMAND\n")
	}
	dir := folder(t)
	if err := os.MkdirAll(filepath.Join(dir, ".cache"), 0o700); err != nil {
		t.Fatal(err)
	}
	s := NewScreen(t, width, height, Environment(dir),
		p.Command(h, host, args...)+" -- bash --noprofile --rcfile "+rc+" -i")
	s.Await("$")
	return s
}
