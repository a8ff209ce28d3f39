// Package termcaps says what the user's terminal can do by its name, TERM, and the system's terminfo database
// (spec/terminal.md, 5.7), read with github.com/xo/terminfo. What the terminal itself says is asked by
// display.Probe, starting from what is found here.
package termcaps

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/xo/terminfo"

	"mosh/internal/core/display"
)

// Environment is the part of the environment that matters.
type Environment struct {
	Term         string // TERM
	Terminfo     string // TERMINFO, a directory
	TerminfoDirs string // TERMINFO_DIRS, separated by colons; an empty one stands for the system's
	Home         string // HOME
	Prefix       string // PREFIX, where Termux lives
	NoInit       bool   // MOSH_NO_TERM_INIT exists: smcup and rmcup are not used
}

// systemDirs are where systems keep the database: ncurses' own places, then the BSDs, macOS package managers
// and NixOS.
var systemDirs = []string{
	"/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo", "/usr/lib/terminfo", "/usr/local/share/terminfo",
	"/usr/local/lib/terminfo", "/usr/share/misc/terminfo", "/usr/share/lib/terminfo", "/opt/homebrew/share/terminfo",
	"/opt/local/share/terminfo", "/usr/pkg/share/terminfo", "/run/current-system/sw/share/terminfo",
}

// ErrUnknown is the error for a terminal that no database has. The Caps that come with it are a guess by the
// name, which is good enough to go on with.
var ErrUnknown = errors.New("terminal type is not in the terminfo database")

// Load returns what the terminal can do.
func Load(e Environment) (display.Caps, error) {
	c := byName(e.Term)
	ti, err := find(e)
	if err == nil {
		c = byTerminfo(c, ti)
	}
	if e.NoInit {
		c.Enter, c.Leave = "", ""
	}
	return c, err
}

// Colors is how many colours the terminal has, -1 if none, as its terminfo entry says. An error is ErrUnknown if no
// database knows the name.
func Colors(e Environment) (int, error) {
	ti, err := find(e)
	if err != nil {
		return 0, err
	}
	if n, ok := ti.Nums[terminfo.MaxColors]; ok && n > 0 {
		return n, nil
	}
	return -1, nil
}

func (e Environment) dirs() []string {
	var dirs []string
	add := func(dir ...string) {
		for _, d := range dir {
			if d != "" {
				dirs = append(dirs, d)
			}
		}
	}
	add(e.Terminfo)
	if e.Home != "" {
		add(filepath.Join(e.Home, ".terminfo"))
	}
	if e.TerminfoDirs != "" {
		add(strings.Split(e.TerminfoDirs, ":")...)
	}
	if e.Prefix != "" {
		add(filepath.Join(e.Prefix, "share/terminfo"))
	}
	add(systemDirs...)
	return dirs
}

func find(e Environment) (*terminfo.Terminfo, error) {
	if e.Term == "" {
		return nil, errors.New("TERM is not set: set it to the name of your terminal, for instance xterm-256color")
	}
	if strings.ContainsAny(e.Term, "/\x00") {
		return nil, fmt.Errorf("TERM=%q: %w", e.Term, ErrUnknown)
	}
	for _, dir := range e.dirs() {
		ti, err := terminfo.Open(dir, e.Term)
		if err == nil {
			return ti, nil
		}
		if !errors.Is(err, terminfo.ErrFileNotFound) && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) {
			return nil, fmt.Errorf("read the terminfo entry of %s in %s: %w", e.Term, dir, err)
		}
	}
	return nil, fmt.Errorf("TERM=%s: %w", e.Term, ErrUnknown)
}

// titled are the beginnings of the names of terminals that have titles, as stock mosh has them, and richer
// those that are younger. Terminals of neither list may print an operating system command that they do not
// know.
var (
	titled = []string{"xterm", "rxvt", "kterm", "Eterm", "alacritty", "screen", "tmux"}
	richer = []string{"foot", "wezterm", "contour", "ghostty", "kitty", "konsole", "mintty", "mlterm", "vte", "gnome",
		"iterm", "st-", "rio", "putty", "terminator", "zellij", "dtterm", "nsterm", "ms-terminal"}
	// styled keep links and styled, coloured underlines, all in the colon form.
	styled = []string{"foot", "wezterm", "contour", "ghostty", "xterm-kitty", "xterm-ghostty", "kitty", "mintty", "iterm",
		"rio", "alacritty", "vte"}
)

func begins(name string, with []string) bool {
	for _, s := range with {
		if strings.HasPrefix(name, s) {
			return true
		}
	}
	return false
}

// byName is what the name alone says.
func byName(term string) display.Caps {
	c := display.Terminal()
	c.Title = begins(term, titled)
	c.OSC = c.Title || begins(term, richer)
	c.Rich = c.OSC
	c.Links = begins(term, styled)
	c.Underlines = c.Links
	if c.Title {
		c.EditChars, c.EditLines = true, true
	}
	if !c.OSC {
		c.BCE, c.ECH = false, false
	}
	return c
}

// byTerminfo corrects c by the database.
func byTerminfo(c display.Caps, ti *terminfo.Terminfo) display.Caps {
	has := func(names ...int) bool {
		for _, n := range names {
			if len(ti.Strings[n]) == 0 {
				return false
			}
		}
		return true
	}
	c.BCE = ti.Has(terminfo.BackColorErase)
	c.ECH = has(terminfo.EraseChars)
	c.EditChars = has(terminfo.ParmIch, terminfo.ParmDch)
	c.EditLines = has(terminfo.ParmInsertLine, terminfo.ParmDeleteLine) && has(terminfo.ChangeScrollRegion)
	c.ScrollLines = has(terminfo.ParmIndex, terminfo.ParmRindex) && has(terminfo.ChangeScrollRegion)
	for _, name := range ti.ExtStringNames {
		if string(name) == "Smulx" && c.OSC {
			c.Underlines = true
		}
	}
	c.Enter = unpadded(ti.Strings[terminfo.EnterCaMode])
	c.Leave = unpadded(ti.Strings[terminfo.ExitCaMode])
	return c
}

// unpadded returns s without delays ("$<5/>"), which no terminal of today needs.
func unpadded(s []byte) string {
	var b []byte
	for {
		before, after, found := bytes.Cut(s, []byte("$<"))
		b = append(b, before...)
		if !found {
			return string(b)
		}
		if _, s, found = bytes.Cut(after, []byte(">")); !found {
			return string(b)
		}
	}
}
