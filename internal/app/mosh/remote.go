package mosh

import (
	"strconv"
	"strings"
)

// localeVariables are handed to the server when set, in this order (spec/commands.md, A4).
var localeVariables = []string{
	"LANG", "LANGUAGE", "LC_CTYPE", "LC_NUMERIC", "LC_TIME", "LC_COLLATE", "LC_MONETARY", "LC_MESSAGES", "LC_PAPER",
	"LC_NAME", "LC_ADDRESS", "LC_TELEPHONE", "LC_MEASUREMENT", "LC_IDENTIFICATION", "LC_ALL",
}

// serverPlaces are tried in order when no --server is given: non-interactive shells often have a short PATH
// (spec/commands.md, E1.3).
var serverPlaces = []string{
	"mosh-server", "/usr/local/bin/mosh-server", "/opt/homebrew/bin/mosh-server", "/opt/local/bin/mosh-server",
	"/usr/pkg/bin/mosh-server", "/home/linuxbrew/.linuxbrew/bin/mosh-server",
	`"$HOME/.local/bin/mosh-server"`, `"$HOME/bin/mosh-server"`,
}

// tellConnection prints the line from which the server's own address is read; nothing outside ssh.
const tellConnection = `if [ "$SSH_CONNECTION" ]; then echo; echo "MOSH SSH_CONNECTION $SSH_CONNECTION"; fi`

// serverArguments are the words behind mosh-server, in stock's order (spec/commands.md, A5).
func serverArguments(p Process, s settings, colors int, bind, command []string) []string {
	words := append([]string{"new", "-c", strconv.Itoa(colors)}, bind...)
	if s.port != "" {
		words = append(words, "-p", s.port)
	}
	for _, name := range localeVariables {
		if value, set := p.lookup(name); set {
			words = append(words, "-l", name+"="+value)
		}
	}
	if len(command) > 0 {
		words = append(append(words, "--"), command...)
	}
	return words
}

// remoteCommand is the one string the remote login shell reads. With --server it is stock's; without, one sh -c
// looks for the server and tells the connection, so that no login shell has to understand more than quoted words.
func remoteCommand(server string, wantConnection bool, arguments []string) string {
	switch {
	case server == "":
		return "sh -c " + quote(findServer()) + " mosh-server " + quoteAll(arguments)
	case wantConnection:
		return "sh -c " + quote(tellConnection) + " ; " + server + " " + quoteAll(arguments)
	}
	return server + " " + quoteAll(arguments)
}

func findServer() string {
	return tellConnection + `; for s in ` + strings.Join(serverPlaces, " ") +
		`; do command -v "$s" >/dev/null 2>&1 && exec "$s" "$@"; done; echo "$0: command not found"; exit 127`
}
