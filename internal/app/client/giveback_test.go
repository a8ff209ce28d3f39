//go:build linux

package client

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	creack "github.com/creack/pty"
	"golang.org/x/sys/unix"

	"mosh/internal/core/display"
	"mosh/internal/drive/tty"
)

// A panic leaves the terminal as it was: its modes, and everything that was switched on switched off.
func TestPanicGivesTheTerminalBack(t *testing.T) {
	master, slave, err := creack.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	defer slave.Close()
	before, err := unix.IoctlGetTermios(int(slave.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	terminal, err := tty.Open(slave, slave)
	if err != nil {
		t.Fatal(err)
	}
	caps := display.Terminal()
	panicked := func() (p any) {
		defer func() { p = recover() }()
		defer giveBack(terminal, out, &caps)
		if err := terminal.Raw(); err != nil {
			t.Error(err)
		}
		panic("a mistake of ours")
	}()
	if panicked != "a mistake of ours" {
		t.Errorf("the panic did not go on: %v", panicked)
	}
	after, err := unix.IoctlGetTermios(int(slave.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	if *after != *before {
		t.Errorf("modes before %+v, after %+v", before, after)
	}
	written, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	for _, off := range []string{"\x1b[?1l", "\x1b[?25h", "\x1b[?2004l", "\x1b[?1003l"} {
		if !strings.Contains(string(written), off) {
			t.Errorf("%q is missing in %q", off, written)
		}
	}
}
