package mosh

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// sshHost is a real sshd of ours on a private port, with keys and configuration in a directory of the test.
type sshHost struct {
	t    testing.TB
	dir  string
	port string
}

// newSSHHost starts sshd on 127.0.0.1 and ::1, with our server in the PATH. Each name in forced has a key of its own with which sshd runs that
// command in place of a login shell reading the client's command, and a Host entry of that name in ssh_config.
func newSSHHost(t testing.TB, forced map[string]string) *sshHost {
	t.Helper()
	h := &sshHost{t: t, dir: shortDir(t), port: freePort(t)}
	h.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "host")
	h.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "plain")
	var authorized strings.Builder
	authorized.WriteString(h.read("plain.pub"))
	var config strings.Builder
	for name, command := range forced {
		h.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", name)
		authorized.WriteString(fmt.Sprintf("command=%q %s", command, h.read(name+".pub")))
		config.WriteString(fmt.Sprintf("Host %s\n  HostName 127.0.0.1\n  IdentityFile %s/%s\n", name, h.dir, name))
	}
	h.write("authorized", authorized.String())
	h.write("ssh_config", config.String()+h.defaults())
	h.write("sshd_config", fmt.Sprintf(`Port %s
ListenAddress 127.0.0.1
ListenAddress ::1
HostKey %[2]s/host
AuthorizedKeysFile %[2]s/authorized
StrictModes no
UsePAM no
PrintMotd no
PidFile none
SetEnv PATH=%[3]s:/usr/bin:/bin
`, h.port, h.dir, built(t)))
	h.start()
	return h
}

// defaults is the part of ssh_config that holds for every host.
func (h *sshHost) defaults() string {
	return fmt.Sprintf("Host *\n  Port %s\n  User root\n  IdentityFile %[2]s/plain\n  IdentitiesOnly yes\n"+
		"  UserKnownHostsFile %[2]s/known\n  StrictHostKeyChecking no\n  LogLevel ERROR\n", h.port, h.dir)
}

func (h *sshHost) start() {
	h.t.Helper()
	if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
		h.t.Fatal(err)
	}
	cmd := exec.Command("/usr/sbin/sshd", "-D", "-f", h.dir+"/sshd_config", "-E", h.dir+"/sshd.log")
	if err := cmd.Start(); err != nil {
		h.t.Fatalf("cannot start sshd (%v): apt-get install openssh-server", err)
	}
	h.t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	until(h.t, "sshd listens", func() bool {
		conn, err := net.Dial("tcp", "127.0.0.1:"+h.port)
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
}

// ssh is the value for --ssh.
func (h *sshHost) ssh() string { return "ssh -F " + h.dir + "/ssh_config" }

// mosh is a command that runs the launcher.
func (h *sshHost) mosh(args ...string) *exec.Cmd {
	cmd := exec.Command(built(h.t)+"/mosh", append([]string{"--ssh=" + h.ssh()}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TERM=xterm-256color", "MOSH_SERVER_NETWORK_TMOUT=60")
	return cmd
}

func (h *sshHost) run(name string, args ...string) {
	h.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = h.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		h.t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
}

func (h *sshHost) write(name, text string) {
	h.t.Helper()
	if err := os.WriteFile(filepath.Join(h.dir, name), []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
}

func (h *sshHost) read(name string) string {
	h.t.Helper()
	b, err := os.ReadFile(filepath.Join(h.dir, name))
	if err != nil {
		h.t.Fatal(err)
	}
	return string(b)
}

// pane is a terminal, as tmux shows it.
type pane struct {
	t      testing.TB
	socket string
}

// show runs cmd in a terminal of 100 columns.
func show(t testing.TB, cmd *exec.Cmd) *pane {
	t.Helper()
	return showWidth(t, 100, cmd)
}

func showWidth(t testing.TB, columns int, cmd *exec.Cmd) *pane {
	t.Helper()
	p := &pane{t: t, socket: filepath.Join(shortDir(t), "tmux")}
	words := append([]string{"-f", "/dev/null", "-S", p.socket, "new-session", "-d", "-x", strconv.Itoa(columns), "-y", "24"},
		quoteAll(append([]string{cmd.Path}, cmd.Args[1:]...))+`; echo "[status $?]"; exec sleep 600`)
	tmux := exec.Command("tmux", words...)
	tmux.Env = cmd.Env
	if out, err := tmux.CombinedOutput(); err != nil {
		t.Fatalf("tmux: %v\n%s", err, out)
	}
	t.Cleanup(func() { exec.Command("tmux", "-S", p.socket, "kill-server").Run() })
	return p
}

func (p *pane) text() string {
	out, err := exec.Command("tmux", "-S", p.socket, "capture-pane", "-p", "-J").CombinedOutput()
	if err != nil {
		p.t.Fatalf("tmux: %v\n%s", err, out)
	}
	return string(out)
}

func (p *pane) keys(keys ...string) {
	if out, err := exec.Command("tmux", append([]string{"-S", p.socket, "send-keys"}, keys...)...).CombinedOutput(); err != nil {
		p.t.Fatalf("tmux: %v\n%s", err, out)
	}
}

// sees waits until the screen holds text.
func (p *pane) sees(text string) {
	p.t.Helper()
	last := ""
	p.t.Cleanup(func() {
		if p.t.Failed() {
			p.t.Logf("the screen:\n%s", last)
		}
	})
	until(p.t, fmt.Sprintf("the screen shows %q", text), func() bool {
		last = strings.TrimSpace(p.text())
		return strings.Contains(last, text)
	})
}

// until waits for a condition, looking every 20 ms.
func until(t testing.TB, what string, condition func() bool) {
	t.Helper()
	for limit := time.Now().Add(2 * time.Minute); !condition(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("it never came that %s", what)
		}
	}
}

// shortDir is a directory whose path leaves room for the name of a unix socket.
func shortDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "mosh")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}
