package daemon

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// systemd is where its traces are; tests have their own.
type systemd struct {
	run    string // exists if systemd is running
	linger string // has a file named as each user who lingers
	busctl string
}

// busTimeout bounds each question to systemd: the person waits for the prompt.
const busTimeout = 2 * time.Second

// SurviveLogout moves process pid, the detached server, out of the login session if systemd would end it with the
// session (KillUserProcesses=yes in logind.conf). The error says what the user can do; nil means that nothing is to
// be done, or that it is done.
func SurviveLogout(pid int) error {
	return systemd{run: "/run/systemd/system", linger: "/var/lib/systemd/linger", busctl: "busctl"}.surviveLogout(pid)
}

func (s systemd) surviveLogout(pid int) error {
	if _, err := os.Stat(s.run); err != nil {
		return nil
	}
	busctl, err := exec.LookPath(s.busctl)
	if err != nil {
		return nil // a system that cannot be asked; logind's default is "no"
	}
	kill, err := bus(busctl, "--system", "get-property", "org.freedesktop.login1", "/org/freedesktop/login1",
		"org.freedesktop.login1.Manager", "KillUserProcesses")
	if err != nil || strings.TrimSpace(kill) != "b true" {
		return nil
	}
	id := strconv.Itoa(pid)
	_, err = bus(busctl, "--user", "call", "org.freedesktop.systemd1", "/org/freedesktop/systemd1",
		"org.freedesktop.systemd1.Manager", "StartTransientUnit", "ssa(sv)a(sa(sv))",
		"mosh-server-"+id+".scope", "fail", "2", "Description", "s", "mosh-server", "PIDs", "au", "1", id, "0")
	if err != nil {
		return fmt.Errorf("this host ends all processes of a user at logout (KillUserProcesses=yes), and mosh-server "+
			"could not be moved out of the login session (%w): it may end together with ssh; "+
			"ask the administrator for KillUserProcesses=no", err)
	}
	u, err := user.Current()
	if err != nil {
		return nil
	}
	if _, err := os.Stat(filepath.Join(s.linger, u.Username)); errors.Is(err, os.ErrNotExist) {
		return errors.New("this host ends all processes of a user at logout (KillUserProcesses=yes): run " +
			"\"loginctl enable-linger\" once, or mosh-server ends together with your last login")
	}
	return nil
}

// bus runs busctl and returns its output.
func bus(path string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), busTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	var errText strings.Builder
	cmd.Stderr = &errText
	out, err := cmd.Output()
	if err != nil {
		if s := strings.TrimSpace(errText.String()); s != "" {
			err = errors.New(s)
		}
		return "", err
	}
	return string(out), nil
}
