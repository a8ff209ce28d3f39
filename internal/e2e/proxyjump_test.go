package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestProxyJump reaches a host through another one, as ssh_config says: ssh does the jump, UDP goes straight to the
// address that the host reports, and the user is told that it has to.
func TestProxyJump(t *testing.T) {
	inner, gate := StartHost(t, ""), StartHost(t, "")
	// One file for both: the ssh that ssh starts for the jump reads it too.
	config := read(t, inner.Config)
	config = fmt.Sprintf("Host gate\n  HostName 127.0.0.1\n  Port %d\n  IdentityFile %s/user\n  UserKnownHostsFile %s/known\n"+
		"Host inner\n  HostName 127.0.0.1\n  ProxyJump gate\n", gate.Port, gate.Dir, gate.Dir) + config
	inner.Config = filepath.Join(t.TempDir(), "ssh_config")
	write(t, inner.Config, config)
	jumps := 0
	for _, p := range pairs(t)[:2] {
		for _, method := range []string{"", "--experimental-remote-ip=remote"} {
			s := p.Open(t, inner, "inner", method)
			s.Line("echo typed-$((40+2))")
			s.Await("typed-42")
			s.Line("exit")
			s.AwaitExit()
			all := s.tmux("capture-pane", "-p", "-J", "-S", "-") // tmux scrolls when a command ends
			if !strings.Contains(all, "ssh reaches inner through ProxyJump gate, but UDP must reach it directly") {
				t.Errorf("%s %s: the user is not told where UDP goes:\n%s", p.Name, method, all)
			}
			jumps++
			if n := strings.Count(read(t, filepath.Join(gate.Dir, "sshd.log")), "Accepted publickey"); n != jumps {
				t.Errorf("%s %s: %d logins at the jump host, want %d", p.Name, method, n, jumps)
			}
		}
	}
}
