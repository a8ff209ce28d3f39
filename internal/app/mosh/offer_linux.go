package mosh

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// offerWorks: ssh takes a connection from its ProxyCommand as a descriptor, and a socket without a file, of which nothing
// is left behind, brings it there.
const offerWorks = true

// offerLimit is how long the launcher tries to connect before the proxy has to try by itself.
const offerLimit = 10 * time.Second

// offerName names the socket at which the proxy takes the connection: the first octet, 0, keeps it out of the file
// system (unix(7)).
func offerName(token string) string { return "@mosh-" + token }

// offerConnection connects to the host while ssh starts, and hands the connection to the proxy that ssh runs, which hands
// it to ssh. If it cannot, the proxy connects by itself. withdraw ends all that.
func offerConnection(token string, addresses []netip.Addr, port string) (withdraw func()) {
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: offerName(token), Net: "unix"})
	if err != nil {
		return func() {}
	}
	go func() {
		defer l.Close() // who waits there is sent away
		conn, used, err := connect(addresses, dialTCP(port, offerLimit))
		if err != nil {
			return
		}
		defer conn.Close()
		taker, err := l.AcceptUnix()
		if err != nil {
			return
		}
		defer taker.Close()
		f, err := conn.File() // blocking, as ssh expects it
		if err != nil || !isOurs(taker) {
			return
		}
		defer f.Close()
		_, _, _ = taker.WriteMsgUnix([]byte(reportOf(used, addresses)), unix.UnixRights(int(f.Fd())), nil)
	}()
	return func() { l.Close() }
}

// isOurs says that the other end is a process of our own user: the token stands in ssh's command line, for all to read.
func isOurs(c syscall.Conn) bool {
	raw, err := c.SyscallConn()
	if err != nil {
		return false
	}
	ours := false
	err = raw.Control(func(fd uintptr) { ours = isOurUser(int(fd)) })
	return err == nil && ours
}

func isOurUser(fd int) bool {
	peer, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
	return err == nil && peer.Uid == uint32(os.Geteuid())
}

// takeOffer gets the connection that the launcher has made, and its report. It comes before all else in this
// process, for whose end ssh waits, and uses nothing that must be set up first.
func takeOffer(token string) (fd int, report string, err error) {
	s, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, "", err
	}
	defer unix.Close(s)
	if err := unix.Connect(s, &unix.SockaddrUnix{Name: offerName(token)}); err != nil {
		return -1, "", err
	}
	// A launcher that has given up leaves the name to anyone.
	if !isOurUser(s) {
		return -1, "", errors.New("another user offers it")
	}
	text, rights := make([]byte, 1<<10), make([]byte, unix.CmsgSpace(4))
	n, rn, _, _, err := unix.Recvmsg(s, text, rights, unix.MSG_CMSG_CLOEXEC)
	for err == unix.EINTR {
		n, rn, _, _, err = unix.Recvmsg(s, text, rights, unix.MSG_CMSG_CLOEXEC)
	}
	if err != nil {
		return -1, "", err
	}
	messages, err := unix.ParseSocketControlMessage(rights[:rn])
	if err != nil || len(messages) == 0 {
		return -1, "", errors.Join(err, errors.New("nothing is offered"))
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil || len(fds) != 1 {
		return -1, "", errors.Join(err, errors.New("nothing is offered"))
	}
	return fds[0], string(text[:n]), nil
}

// passOffered is the whole work of the proxy if the launcher has a connection for it, at the port that ssh asks for. It
// reports whether that is done.
func passOffered(p Process) bool {
	args := p.Args
	port, ours := strings.CutPrefix(args[min(1, len(args)-1)], passFlag)
	if !ours || port != args[len(args)-1] {
		return false
	}
	for _, a := range args {
		token, ok := strings.CutPrefix(a, "--proxy-token=")
		if !ok {
			continue
		}
		fd, report, err := takeOffer(token)
		if err != nil {
			return false
		}
		_, _ = p.Stderr.WriteString(reportPrefix + token + " " + report + "\n")
		return pass(fd) == nil
	}
	return false
}

// pass gives ssh a connection: one octet with the descriptor (ssh_config(5), ProxyUseFdpass).
func pass(fd int) error {
	return os.NewSyscallError("sendmsg", unix.Sendmsg(1, []byte{0}, unix.UnixRights(fd), nil, 0))
}

// passConnection gives ssh the connection that the proxy has made by itself.
func passConnection(conn *net.TCPConn) error {
	f, err := conn.File()
	if err != nil {
		return err
	}
	defer f.Close()
	return pass(int(f.Fd()))
}
