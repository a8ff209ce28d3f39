package e2e

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Host is a machine to log in to: an sshd on a private port of loopback with keys of its own.
type Host struct {
	Port   int
	Config string // of an ssh client that may log in; its host names are "v4" and "v6"
	Dir    string
}

// StartHost starts an sshd that listens on 127.0.0.1 and ::1. extra is added to its configuration.
func StartHost(t testing.TB, extra string) *Host {
	t.Helper()
	sshd, err := exec.LookPath("/usr/sbin/sshd")
	if err != nil {
		t.Fatal("these tests need sshd: apt-get install openssh-server")
	}
	dir := t.TempDir()
	h := &Host{Dir: dir, Port: freePort(t), Config: filepath.Join(dir, "ssh_config")}
	for _, k := range []string{"host", "user"} {
		run(t, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(dir, k))
	}
	public := read(t, filepath.Join(dir, "user.pub"))
	write(t, filepath.Join(dir, "authorized"), public)
	hostKey := strings.Join(strings.Fields(read(t, filepath.Join(dir, "host.pub")))[:2], " ")
	write(t, filepath.Join(dir, "known"), fmt.Sprintf("[127.0.0.1]:%d %s\n[::1]:%d %s\n", h.Port, hostKey, h.Port, hostKey))
	// The folder belongs to root and sshd is strict about what it trusts; the folder itself is private.
	conf := fmt.Sprintf(`Port %d
ListenAddress 127.0.0.1
ListenAddress ::1
HostKey %s/host
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
PermitRootLogin yes
AuthorizedKeysFile %s/authorized
PrintMotd no
PrintLastLog no
AcceptEnv LANG LC_*
Subsystem sftp internal-sftp
%s
`, h.Port, dir, dir, extra)
	write(t, filepath.Join(dir, "sshd_config"), conf)
	write(t, h.Config, fmt.Sprintf(`Host v4
  HostName 127.0.0.1
Host v6
  HostName ::1
Host *
  Port %d
  User root
  IdentityFile %s/user
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile %s/known
  GlobalKnownHostsFile /dev/null
  LogLevel ERROR
`, h.Port, dir, dir))
	_ = os.MkdirAll("/run/sshd", 0o755)
	cmd := exec.Command(sshd, "-D", "-e", "-f", filepath.Join(dir, "sshd_config"))
	log, err := os.Create(filepath.Join(dir, "sshd.log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting sshd: %v", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for _, addr := range []string{"127.0.0.1", "::1"} {
		Until(t, "sshd listens on "+addr, func() bool {
			c, err := net.Dial("tcp", net.JoinHostPort(addr, fmt.Sprint(h.Port)))
			if err == nil {
				_ = c.Close()
			}
			return err == nil
		}, func() string { return read(t, filepath.Join(dir, "sshd.log")) })
	}
	return h
}

// freePort returns a TCP port that was free a moment ago.
func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func run(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
