package client

import (
	"fmt"
	"io"
	"net/netip"
	"strings"

	core "mosh/internal/core/client"
)

// signalStatus is what a shell adds to the number of the signal that ended a program.
const signalStatus = 128

// farewell says on stderr what has to be said after the session, and returns the exit status: that of the
// remote program if the server told it, else 0 for a clean end and 1 for another.
func farewell(stderr io.Writer, reason core.Reason, session *core.Session, s settings) int {
	exit := session.Exit()
	to, host := s.servers[0], s.host
	if host == "" {
		host = "HOST"
	}
	switch reason {
	case core.Clean:
		switch {
		case exit == nil:
			return 0
		case exit.Signal != 0:
			return signalStatus + int(exit.Signal&0x7f)
		}
		return int(exit.Status & 0xff)
	case core.NoServer:
		if session.WasRefused() {
			fmt.Fprintf(stderr, "\nmosh: nothing listens on %s. The server may have ended: some hosts end all processes\n"+
				"of a login with it (KillUserProcesses in logind.conf: try \"loginctl enable-linger\" there). Or\n"+
				"the port or address leads to another machine. mosh --doctor %s checks each step.\n", everywhere(s.servers), host)
			return 1
		}
		fmt.Fprintf(stderr, "\nmosh did not make a successful connection to %s.\n"+
			"Please verify that UDP port %d is not firewalled and can reach the server.\n\n"+
			"(By default, mosh uses a UDP port between 60000 and 61000. The -p option\n"+
			"selects a specific UDP port number; mosh --doctor %s checks each step.)\n", to, to.Port(), host)
	case core.Unanswered:
		fmt.Fprint(stderr, "\n\nmosh did not shut down cleanly. Please note that the\n"+
			"mosh-server process may still be running on the server.\n")
	case core.Broken:
		fmt.Fprint(stderr, "\nmosh: the session's key has encrypted as much as is safe; start a new session.\n")
	}
	return 1
}

// everywhere lists the server's addresses.
func everywhere(servers []netip.AddrPort) string {
	words := make([]string, len(servers))
	for i, a := range servers {
		words[i] = a.Addr().String()
	}
	return fmt.Sprintf("%s UDP port %d", strings.Join(words, ", "), servers[0].Port())
}
