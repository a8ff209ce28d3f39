//go:build linux

package main

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/creack/pty"

	"mosh/internal/netlab"
)

const (
	columns, rows = 80, 24
	startLimit    = 60 * time.Second // for a session to show its first screen; ssh needs long at 29 % loss
	prompt        = "[lab]$ "
	ready         = "READY"
)

// What runs behind a session.
var (
	echoProgram  = []string{"sh", "-c", "stty raw -echo; printf '" + ready + "\\r\\n'; exec cat"}
	shellProgram = []string{"env", "PS1=" + prompt, "bash", "--norc", "--noprofile", "-i"}
)

// session is one remote terminal over the link, with its client on a pty of ours.
type session struct {
	variant        string
	port           uint16
	client, server []int // processes whose cost counts
	cmd            *exec.Cmd
	tty            *os.File
	*screen
}

// screen follows what a client paints.
type screen struct {
	mu      sync.Mutex
	paint   paint
	waiting []key           // typed and not painted yet, oldest first
	samples []time.Duration // of painted keys
	since   []rune          // the last of what was printed since the last watch
	last    time.Time       // of the last output
	changed chan struct{}   // capacity 1
	ended   bool
	note    func(format string, args ...any) // for the timeline
}

type key struct {
	letter rune
	at     time.Time
}

// read takes the client's output until it ends.
func (s *session) read() {
	b := make([]byte, 1<<16)
	for {
		n, err := s.tty.Read(b)
		now := time.Now()
		s.mu.Lock()
		s.last = now
		s.paint.feed(b[:n], func(r rune) { s.printed(r, now) })
		s.ended = s.ended || err != nil
		s.mu.Unlock()
		select {
		case s.changed <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

func (s *screen) printed(r rune, now time.Time) {
	if len(s.since) > 1<<12 {
		s.since = append(s.since[:0], s.since[1<<11:]...)
	}
	s.since = append(s.since, r)
	for i, k := range s.waiting {
		if k.letter != r {
			continue
		}
		// Echoes come in order: what was typed before is on the screen too.
		for _, k := range s.waiting[:i+1] {
			s.samples = append(s.samples, now.Sub(k.at))
			s.note("painted %q after %.1f ms", k.letter, millis(now.Sub(k.at)))
		}
		s.waiting = append(s.waiting[:0], s.waiting[i+1:]...)
		return
	}
}

// await waits until cond, called with the screen locked, holds; false after limit or when the client has ended.
func (s *screen) await(limit time.Duration, cond func() bool) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for {
		s.mu.Lock()
		ok, ended := cond(), s.ended
		s.mu.Unlock()
		if ok || ended {
			return ok
		}
		select {
		case <-s.changed:
		case <-timer.C:
			return false
		}
	}
}

// watch forgets what was printed; shows then tells whether text was printed after it. Call both locked.
func (s *screen) watch()                 { s.since = s.since[:0] }
func (s *screen) shows(text string) bool { return strings.Contains(string(s.since), text) }

func (s *session) close() {
	s.cmd.Process.Kill()
	s.tty.Close()
	s.cmd.Wait()
	for _, pid := range s.server {
		syscall.Kill(pid, syscall.SIGKILL)
	}
}

// rig is the pair of ends sessions are started on, with what they need of files.
type rig struct {
	*netlab.Link
	dir  string   // temporary files
	sshd bool     // is running
	next uint16   // port for the next mosh-server
	bin  string   // directory of our binaries
	env  []string // for ours only
	dual bool     // servers listen on both families, and ours is told both addresses, as its launcher would

	timeline *timeline // nil: nothing is traced
}

// open starts a session of a variant, with the server at addr, and waits until it shows want.
func (r *rig) open(variant string, addr netip.Addr, program []string, want string) (*session, error) {
	s := &session{variant: variant, screen: &screen{changed: make(chan struct{}, 1),
		note: func(f string, args ...any) { r.timeline.note(variant, f, args...) }}}
	var err error
	switch variant {
	case "ssh":
		err = r.startSSH(s, addr, program)
	case "stock":
		err = r.startMosh(s, "/usr/bin", addr, program, nil)
	case "ours":
		env := r.env
		if r.dual {
			env = append(env, fmt.Sprintf("MOSH_ADDRESSES=%s,%s", netlab.ServerV4, netlab.ServerV6))
		}
		err = r.startMosh(s, r.bin, addr, program, env)
	default:
		err = fmt.Errorf("unknown variant %q: it is ours, stock or ssh", variant)
	}
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", variant, err)
	}
	go s.read()
	if !s.await(startLimit, func() bool { return s.shows(want) }) {
		s.mu.Lock()
		shown := string(s.since)
		s.mu.Unlock()
		s.close()
		return nil, fmt.Errorf("%s did not show %q within %v, but %q", variant, want, startLimit, shown)
	}
	if variant == "ssh" {
		s.server, err = r.sshServers()
	}
	return s, err
}

func environment(more ...string) []string {
	return append([]string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=" + os.Getenv("HOME"), "LANG=C.UTF-8",
		"TERM=xterm-256color", "MOSH_PREDICTION_DISPLAY=never"}, more...)
}

var (
	connectLine  = regexp.MustCompile(`MOSH CONNECT (\d+) (\S{22})`)
	detachedLine = regexp.MustCompile(`pid = (\d+)`)
)

func (r *rig) startMosh(s *session, bin string, addr netip.Addr, program, env []string) error {
	s.port = r.next
	r.next++
	out, err := os.Create(filepath.Join(r.dir, fmt.Sprintf("server-%d", s.port)))
	if err != nil {
		return err
	}
	defer out.Close()
	args := append([]string{"new", "-p", strconv.Itoa(int(s.port)), "-i", r.wildcard(addr), "-c", "256", "--"}, program...)
	cmd := exec.Command(filepath.Join(bin, "mosh-server"), args...)
	cmd.Env, cmd.Stdout, cmd.Stderr, cmd.Dir = environment(env...), out, out, r.dir
	if err := r.Server.Do(cmd.Start); err != nil {
		return err
	}
	err = cmd.Wait()
	text, _ := os.ReadFile(out.Name())
	connect := connectLine.FindStringSubmatch(string(text))
	if err != nil || connect == nil {
		return fmt.Errorf("mosh-server: %v: %s", err, text)
	}
	if err := r.timeline.follow(s.variant, s.port, connect[2]); err != nil {
		return err
	}
	if m := detachedLine.FindStringSubmatch(string(text)); m != nil {
		pid, _ := strconv.Atoi(m[1])
		s.server = []int{pid}
	} else if s.server, err = r.processes("mosh-server", "-p "+connect[1]); err != nil {
		return err
	}
	cmd = exec.Command(filepath.Join(bin, "mosh-client"), addr.String(), connect[1])
	cmd.Env, cmd.Dir = environment(append(env, "MOSH_KEY="+connect[2])...), r.dir
	return r.startClient(s, cmd)
}

// wildcard lets a server be reached by every address its family allows.
func (r *rig) wildcard(addr netip.Addr) string {
	if addr.Is6() || r.dual {
		return "::"
	}
	return "0.0.0.0"
}

func (r *rig) startClient(s *session, cmd *exec.Cmd) error {
	s.cmd = cmd
	err := r.Client.Do(func() (err error) {
		s.tty, err = pty.StartWithSize(cmd, &pty.Winsize{Cols: columns, Rows: rows})
		return err
	})
	if err != nil {
		return err
	}
	s.client = []int{cmd.Process.Pid}
	return nil
}

// processes returns those at the server with a command name and a piece of their command line.
func (r *rig) processes(name, args string) (found []int, err error) {
	pids, err := r.Server.Pids()
	for _, p := range pids {
		if command(p) == name && strings.Contains(cmdline(p), args) {
			found = append(found, p)
		}
	}
	return found, err
}

const sshdConfig = `Port 22
ListenAddress 0.0.0.0
ListenAddress ::
HostKey %[1]s/host
AuthorizedKeysFile %[1]s/user.pub
PidFile none
UsePAM no
UseDNS no
StrictModes no
PermitRootLogin yes
PrintMotd no
PrintLastLog no
`

func (r *rig) startSSH(s *session, addr netip.Addr, program []string) error {
	s.port = 22
	if err := r.startSSHD(); err != nil {
		return err
	}
	quoted := make([]string, len(program))
	for i, p := range program {
		quoted[i] = "'" + strings.ReplaceAll(p, "'", `'\''`) + "'"
	}
	cmd := exec.Command("ssh", "-F", "none", "-o", "UserKnownHostsFile=/dev/null", "-o", "StrictHostKeyChecking=no",
		"-o", "LogLevel=ERROR", "-o", "IdentitiesOnly=yes", "-i", filepath.Join(r.dir, "user"), "-tt", "-e", "none",
		addr.String(), strings.Join(quoted, " "))
	cmd.Env, cmd.Dir = environment(), r.dir
	return r.startClient(s, cmd)
}

func (r *rig) startSSHD() error {
	if r.sshd {
		return nil
	}
	for _, name := range []string{"host", "user"} {
		out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(r.dir, name)).CombinedOutput()
		if err != nil {
			return fmt.Errorf("making an ssh key: %w: %s", err, out)
		}
	}
	config := filepath.Join(r.dir, "sshd_config")
	if err := os.WriteFile(config, fmt.Appendf(nil, sshdConfig, r.dir), 0o600); err != nil {
		return err
	}
	// Its privilege separation directory is fixed at compile time.
	if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(r.dir, "sshd.log"))
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command("/usr/sbin/sshd", "-D", "-e", "-f", config)
	cmd.Stdout, cmd.Stderr = log, log
	if err := r.Server.Do(cmd.Start); err != nil {
		return fmt.Errorf("starting sshd (apt-get install openssh-server): %w", err)
	}
	go cmd.Wait() // it is ended with the namespace
	r.sshd = true
	return r.awaitSSHD()
}

func (r *rig) awaitSSHD() error {
	for range 200 {
		if out, err := r.Server.Command("ss", "-Hltn", "sport = :22"); err == nil && strings.Contains(out, ":22") {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return errors.New("sshd does not listen; see sshd.log in the temporary directory")
}

// sshServers returns the processes of all ssh connections: every sshd but the listener.
func (r *rig) sshServers() (found []int, err error) {
	pids, err := r.Server.Pids()
	for _, p := range pids {
		if strings.HasPrefix(command(p), "sshd") && !strings.Contains(cmdline(p), "[listener]") {
			found = append(found, p)
		}
	}
	return found, err
}
