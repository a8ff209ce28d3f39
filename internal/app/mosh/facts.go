package mosh

import "strings"

// facts are what the script told about the remote machine: values by name.
type facts map[string][]string

const factPrefix = "MOSH FACT "

func parseFacts(text string) facts {
	f := facts{}
	for line := range strings.Lines(text) {
		if _, fact, ok := strings.Cut(strings.TrimRight(line, "\r\n"), factPrefix); ok {
			name, value, _ := strings.Cut(fact, " ")
			f[name] = append(f[name], value)
		}
	}
	return f
}

func (f facts) has(name string) bool { return len(f[name]) > 0 }

func (f facts) first(name string) string {
	if f.has(name) {
		return f[name][0]
	}
	return ""
}

// factsScript asks a POSIX shell about the things that make a session fail. It changes nothing there.
func factsScript(server string) string {
	fact := func(name, command string) string { return `echo "MOSH FACT ` + name + ` $(` + command + `)"` }
	when := func(condition, name, value string) string {
		return condition + ` && echo "MOSH FACT ` + name + ` ` + value + `"`
	}
	lines := []string{
		fact("system", "uname -sr"),
		fact("time", "date +%s"),
		fact("charset", "locale charmap 2>/dev/null"),
		fact("utf8", "locale -a 2>/dev/null | grep -ci utf"),
		fact("vendor", "cat /sys/class/dmi/id/sys_vendor 2>/dev/null"),
		when(`grep -qi "^ENABLED=yes" /etc/ufw/ufw.conf 2>/dev/null`, "firewall", "ufw"),
		when(`systemctl is-active -q firewalld 2>/dev/null`, "firewall", "firewalld"),
		when(`systemctl is-active -q nftables 2>/dev/null`, "firewall", "nftables"),
		when(`grep -qs "^KillUserProcesses=yes" /etc/systemd/logind.conf /etc/systemd/logind.conf.d/*.conf`, "kill", "yes"),
		when(`[ -e "/var/lib/systemd/linger/$(id -un)" ]`, "linger", "yes"),
		`version() { "$@" --version 2>/dev/null </dev/null; }`,
	}
	tell := fact("version", `version "$p" | sed -n 1p`) + "; " + fact("compatible", `version "$p" | sed -n 2p`)
	if server == "" {
		lines = append(lines, `for s in `+strings.Join(serverPlaces, " ")+`; do p=$(command -v "$s" 2>/dev/null) || continue; echo "MOSH FACT server $p"; `+tell+`; break; done`)
	} else {
		lines = append(lines, `echo "MOSH FACT server `+strings.ReplaceAll(server, `"`, `\"`)+`"`,
			fact("version", server+" --version 2>/dev/null </dev/null | sed -n 1p"), fact("compatible", server+" --version 2>/dev/null </dev/null | sed -n 2p"))
	}
	return strings.Join(append(lines, "echo MOSH FACT end"), "; ")
}
