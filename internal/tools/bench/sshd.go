//go:build linux

package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// host is a private sshd and the configuration of a client that may log in to it as "host".
type host struct {
	dir, config string
	cmd         *exec.Cmd
}

// startHost starts an sshd at address:port, by run (cmd.Start in some namespace).
func startHost(dir, address string, port int, run func(func() error) error) (*host, error) {
	h := &host{dir: dir, config: filepath.Join(dir, "ssh_config")}
	for _, k := range []string{"host", "user"} {
		out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(dir, k)).CombinedOutput()
		if err != nil {
			return nil, fmt.Errorf("making an ssh key: %w: %s", err, out)
		}
	}
	// A login shell, whosever it is, comes to the prompt that is waited for.
	if err := os.WriteFile(filepath.Join(dir, ".bash_profile"), []byte("PS1='"+prompt+"'\nunset HISTFILE\n"), 0o600); err != nil {
		return nil, err
	}
	server := fmt.Sprintf(`Port %[1]d
ListenAddress %[2]s
HostKey %[3]s/host
AuthorizedKeysFile %[3]s/user.pub
PidFile none
UsePAM no
UseDNS no
StrictModes no
PermitRootLogin yes
PrintMotd no
PrintLastLog no
AcceptEnv LANG LC_*
SetEnv HOME=%[3]s SHELL=/bin/bash
`, port, address, dir)
	client := fmt.Sprintf(`Host host
  HostName %s
  Port %d
  IdentityFile %s/user
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile /dev/null
  StrictHostKeyChecking no
  LogLevel ERROR
`, address, port, dir)
	if err := os.WriteFile(filepath.Join(dir, "sshd_config"), []byte(server), 0o600); err != nil {
		return nil, err
	}
	if err := os.WriteFile(h.config, []byte(client), 0o600); err != nil {
		return nil, err
	}
	// Its privilege separation directory is fixed at compile time.
	if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(dir, "sshd.log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	h.cmd = exec.Command("/usr/sbin/sshd", "-D", "-e", "-f", filepath.Join(dir, "sshd_config"))
	h.cmd.Stdout, h.cmd.Stderr = log, log
	if err := run(h.cmd.Start); err != nil {
		return nil, fmt.Errorf("starting sshd (apt-get install openssh-server): %w", err)
	}
	return h, h.await(net.JoinHostPort(address, fmt.Sprint(port)), run)
}

func (h *host) await(at string, run func(func() error) error) error {
	for range 500 {
		err := run(func() error {
			c, err := net.Dial("tcp", at)
			if err == nil {
				c.Close()
			}
			return err
		})
		if err == nil {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	text, _ := os.ReadFile(filepath.Join(h.dir, "sshd.log"))
	return fmt.Errorf("sshd does not listen at %s: %s", at, text)
}

func (h *host) close() {
	_ = h.cmd.Process.Kill()
	_ = h.cmd.Wait()
}

func directly(f func() error) error { return f() }

// sshd starts the sshd on loopback when it is first needed.
func (b *bench) sshd() (*host, error) {
	if b.host != nil {
		return b.host, nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	dir := filepath.Join(b.dir, "ssh")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	b.host, err = startHost(dir, "127.0.0.1", port, directly)
	return b.host, err
}

func (b *bench) openSSH(s *session, w want) error {
	h, err := b.sshd()
	if err != nil {
		return err
	}
	cmd := exec.Command("ssh", "-F", h.config, "-tt", "-e", "none", "host", quote(w.program))
	cmd.Env = environment()
	return s.start(cmd, w)
}

// quote writes a command so that a shell reads it as it is.
func quote(words []string) string {
	q := make([]string, len(words))
	for i, w := range words {
		q[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
	}
	return strings.Join(q, " ")
}
