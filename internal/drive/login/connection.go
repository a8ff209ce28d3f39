//go:build !windows

package login

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
)

// Connection keeps a file with the variables that tell a shell where its user is. Those that a running shell has
// inherited from sshd are the address at which the session began, and nobody can change them from outside; the file
// has the present ones, for a shell's start file to read. A nil Connection keeps none.
type Connection struct {
	path string
	last [2]netip.AddrPort
}

// NewConnection returns the file of the server pid in runtime, the value of XDG_RUNTIME_DIR; nil if that is no
// directory of the user's own.
func NewConnection(runtime string, pid int) *Connection {
	i, err := os.Stat(runtime)
	if runtime == "" || err != nil || !i.IsDir() || i.Mode().Perm()&0o077 != 0 {
		return nil
	}
	return &Connection{path: filepath.Join(runtime, "mosh-"+strconv.Itoa(pid)+".env")}
}

// Path is the file's name; "" if none is kept.
func (c *Connection) Path() string {
	if c == nil {
		return ""
	}
	return c.path
}

// Set notes the two ends of the connection. The file is replaced as a whole: who reads it sees the old or the new one.
func (c *Connection) Set(client, server netip.AddrPort) error {
	if c == nil || c.last == [2]netip.AddrPort{client, server} {
		return nil
	}
	c.last = [2]netip.AddrPort{client, server}
	from, to := client.Addr().Unmap(), server.Addr().Unmap()
	text := fmt.Appendf(nil, "export SSH_CONNECTION='%s %d %s %d'\nexport SSH_CLIENT='%s %d %d'\n",
		from, client.Port(), to, server.Port(), from, client.Port(), server.Port())
	temp := c.path + ".new"
	err := os.WriteFile(temp, text, 0o600)
	if err == nil {
		err = os.Rename(temp, c.path)
	}
	if err != nil {
		return fmt.Errorf("keeping %s: %w", c.path, err)
	}
	return nil
}

// Close removes the file.
func (c *Connection) Close() {
	if c != nil {
		_ = os.Remove(c.path)
	}
}
