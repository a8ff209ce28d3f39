package mosh

import (
	"bytes"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// asStranger makes this thread another user's until takeBack.
func asStranger(t *testing.T) (takeBack func()) {
	set := func(uid uintptr) {
		const same = ^uintptr(0)
		if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, same, uid, same); errno != 0 {
			t.Fatalf("as root another user's offer can be made: %v", errno)
		}
	}
	runtime.LockOSThread()
	set(65534)
	return func() {
		set(0)
		runtime.UnlockOSThread()
	}
}

// TestProxyPasses: ssh gets one connection as a descriptor, the launcher's own if there is one for the port ssh asks for,
// else one that the proxy makes. A stranger's offer is not taken, whatever its name.
func TestProxyPasses(t *testing.T) {
	cases := []struct {
		name, offered string // the token and the port of what the launcher offers
		port          string
		stranger      bool // whose offer it is
		launchers     bool
	}{
		{"offered", "TOKEN1", "", false, true},
		{"nothing offered", "", "", false, false},
		{"another token", "TOKEN2", "", false, false},
		{"another port", "TOKEN1", "1", false, false},
		{"another user's", "TOKEN1", "", true, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			_, port, _ := net.SplitHostPort(l.Addr().String())
			var early net.Conn
			if c.offered != "" {
				takeBack := func() {}
				if c.stranger {
					takeBack = asStranger(t)
				}
				defer offerConnection(c.offered, []netip.Addr{netip.MustParseAddr("127.0.0.1")}, port)()
				takeBack()
				if early, err = l.Accept(); err != nil {
					t.Fatal(err)
				}
				defer early.Close()
			}
			conn, said := runPasser(t, "TOKEN1", port, c.port)
			defer conn.Close()
			if want := "MOSH IP TOKEN1 127.0.0.1\n"; said != want {
				t.Errorf("the proxy says %q, want %q", said, want)
			}
			launchers := early != nil && conn.LocalAddr().String() == early.RemoteAddr().String()
			if launchers != c.launchers {
				t.Errorf("the connection is from %v, the launcher's is %v", conn.LocalAddr(), early)
			}
			far := early
			if !launchers {
				if far, err = l.Accept(); err != nil {
					t.Fatal(err)
				}
				defer far.Close()
			}
			far.Write([]byte("SSH-2.0"))
			b := make([]byte, 7)
			if _, err := conn.Read(b); err != nil || string(b) != "SSH-2.0" {
				t.Errorf("%q, %v", b, err)
			}
		})
	}
}

// runPasser runs the proxy as an ssh with ProxyUseFdpass does; offered is the port in its first word if not the real one.
func runPasser(t *testing.T, token, port, offered string) (net.Conn, string) {
	t.Helper()
	if offered == "" {
		offered = port
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(pair[0])
	end := os.NewFile(uintptr(pair[1]), "ssh")
	cmd := exec.Command(built(t)+"/mosh", passFlag+offered, "--family=inet", "--proxy-token="+token,
		"--proxy-addresses=127.0.0.1", "--fake-proxy", "--", "localhost", port)
	var said bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = end, end, &said
	err = cmd.Run()
	end.Close()
	if err != nil {
		t.Fatalf("%v: %s", err, said.String())
	}
	text, rights := make([]byte, 2), make([]byte, unix.CmsgSpace(4))
	n, rn, _, _, err := unix.Recvmsg(pair[0], text, rights, unix.MSG_CMSG_CLOEXEC)
	if err != nil || n != 1 || rn == 0 {
		t.Fatalf("ssh gets %d octets and %d of rights, %v", n, rn, err)
	}
	messages, _ := unix.ParseSocketControlMessage(rights[:rn])
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil || len(fds) != 1 {
		t.Fatalf("%v, %v", fds, err)
	}
	f := os.NewFile(uintptr(fds[0]), "connection")
	defer f.Close()
	conn, err := net.FileConn(f)
	if err != nil {
		t.Fatal(err)
	}
	return conn, said.String()
}
