package server

import (
	"slices"
	"strings"
)

// environment is a list of NAME=VALUE.
type environment []string

func (e environment) lookup(name string) (string, bool) {
	for _, kv := range slices.Backward(e) {
		if v, ok := strings.CutPrefix(kv, name+"="); ok {
			return v, true
		}
	}
	return "", false
}

func (e environment) value(name string) string {
	v, _ := e.lookup(name)
	return v
}

// without returns e without the variables named.
func (e environment) without(names ...string) environment {
	return slices.DeleteFunc(slices.Clone(e), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		return slices.Contains(names, name)
	})
}

// with returns e with these settings, each NAME=VALUE, in place of earlier ones of the same names.
func (e environment) with(settings ...string) environment {
	for _, kv := range settings {
		name, _, _ := strings.Cut(kv, "=")
		e = append(e.without(name), kv)
	}
	return e
}

// localeNames are the variables that make the locale (spec/commands.md, section A4).
func localeNames() []string {
	return []string{"LANG", "LANGUAGE", "LC_CTYPE", "LC_NUMERIC", "LC_TIME", "LC_COLLATE", "LC_MONETARY", "LC_MESSAGES",
		"LC_PAPER", "LC_NAME", "LC_ADDRESS", "LC_TELEPHONE", "LC_MEASUREMENT", "LC_IDENTIFICATION", "LC_ALL"}
}

// charset is the locale in force for characters: the first set of LC_ALL, LC_CTYPE and LANG.
func (e environment) charset() string {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := e.value(name); v != "" {
			return v
		}
	}
	return ""
}

// isUTF8 says that the name of a locale asks for UTF-8, however it is spelled.
func isUTF8(locale string) bool {
	_, codeset, _ := strings.Cut(locale, ".")
	codeset, _, _ = strings.Cut(codeset, "@")
	codeset = strings.ToLower(strings.ReplaceAll(codeset, "-", ""))
	return codeset == "utf8" || strings.EqualFold(locale, "UTF-8")
}

// localize chooses the locale of the program: the environment's own if it is UTF-8 and known to the
// system, else what the client handed over with -l, else the first UTF-8 locale there is. No UTF-8 locale
// is ever needed: without one the program gets C.UTF-8 all the same. known says whether the system has a locale.
func (e environment) localize(handed []string, known func(string) bool) environment {
	usable := func(l string) bool { return isUTF8(l) && known(l) }
	if usable(e.charset()) {
		return e
	}
	next := e.without(localeNames()...).with(handed...)
	if usable(next.charset()) {
		return next
	}
	fallback := "C.UTF-8"
	for _, l := range []string{"C.UTF-8", "C.utf8", "en_US.UTF-8"} {
		if known(l) {
			fallback = l
			break
		}
	}
	return next.without("LC_ALL").with("LC_CTYPE="+fallback, "LANG="+fallback)
}

// forProgram returns the environment of the program on the pty (spec/commands.md, section B4).
func (e environment) forProgram(colors int) environment {
	term := "xterm"
	if colors == 256 {
		term = "xterm-256color"
	}
	return e.without("STY", "MOSH_KEY").with("TERM="+term, "NCURSES_NO_UTF8_ACS=1")
}
