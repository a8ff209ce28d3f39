package mosh

import (
	"bytes"
	"io"
	"net"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// TestFakeProxy runs the proxy as ssh does (spec/commands.md, A8): it tells the address, carries the bytes both ways,
// each direction to its own end, and does so to the last word after ssh has sent it HUP.
func TestFakeProxy(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	host, port, _ := net.SplitHostPort(l.Addr().String())
	cmd := exec.Command(built(t)+"/mosh", "--family=inet", "--fake-proxy", "--", host, port)
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "from the server")
	conn.(*net.TCPConn).CloseWrite()
	if got, err := io.ReadAll(out); err != nil || string(got) != "from the server" {
		t.Errorf("ssh reads %q, %v", got, err)
	}
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("from ssh ", 100_000)
	go func() {
		io.WriteString(in, long)
		in.Close()
	}()
	if got, err := io.ReadAll(conn); err != nil || string(got) != long {
		t.Errorf("the server reads %d octets, %v, want %d", len(got), err, len(long))
	}
	if err := cmd.Wait(); err != nil || said.String() != "MOSH IP 127.0.0.1\n" {
		t.Errorf("%v, the proxy says %q", err, said.String())
	}
}

// TestFakeProxyFails: the status is the number of the error, as with stock.
func TestFakeProxyFails(t *testing.T) {
	dead := freePort(t)
	out, err := exec.Command(built(t)+"/mosh", "--fake-proxy", "--", "127.0.0.1", dead).CombinedOutput()
	want := "mosh: cannot connect to 127.0.0.1 port " + dead + ": tried 127.0.0.1 (connection refused)\n"
	if exitStatus(err) != int(syscall.ECONNREFUSED) || string(out) != want {
		t.Errorf("%v, %q, want status 111 and %q", err, out, want)
	}
	out, err = exec.Command(built(t)+"/mosh", "--fake-proxy", "127.0.0.1").CombinedOutput()
	if exitStatus(err) != 255 || !strings.Contains(string(out), "--fake-proxy needs a host and a port") {
		t.Errorf("%v, %q", err, out)
	}
}
