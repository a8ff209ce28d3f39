//go:build !windows

// Package login does for a mosh session what login(1) and sshd do for theirs (spec/commands.md, B2.3, B4 and B6):
// finds the user's shell and home, greets with the message of the day, warns of sessions left behind, and keeps the
// records of who is logged in.
package login

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"strconv"
	"strings"
)

// User is what the system knows of a user.
type User struct {
	Name, Home, Shell string
	UID               int
}

const passwdFile = "/etc/passwd"

// Current returns the user who runs this process. Who is not in /etc/passwd (LDAP and the like, everybody on macOS) is
// asked for from the system's own program, since a static binary has no name service.
func Current() (User, error) {
	uid := os.Getuid()
	f, err := os.Open(passwdFile)
	if err == nil {
		defer f.Close()
		if u, ok := FindUID(f, uid); ok {
			return u, nil
		}
	}
	line, err := passwdCommand(uid).Output()
	if err == nil {
		if u, ok := parseLine(strings.TrimSpace(string(line))); ok && u.UID == uid {
			return u, nil
		}
	}
	return User{UID: uid}, fmt.Errorf("no user with the number %d is known to this system (set HOME and SHELL)", uid)
}

// passwdCommand prints the line of a user.
func passwdCommand(uid int) *exec.Cmd {
	if _, err := exec.LookPath("getent"); err == nil {
		return exec.Command("getent", "passwd", strconv.Itoa(uid))
	}
	return exec.Command("id", "-P") // the BSDs and macOS; always of the current user
}

// FindUID looks a user up in a file of the form of passwd(5).
func FindUID(r io.Reader, uid int) (User, bool) {
	s := bufio.NewScanner(r)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		if u, ok := parseLine(s.Text()); ok && u.UID == uid {
			return u, true
		}
	}
	return User{}, false
}

// parseLine reads a line of passwd(5), or of the BSDs' master.passwd with its three more fields.
func parseLine(line string) (User, bool) {
	f := strings.Split(line, ":")
	if len(f) != 7 && len(f) != 10 || f[0] == "" || strings.HasPrefix(f[0], "#") {
		return User{}, false
	}
	uid, err := strconv.Atoi(f[2])
	if err != nil {
		return User{}, false
	}
	return User{Name: f[0], UID: uid, Home: f[len(f)-2], Shell: f[len(f)-1]}, true
}

// Shell chooses the login shell and its argv[0]: the value of SHELL if that is set, else the user's; /bin/sh if that
// is empty.
func Shell(env string, set bool, u User) (file, argv0 string) {
	file = u.Shell
	if set {
		file = env
	}
	if file == "" {
		file = "/bin/sh"
	}
	return file, "-" + path.Base(file)
}

// places are the files a greeting comes from; tests have their own.
type places struct {
	dynamic []string // the first that can be read
	static  string
	utmp    string
	dev     string
}

func system() places {
	return places{
		dynamic: []string{"/run/motd.dynamic", "/var/run/motd.dynamic"},
		static:  "/etc/motd", utmp: "/var/run/utmp", dev: "/dev",
	}
}

// maxMotd bounds what is shown of a message of the day, in octets.
const maxMotd = 64 << 10

// Greeting is what a login shell's terminal shows first: the message of the day and a warning of sessions left behind;
// nothing if the user's home has a file .hushlogin. ownPid is that of this server.
func Greeting(u User, home string, ownPid int) []byte { return system().greeting(u, home, ownPid) }

func (p places) greeting(u User, home string, ownPid int) []byte {
	if _, err := os.Stat(path.Join(home, ".hushlogin")); err == nil {
		return nil
	}
	var out []byte
	for _, name := range p.dynamic {
		b, err := readMotd(name)
		if err == nil {
			out = append(out, b...)
			break
		}
	}
	if b, err := readMotd(p.static); err == nil {
		out = append(out, b...)
	}
	return append(out, warning(p.detached(u.Name, ownPid))...)
}

func readMotd(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxMotd))
}

// warning tells of detached sessions, given as their records name them, white on blue.
func warning(sessions []string) []byte {
	var b bytes.Buffer
	switch len(sessions) {
	case 0:
		return nil
	case 1:
		fmt.Fprintf(&b, "Mosh: You have a detached session on this server (%s).", sessions[0])
	default:
		fmt.Fprintf(&b, "Mosh: You have %d detached sessions on this server:\n", len(sessions))
		for _, s := range sessions {
			fmt.Fprintf(&b, "  - %s\n", s)
		}
	}
	return fmt.Appendf(nil, "\x1b[37;44m%s\x1b[m\n\n", strings.TrimRight(b.String(), "\n"))
}
