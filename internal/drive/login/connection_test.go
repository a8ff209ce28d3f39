//go:build !windows

package login

import (
	"net/netip"
	"os"
	"os/exec"
	"testing"
)

func TestConnection(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	c := NewConnection(dir, 77)
	if c == nil {
		t.Fatal("a directory of the user's own is refused")
	}
	server := netip.MustParseAddrPort("192.0.2.9:60001")
	for client, want := range map[string]string{
		"198.51.100.7:4000":         "198.51.100.7 4000 192.0.2.9 60001|198.51.100.7 4000 60001",
		"[::ffff:198.51.100.8]:410": "198.51.100.8 410 192.0.2.9 60001|198.51.100.8 410 60001",
		"[fe80::1%eth0]:99":         "fe80::1%eth0 99 192.0.2.9 60001|fe80::1%eth0 99 60001",
	} {
		if err := c.Set(netip.MustParseAddrPort(client), server); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("sh", "-c", `. "$0"; printf '%s|%s' "$SSH_CONNECTION" "$SSH_CLIENT"`, c.Path()).Output()
		if err != nil || string(out) != want {
			t.Errorf("%s: a shell reads %q (%v)", client, out, err)
		}
	}
	c.Close()
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestNoConnection(t *testing.T) {
	open := t.TempDir()
	if err := os.Chmod(open, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"", "/nonexistent", open} {
		c := NewConnection(dir, 1)
		if c != nil {
			t.Errorf("%q is taken", dir)
		}
		if err := c.Set(netip.AddrPort{}, netip.AddrPort{}); err != nil || c.Path() != "" {
			t.Errorf("a nil one: %v", err)
		}
		c.Close()
	}
}
