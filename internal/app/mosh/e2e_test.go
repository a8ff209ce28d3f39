package mosh

import (
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestLoginShells sends a command full of special characters through each kind of login shell. sshd gives the client's
// command to "SHELL -c"; here a forced command does the same with a shell of our choice.
func TestLoginShells(t *testing.T) {
	shells := map[string]string{}
	for _, shell := range []string{"bash", "dash", "zsh", "fish", "tcsh"} {
		shells[shell] = "exec " + shell + " -c \"$SSH_ORIGINAL_COMMAND\""
	}
	h := newSSHHost(t, shells)
	for shell := range shells {
		servers := []string{""}
		if shell == "fish" || shell == "tcsh" { // stock's form of the command, in the shells that are not POSIX's
			servers = append(servers, "--server=env A=1 /usr/bin/mosh-server")
		}
		for _, server := range servers {
			t.Run(shell+server, func(t *testing.T) {
				text := `it's "a!b" \n \\ $HOME ` + "`x` {1,2} ~ *" + ` #%;&|<>()`
				args := []string{shell, "--", "sh", "-c", `printf "%s.\n" "$1"; read x; exit 3`, "name", text}
				status := "[status 3]" // ours hands it on
				if server != "" {
					args, status = append([]string{server, "--client=/usr/bin/mosh-client"}, args...), "[status 0]"
				}
				p := show(t, h.mosh(args...))
				p.sees(text + ".")
				p.keys("Enter")
				p.sees(status)
			})
		}
	}
}

// TestNoisyLogin: what a start-up file prints, even without a line end, does not hide the connect line.
func TestNoisyLogin(t *testing.T) {
	home := shortDir(t)
	if err := os.WriteFile(home+"/.bashrc", []byte("echo Welcome to noise; printf 'no line end> '\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	// bash reads .bashrc because it finds itself run by sshd.
	h := newSSHHost(t, map[string]string{"noisy": `HOME=` + home + ` exec bash -c "$SSH_ORIGINAL_COMMAND"`})
	for _, pty := range []string{"--ssh-pty", "--no-ssh-pty"} {
		p := show(t, h.mosh(pty, "--no-init", "noisy", "--", "sh", "-c", "echo the session; read x"))
		p.sees("the session")
		p.keys("Enter")
		p.sees("[status 0]")
	}
	out, err := h.mosh("--server=false", "noisy").CombinedOutput()
	if exitStatus(err) != 255 || !strings.Contains(string(out), "Welcome to noise") {
		t.Errorf("%v, want the noise passed through\n%s", err, out)
	}
}

// TestColor: errors are coloured on a terminal, unless NO_COLOR says otherwise.
func TestColor(t *testing.T) {
	for _, noColor := range []string{"", "1"} {
		cmd := newLocal(built(t)+"/mosh", "--nonsense")
		cmd.Env = append(cmd.Env, "NO_COLOR="+noColor)
		p := show(t, cmd)
		p.sees("unknown option --nonsense")
		out, err := exec.Command("tmux", "-S", p.socket, "capture-pane", "-p", "-e").Output()
		if colored := strings.Contains(string(out), "\x1b["); err != nil || colored == (noColor != "") {
			t.Errorf("NO_COLOR=%q: %v\n%q", noColor, err, out)
		}
	}
}

func TestProxyJump(t *testing.T) {
	h, gate := newSSHHost(t, nil), newSSHHost(t, nil)
	h.write("ssh_config", "Host gate\n  HostName 127.0.0.1\n  Port "+gate.port+"\n  IdentityFile "+gate.dir+"/plain\n"+
		"Host inner\n  HostName 127.0.0.1\n  ProxyJump gate\n"+h.defaults())
	// The jump ssh does not inherit -F.
	h.write("ssh_config", strings.Replace(h.read("ssh_config"), "ProxyJump gate", "ProxyCommand ssh -F "+h.dir+"/ssh_config -W %h:%p gate", 1))
	for _, method := range []string{"", "--experimental-remote-ip=remote"} {
		args := []string{"inner", "--", "sh", "-c", "echo $SSH_CONNECTION; read x"}
		if method != "" {
			args = append([]string{method}, args...)
		}
		p := show(t, h.mosh(args...))
		p.sees("127.0.0.1 " + h.port)
		p.keys("Enter")
		p.sees("ssh reaches inner through ProxyCommand")
	}
}

// TestUDPDeadOnOneFamily: ssh comes over IPv4, but a firewall drops UDP there. The client finds the other family,
// because the server was asked to listen on both; a stock server does so too.
func TestUDPDeadOnOneFamily(t *testing.T) {
	h := newSSHHost(t, nil)
	for _, server := range []string{"mosh-server", "/usr/bin/mosh-server"} {
		script := `set -e
ip link set lo up
nft add table inet t; nft add chain inet t in "{ type filter hook input priority 0; }"; nft add rule inet t in meta nfproto ipv4 meta l4proto udp drop
printf '127.0.0.1 dual.test\n::1 dual.test\n' >` + h.dir + `/hosts; mount --bind ` + h.dir + `/hosts /etc/hosts
/usr/sbin/sshd -D -f ` + h.dir + `/sshd_config & sshd=$!
trap 'kill $sshd' EXIT
until ss -ltn | grep -q ` + h.port + `; do sleep 0.05; done
` + built(t) + `/mosh "--ssh=$1" --server="$2" dual.test -- sh -c 'echo over $SSH_CONNECTION; read x'`
		p := show(t, newLocal("unshare", "-mn", "sh", "-c", script, "sh", h.ssh(), server))
		p.sees("over 127.0.0.1")
		p.keys("Enter")
		p.sees("[status 0]")
	}
}

// TestNoUDP: what a person sees while nothing comes back, in a terminal of the usual width: first where, then what
// may block it and how to find out. Ctrl-C leaves at once; who only waits is told the same at the end.
func TestNoUDP(t *testing.T) {
	h := newSSHHost(t, nil)
	script := `set -e
ip link set lo up
nft add table inet t; nft add chain inet t in "{ type filter hook input priority 0; }"; nft add rule inet t in meta l4proto udp drop
/usr/sbin/sshd -D -f ` + h.dir + `/sshd_config & sshd=$!
trap 'kill $sshd' EXIT
until ss -ltn | grep -q ` + h.port + `; do sleep 0.05; done
` + built(t) + `/mosh "--ssh=$1" root@127.0.0.1`
	for _, way := range []string{"Ctrl-C", "waiting"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			p := showWidth(t, 80, newLocal("unshare", "-n", "sh", "-c", script, "sh", h.ssh()))
			p.sees("mosh: Nothing received from 127.0.0.1 on UDP port 60001. [To quit: Ctrl-C]")
			p.sees("mosh: UDP port 60001 is silent: a firewall? Check: mosh --doctor root@127.0.0.1")
			if way == "Ctrl-C" {
				p.keys("C-c")
			}
			p.sees("[status 1]")
			p.sees("did not make a successful connection to 127.0.0.1:60001")
			p.sees("UDP port 60001 is not firewalled")
			p.sees("mosh --doctor root@127.0.0.1 checks each step")
		})
	}
}

// TestNothingListens: a server that is gone before the client comes. Nobody has ever answered there, and the client
// says no more than it knows.
func TestNothingListens(t *testing.T) {
	taken, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(taken.LocalAddr().String())
	taken.Close()
	cmd := newLocal(built(t)+"/mosh-client", "127.0.0.1", port)
	cmd.Env = append(cmd.Env, "MOSH_KEY=AAAAAAAAAAAAAAAAAAAAAA", "MOSH_ADDRESSES=::1")
	p := show(t, cmd)
	p.sees("mosh: Nothing listens on 127.0.0.1, ::1 UDP port " + port + ": has the server ended?")
	p.keys("C-c")
	p.sees("[status 1]")
	p.sees("nothing listens on 127.0.0.1, ::1 UDP port " + port + ". The server may have ended")
}

// TestNoLocale: a machine on which no locale is set or installed.
func TestNoLocale(t *testing.T) {
	cmd := exec.Command(built(t)+"/mosh", "--local", "127.0.0.1", "--", "sh", "-c", "echo locale $LC_CTYPE$LC_ALL$LANG ü; read x")
	cmd.Env = []string{"PATH=/usr/bin:/bin", "TERM=xterm", "HOME=/", "LOCPATH=/nowhere", "LC_ALL=xx_YY.UTF-8"}
	p := show(t, cmd)
	p.sees("locale")
	p.sees("ü")
	p.keys("Enter")
	p.sees("[status 0]")
}

func TestControlMaster(t *testing.T) {
	h := newSSHHost(t, nil)
	h.write("ssh_config", "Host shared\n  HostName 127.0.0.1\n  ControlMaster auto\n  ControlPath "+h.dir+"/master\n  ControlPersist 60\n"+h.defaults())
	t.Cleanup(func() { exec.Command("ssh", "-F", h.dir+"/ssh_config", "-O", "exit", "shared").Run() })
	for range 2 { // the first opens the connection and leaves a master in the background, the second shares it
		p := show(t, h.mosh("shared", "--", "sh", "-c", "echo in session; read x"))
		p.sees("in session")
		p.keys("Enter")
		p.sees("[status ")
		if _, err := os.Stat(h.dir + "/master"); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRemoteCommand(t *testing.T) {
	h := newSSHHost(t, nil)
	h.write("ssh_config", "Host fixed\n  HostName 127.0.0.1\n  RemoteCommand echo from \"%%h\" %h; read x\n"+h.defaults())
	p := show(t, h.mosh("fixed"))
	p.sees("from %h 127.0.0.1")
	p.keys("Enter")
	p.sees("[status ")
}

// TestPrompts: what ssh asks while it logs in is seen and answered in the terminal.
func TestPrompts(t *testing.T) {
	h := newSSHHost(t, nil)
	h.run("ssh-keygen", "-q", "-p", "-P", "", "-N", "open sesame", "-f", "plain")
	h.write("ssh_config", strings.Replace(h.defaults(), "StrictHostKeyChecking no", "StrictHostKeyChecking ask\n  IdentityAgent none", 1))
	p := show(t, h.mosh("127.0.0.1", "--", "sh", "-c", "echo in session; read x"))
	p.sees("Are you sure you want to continue connecting")
	p.keys("-l", "yes\n")
	p.sees("Enter passphrase for key")
	p.keys("-l", "open sesame\n")
	p.sees("in session")
	p.keys("Enter")
	p.sees("[status 0]")
}

// TestExitStatus: the remote command's status, as ssh gives it, when both ends are ours; 0 with a stock server.
func TestExitStatus(t *testing.T) {
	h := newSSHHost(t, nil)
	for _, c := range []struct{ server, command, want string }{
		{"mosh-server", "true", "[status 0]"},
		{"mosh-server", "exit 42", "[status 42]"},
		{"mosh-server", "kill -TERM $$", "[status 143]"},
		{"/usr/bin/mosh-server", "exit 42", "[status 0]"},
	} {
		p := show(t, h.mosh("--server="+c.server, "127.0.0.1", "--", "sh", "-c", c.command))
		p.sees(c.want)
		p.sees("[mosh is exiting.]")
	}
}

// TestURI: ssh takes its own URIs for a host, so mosh does.
func TestURI(t *testing.T) {
	h := newSSHHost(t, nil)
	h.write("ssh_config", strings.Replace(h.defaults(), "Port "+h.port, "Port 1", 1))
	p := show(t, h.mosh("ssh://root@127.0.0.1:"+h.port, "--", "sh", "-c", "echo in session; read x"))
	p.sees("in session")
	p.keys("Enter")
	p.sees("[status 0]")
}

// TestConnectionFile: a shell that is started later learns where the client is now, which is not where ssh came from.
func TestConnectionFile(t *testing.T) {
	h := newSSHHost(t, nil)
	runtime := shortDir(t)
	p := show(t, h.mosh("--server=env XDG_RUNTIME_DIR="+runtime+" mosh-server", "127.0.0.1", "--", "sh", "-c",
		`until [ -r "$MOSH_CONNECTION_FILE" ]; do sleep 0.1; done; before=$SSH_CLIENT; . "$MOSH_CONNECTION_FILE"; `+
			`[ "$before" = "$SSH_CLIENT" ] || echo "now: $SSH_CONNECTION."; read x`))
	p.sees("now: 127.0.0.1 ")
	p.sees(" 127.0.0.1 60")
	p.keys("Enter")
	p.sees("[status 0]")
	until(t, "the file is gone with the session", func() bool {
		left, _ := os.ReadDir(runtime)
		return len(left) == 0
	})
}

// TestUnreadableDirectory: a current directory that is not ours to read, or that is gone, does not matter.
func TestUnreadableDirectory(t *testing.T) {
	h := newSSHHost(t, nil)
	for _, make := range []string{"chmod 0 .", "rmdir $PWD"} {
		cmd := h.mosh("127.0.0.1", "--", "sh", "-c", "echo in session; read x")
		cmd.Args = append([]string{"sh", "-c", "dir=$(mktemp -d); cd $dir; " + make + `; "$@"; status=$?; rm -rf $dir; exit $status`, "sh", cmd.Path}, cmd.Args[1:]...)
		cmd.Path = "/bin/sh"
		p := show(t, cmd)
		p.sees("in session")
		p.keys("Enter")
		p.sees("[status 0]")
	}
}

// TestSSHFailures runs into what really goes wrong.
func TestSSHFailures(t *testing.T) {
	h := newSSHHost(t, map[string]string{
		"bare":    `PATH=/nowhere exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"`,
		"limited": `echo This account is limited.; exit 1`,
		"ascii":   `LC_ALL=C LANG=C exec sh -c "$(echo "$SSH_ORIGINAL_COMMAND" | sed "s/ '-l'.*//")"`,
	})
	taken, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, port, _ := net.SplitHostPort(taken.LocalAddr().String())
	dead := freePort(t)
	cases := []struct {
		args []string
		want string
	}{
		{[]string{"bare"}, "bare has no mosh-server in the PATH of its non-interactive shell"},
		{[]string{"--server=/opt/none/mosh-server", "127.0.0.1"}, "127.0.0.1 has no /opt/none/mosh-server"},
		{[]string{"limited"}, `no mosh-server started on limited: its command ended with status 1 after "This account is limited."`},
		{[]string{"--ssh=" + h.ssh() + " -p " + dead, "127.0.0.1"}, "cannot connect to 127.0.0.1 port " + dead + ": tried 127.0.0.1 (connection refused)"},
		{[]string{"--ssh=" + h.ssh() + " -l nobody-here", "127.0.0.1"}, "ssh to 127.0.0.1 failed: nobody-here@127.0.0.1: Permission denied"},
		{[]string{"no-such-host.invalid"}, `cannot find an address for "no-such-host.invalid"`},
		{[]string{"-p", port + ":" + port, "--bind-server=ssh", "127.0.0.1"}, "found no free UDP port in " + port + ":" + port},
	}
	for _, c := range cases {
		out, err := h.mosh(append(c.args, "--", "true")...).CombinedOutput()
		if status := exitStatus(err); status != 255 || !strings.Contains(string(out), c.want) {
			t.Errorf("%q: status %d, want 255 and %q\n%s", c.args, status, c.want, out)
		}
	}
}

func exitStatus(err error) int {
	if exit, ok := err.(*exec.ExitError); ok {
		return exit.ExitCode()
	}
	return 0
}

// TestLocal is the session without ssh, from a directory that may not be read.
func TestLocal(t *testing.T) {
	dir := filepath.Join(shortDir(t), "closed")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	programs := built(t)
	if err := os.Chmod(programs, 0o755); err != nil {
		t.Fatal(err)
	}
	p := show(t, newLocal("sh", "-c", `cd `+dir+` && chmod 0 . && exec setpriv --reuid=65534 --clear-groups `+programs+`/mosh --local 127.0.0.1 -- sh -c 'echo local session; read x; exit 4'`))
	p.sees("local session")
	p.keys("Enter")
	p.sees("[status 4]")
}

func newLocal(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TERM=xterm-256color", "HOME=/", "MOSH_SERVER_NETWORK_TMOUT=60")
	return cmd
}

// TestOneFamilyDead: a name with two addresses of which the first swallows everything. The other takes over after
// the head start, for TCP and, since the client is given the address that answered, for UDP.
func TestOneFamilyDead(t *testing.T) {
	h := newSSHHost(t, nil)
	script := `set -e
ip link set lo up
ip link add name va type veth peer name vb; ip addr add 192.0.2.1/24 dev va; ip link set va up; ip link set vb up
ip neigh add 192.0.2.9 lladdr 02:00:00:00:00:09 dev va
printf '192.0.2.9 dual.test\n::1 dual.test\n' >` + h.dir + `/hosts; mount --bind ` + h.dir + `/hosts /etc/hosts
/usr/sbin/sshd -D -f ` + h.dir + `/sshd_config & sshd=$!
trap 'kill $sshd' EXIT
until ss -ltn | grep -q ` + h.port + `; do sleep 0.05; done
` + built(t) + `/mosh "--ssh=$1" --verbose dual.test -- sh -c 'echo over $SSH_CONNECTION; read x'`
	cmd := newLocal("unshare", "-mn", "sh", "-c", script, "sh", h.ssh())
	p := show(t, cmd)
	p.sees("over ::1")
	p.keys("Enter")
	p.sees("addresses: ::1,192.0.2.9")
	p.sees("'::'")
}

// TestDoctor: a good way to a real server, and one on which a firewall drops UDP.
func TestDoctor(t *testing.T) {
	h := newSSHHost(t, nil)
	out, err := h.mosh("--doctor", "127.0.0.1").CombinedOutput()
	for _, want := range []string{"ok    login", "ok    mosh-server", "ok    clock", "UDP over IPv4  127.0.0.1: round trip"} {
		if err != nil || !strings.Contains(string(out), want) {
			t.Errorf("%v, want %q\n%s", err, want, out)
		}
	}
	script := `set -e
ip link set lo up
nft add table inet t; nft add chain inet t in "{ type filter hook input priority 0; }"; nft add rule inet t in meta l4proto udp drop
/usr/sbin/sshd -D -f ` + h.dir + `/sshd_config & sshd=$!
trap 'kill $sshd' EXIT
until ss -ltn | grep -q ` + h.port + `; do sleep 0.05; done
` + built(t) + `/mosh "--ssh=$1" --doctor 127.0.0.1`
	out, err = newLocal("unshare", "-n", "sh", "-c", script, "sh", h.ssh()).CombinedOutput()
	for _, want := range []string{"BAD   UDP over IPv4  127.0.0.1: 20 datagrams sent to port", "sudo ufw allow 60000:61000/udp"} {
		if exitStatus(err) != 1 || !strings.Contains(string(out), want) {
			t.Errorf("%v, want status 1 and %q\n%s", err, want, out)
		}
	}
}
