package mosh

import (
	"fmt"
	"net/netip"
	"strings"
)

// failure is what is known when ssh has ended and no server said where it listens.
type failure struct {
	settings settings
	started  *startup
	status   int // of ssh; -1 if a signal ended it
}

// explain is one sentence with the likely cause and the next step (spec/commands.md, E1).
func (f failure) explain() string {
	_, name := splitUser(f.settings.host)
	said := func(text string) bool {
		for _, line := range f.started.said {
			if strings.Contains(line, text) {
				return true
			}
		}
		return false
	}
	sshTest := quoteIfNeeded(append(append([]string{}, f.settings.ssh...), f.settings.host, "true"))
	switch {
	case f.started.unreachable != "":
		return f.started.unreachable + "; is sshd running there? Try: " + sshTest
	case said("needs a UTF-8 native locale"):
		return fmt.Sprintf("%s offers mosh-server no UTF-8 locale: pass --server=\"LC_ALL=C.UTF-8 mosh-server\", or generate a UTF-8 locale there", name)
	case said("[user@]host [command...]"):
		return fmt.Sprintf("--server=%s is the launcher on %s, not the server: did you mean mosh-server?", f.settings.server, name)
	case said("Bad UDP port") && f.settings.portRange:
		return fmt.Sprintf("the mosh-server on %s does not know port ranges: give one port, -p PORT", name)
	case said("ddress already in use"), said("no UDP port could be opened"):
		return fmt.Sprintf("mosh-server on %s found no free UDP port in %s: choose others with -p PORT:PORT2", name, f.portText())
	case said("Network exception"):
		return fmt.Sprintf("mosh-server on %s could not open a UDP port (its reason is above): choose another with -p, or another address with --bind-server", name)
	case f.status == 127 || f.notFound():
		return f.missing(name)
	case f.status == 126:
		return fmt.Sprintf("the server program on %s may not be executed: check its permissions, or pass --server=/path/to/mosh-server", name)
	case f.status == 255 && len(f.started.said) > 0:
		return fmt.Sprintf("ssh to %s failed: %s; try: %s", name, f.lastWords(), sshTest)
	case f.status == 255:
		return fmt.Sprintf("ssh to %s failed and said nothing; try: %s", name, sshTest)
	case f.status == -1:
		return fmt.Sprintf("ssh was ended by a signal before the session to %s had started", name)
	case len(f.started.said) > 0:
		return fmt.Sprintf("no mosh-server started on %s: its command ended with status %d after %q; try: %s",
			name, f.status, f.lastWords(), quoteIfNeeded(append(append([]string{}, f.settings.ssh...), f.settings.host, "mosh-server --version")))
	}
	return fmt.Sprintf("no mosh-server started on %s: its command ended with status %d and said nothing; does a ForceCommand or the shell's start-up file replace it? Try: %s",
		name, f.status, quoteIfNeeded(append(append([]string{}, f.settings.ssh...), f.settings.host, "mosh-server --version")))
}

// explainLocal is the same where the server runs on this machine.
func (f failure) explainLocal() string {
	f.settings.host = "this machine"
	if f.status == 127 {
		return fmt.Sprintf("there is no %s on this machine: install it beside mosh or in the PATH, or pass --server=COMMAND", f.settings.server)
	}
	if f.status != 255 && len(f.started.said) == 0 || f.status == 1 {
		return fmt.Sprintf("the server command %s ended with status %d and did not start a session; its reason is above", f.settings.server, f.status)
	}
	return f.explain()
}

func (f failure) portText() string {
	if f.settings.port == "" {
		return "60001:60999"
	}
	return f.settings.port
}

func (f failure) lastWords() string { return f.started.said[len(f.started.said)-1] }

func (f failure) notFound() bool {
	for _, line := range f.started.said {
		for _, gist := range []string{"command not found", "Command not found", "Unknown command", "No such file or directory", ": not found"} {
			if strings.Contains(line, gist) && (strings.Contains(line, "mosh-server") || f.settings.server != "") && f.status != 255 {
				return true
			}
		}
	}
	return false
}

func (f failure) missing(name string) string {
	if f.settings.server != "" {
		return fmt.Sprintf("%s has no %s in the PATH of its non-interactive shell: check the path given with --server, or install mosh there", name, f.settings.server)
	}
	return fmt.Sprintf("%s has no mosh-server in the PATH of its non-interactive shell nor in %s: install mosh there, or pass --server=/path/to/mosh-server",
		name, strings.ReplaceAll(strings.ReplaceAll(strings.Join(serverPlaces[1:], ", "), `"`, ""), "/mosh-server", ""))
}

// quoteIfNeeded writes a command a person can copy.
func quoteIfNeeded(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w
		if w == "" || strings.ContainsAny(w, " \t\n'\"\\$`!*?[]{}()<>|&;#~") {
			out[i] = quote(w)
		}
	}
	return strings.Join(out, " ")
}

// unlikely says why an address may not be reachable from here; empty if nothing speaks against it.
func unlikely(a netip.Addr) string {
	switch {
	case a.IsLoopback():
		return "an address of the machine itself"
	case a.IsPrivate():
		return "a private address"
	case a.IsLinkLocalUnicast():
		return "an address of its own link only"
	}
	return ""
}
