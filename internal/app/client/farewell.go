package client

import (
	"fmt"
	"io"

	core "mosh/internal/core/client"
)

// signalStatus is what a shell adds to the number of the signal that ended a program.
const signalStatus = 128

// farewell says on stderr what has to be said after the session, and returns the exit status: that of the
// remote program if the server told it, else 0 for a clean end and 1 for another.
func farewell(stderr io.Writer, reason core.Reason, session *core.Session, s settings) int {
	exit := session.Exit()
	to := s.servers[0]
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
			fmt.Fprintf(stderr, "\nmosh: nothing listens at UDP %s. The server has ended, perhaps because the host\n"+
				"ends all processes of a login at its end (KillUserProcesses in logind.conf: try\n"+
				"\"loginctl enable-linger\" there), or the address is that of another machine.\n", to)
			return 1
		}
		fmt.Fprintf(stderr, "\nmosh did not make a successful connection to %s.\n"+
			"Please verify that UDP port %d is not firewalled and can reach the server.\n\n"+
			"(By default, mosh uses a UDP port between 60000 and 61000. The -p option\n"+
			"selects a specific UDP port number; mosh --doctor HOST checks each step.)\n", to, to.Port())
	case core.Unanswered:
		fmt.Fprint(stderr, "\n\nmosh did not shut down cleanly. Please note that the\n"+
			"mosh-server process may still be running on the server.\n")
	case core.Broken:
		fmt.Fprint(stderr, "\nmosh: the session's key has encrypted as much as is safe; start a new session.\n")
	}
	return 1
}
