package server

import (
	"crypto/rand"
	"fmt"
	"io"
	"net/netip"
	"os"

	"mosh/internal/app/version"
	"mosh/internal/core/datagram"
	"mosh/internal/drive/daemon"
	"mosh/internal/drive/pty"
	"mosh/internal/drive/udp"
)

// handover is what the first process gives to the second, besides the socket.
type handover struct {
	Key        string
	Rows, Cols int
	Terminal   bool // Rows and Cols are those of the user's own, which ssh has handed on
	CoreLimit  uint64
}

func (h *handover) append(dst []byte) []byte {
	return fmt.Appendf(dst, "%d %d %t %d %s", h.Rows, h.Cols, h.Terminal, h.CoreLimit, h.Key)
}

func (h *handover) parse(b []byte) error {
	if _, err := fmt.Sscanf(string(b), "%d %d %t %d %s", &h.Rows, &h.Cols, &h.Terminal, &h.CoreLimit, &h.Key); err != nil {
		return fmt.Errorf("reading what was handed over: %w", err)
	}
	return nil
}

// start starts the process that serves, binds a port for it, and says where it can be reached.
func start(s settings, args []string, stdin, stdout, stderr *os.File) error {
	var h handover
	var err error
	if h.CoreLimit, err = daemon.NoDump(); err != nil {
		fmt.Fprintf(stderr, "mosh-server: %v\n", err)
	}
	second, err := daemon.Start(daemon.Child{Args: args[1:], KeepStdio: s.verbose > 0})
	if err != nil {
		return err
	}
	defer second.Abandon()
	socket, err := listen(s, stderr)
	if err != nil {
		return err
	}
	defer socket.Close()
	var secret [datagram.KeySize]byte
	if _, err := rand.Read(secret[:]); err != nil {
		return fmt.Errorf("no random numbers for the session key: %w", err)
	}
	key := datagram.NewKey(secret)
	h.Key = key.Text()
	h.Cols, h.Rows, h.Terminal = pty.SizeOf(stdin)
	file, err := socket.File()
	if err != nil {
		return err
	}
	defer file.Close()
	plan := h.append(nil)
	pid, err := second.HandOver(plan, file)
	clear(plan)
	if err != nil {
		return err
	}
	if err := daemon.SurviveLogout(pid); err != nil {
		fmt.Fprintf(stderr, "mosh-server: %v\n", err)
	}
	connectLine(stdout, h.Terminal, socket.Local().Port(), h.Key)
	fmt.Fprintf(stderr, "\n%s\n[mosh-server detached, pid = %d]\n", version.Text("mosh-server"), pid)
	return nil
}

// connectLine prints the one line that the launcher reads. On a terminal a line break comes first, so that
// what a login script printed without one does not hide it.
func connectLine(stdout io.Writer, terminal bool, port uint16, key string) {
	if terminal {
		fmt.Fprint(stdout, "\r\n\n")
	}
	fmt.Fprintf(stdout, "MOSH CONNECT %d %s\n", port, key)
}

// listen binds the address asked for, else any.
func listen(s settings, stderr io.Writer) (*udp.Socket, error) {
	wildcard := []netip.Addr{netip.IPv4Unspecified(), netip.IPv6Unspecified()}
	addrs := wildcard
	if s.bind.IsValid() {
		addrs = append([]netip.Addr{s.bind}, wildcard...)
	}
	socket, failed, err := udp.ListenFirst(s.ports, addrs...)
	if err != nil {
		return nil, fmt.Errorf("no UDP port could be opened: %w; choose others with -p", err)
	}
	for _, f := range failed {
		fmt.Fprintf(stderr, "mosh-server: %v; listening on every address\n", f)
	}
	return socket, nil
}
