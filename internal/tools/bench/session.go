//go:build linux

package main

import (
	"errors"
	"fmt"
	"net"
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

	"mosh/internal/core/vt"
)

// startLimit is how long a session may take to show its first screen, and waitLimit how long anything else may.
const (
	startLimit = 30 * time.Second
	waitLimit  = 2 * time.Minute
)

// side is one of the programs that are compared.
type side struct {
	Name string
	dir  string // of mosh-server and mosh-client; "" is ssh
}

// session is one remote terminal on loopback with its client on a pty of ours.
type session struct {
	side           side
	client, server int // processes whose cost counts; server is 0 for ssh
	cmd            *exec.Cmd
	tty            *os.File
	relay          *relay // nil: the client talks to the server directly

	mu      sync.Mutex
	term    *vt.Terminal // nil: only the raw tail is kept
	tail    []byte
	octets  int64
	chunk   func(*session) // called with mu held after each read; nil: none
	changed chan struct{}  // capacity 1
	ended   bool
	done    chan struct{} // closed when the reader has ended
}

// want says how a session shall be.
type want struct {
	program       []string
	columns, rows int
	counted       bool // traffic passes a relay
	raw           bool // the client's output is not followed on an emulator, only searched
	env           []string
}

func (w want) size() (columns, rows int) {
	if w.columns == 0 {
		return 80, 24
	}
	return w.columns, w.rows
}

func environment(more ...string) []string {
	return append([]string{"PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=" + os.TempDir(), "LANG=C.UTF-8",
		"TERM=xterm-256color", "SHELL=/bin/sh", "MOSH_PREDICTION_DISPLAY=never"}, more...)
}

var (
	connectLine  = regexp.MustCompile(`MOSH CONNECT (\d+) (\S{22})`)
	detachedLine = regexp.MustCompile(`pid = (\d+)`)
)

// open starts a session.
func (b *bench) open(x side, w want) (*session, error) {
	s := &session{side: x, changed: make(chan struct{}, 1), done: make(chan struct{})}
	if x.dir == "" {
		return s, b.openSSH(s, w)
	}
	port, key, err := s.startServer(x.dir, w)
	if err != nil {
		return nil, err
	}
	if w.counted {
		if s.relay, err = newRelay(port); err != nil {
			s.close()
			return nil, err
		}
		port = s.relay.port()
	}
	cmd := exec.Command(filepath.Join(x.dir, "mosh-client"), "127.0.0.1", strconv.Itoa(int(port)))
	cmd.Env = environment(append(w.env, "MOSH_KEY="+key)...)
	if err := s.start(cmd, w); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// startServer starts a mosh-server and notes its process.
func (s *session) startServer(dir string, w want) (port uint16, key string, err error) {
	out, err := os.CreateTemp("", "bench-server")
	if err != nil {
		return 0, "", err
	}
	defer os.Remove(out.Name())
	defer out.Close()
	args := append([]string{"new", "-p", freePort(), "-i", "127.0.0.1", "-c", "256", "--"}, w.program...)
	cmd := exec.Command(filepath.Join(dir, "mosh-server"), args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = environment(w.env...), out, out
	err = cmd.Run()
	text, _ := os.ReadFile(out.Name())
	connect, detached := connectLine.FindSubmatch(text), detachedLine.FindSubmatch(text)
	if err != nil || connect == nil || detached == nil {
		return 0, "", fmt.Errorf("%s/mosh-server: %v: %s", dir, err, text)
	}
	n, _ := strconv.ParseUint(string(connect[1]), 10, 16)
	s.server, _ = strconv.Atoi(string(detached[1]))
	return uint16(n), string(connect[2]), nil
}

// freePort returns a UDP port that was free a moment ago: stock's -p 0 takes the first of its range, which a
// session that has just ended may still hold.
func freePort() string {
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		return "0"
	}
	defer c.Close()
	return strconv.Itoa(c.LocalAddr().(*net.UDPAddr).Port)
}

// start starts the client on a pty and follows what it paints.
func (s *session) start(cmd *exec.Cmd, w want) error {
	columns, rows := w.size()
	if !w.raw {
		s.term = vt.New(columns, rows, vt.Options{})
	}
	var err error
	s.cmd = cmd
	if s.tty, err = pty.StartWithSize(cmd, &pty.Winsize{Cols: uint16(columns), Rows: uint16(rows)}); err != nil {
		return fmt.Errorf("starting %s: %w", cmd.Path, err)
	}
	s.client = cmd.Process.Pid
	go s.read()
	return nil
}

const tailSize = 4 << 10

func (s *session) read() {
	defer close(s.done)
	b := make([]byte, 1<<16)
	for {
		n, err := s.tty.Read(b)
		s.mu.Lock()
		s.take(b[:n])
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

// take follows what the client wrote.
func (s *session) take(p []byte) {
	s.octets += int64(len(p))
	s.tail = append(s.tail, p[max(0, len(p)-tailSize):]...)
	if len(s.tail) > 2*tailSize {
		s.tail = append(s.tail[:0], s.tail[len(s.tail)-tailSize:]...)
	}
	if s.term != nil {
		s.term.Write(time.Now(), p)
		if r := s.term.AppendReplies(nil); len(r) > 0 {
			_, _ = s.tty.Write(r) // a terminal answers what it is asked
		}
	}
	if s.chunk != nil {
		s.chunk(s)
	}
}

// shows says whether text is on the screen; mu is held.
func (s *session) shows(text string) bool {
	if s.term == nil {
		return strings.Contains(string(s.tail), text)
	}
	f := s.term.Snapshot(time.Now())
	for i := range f.Rows {
		if strings.Contains(line(f, i), text) {
			return true
		}
	}
	return false
}

func line(f *vt.Frame, i int) string {
	var b strings.Builder
	for col := range f.Width {
		if r, ok := f.Cell(i, col).Content.Rune(); ok {
			b.WriteRune(r)
		} else {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// await waits until cond, called with mu held, holds.
func (s *session) await(limit time.Duration, cond func() bool) error {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for {
		s.mu.Lock()
		ok, ended := cond(), s.ended
		s.mu.Unlock()
		switch {
		case ok:
			return nil
		case ended:
			return errors.New("the client has ended")
		}
		select {
		case <-s.changed:
		case <-timer.C:
			return fmt.Errorf("%s: nothing came for %v", s.side.Name, limit)
		}
	}
}

// awaitText waits for text on the screen.
func (s *session) awaitText(limit time.Duration, text string) error {
	if err := s.await(limit, func() bool { return s.shows(text) }); err != nil {
		return fmt.Errorf("waiting for %q: %w", text, err)
	}
	return nil
}

func (s *session) keys(text string) error {
	_, err := s.tty.Write([]byte(text))
	return err
}

// close ends client and server.
func (s *session) close() {
	if s.cmd != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Kill()
		s.tty.Close()
		_ = s.cmd.Wait()
		<-s.done
	}
	if s.server > 0 {
		_ = syscall.Kill(s.server, syscall.SIGKILL)
	}
	if s.relay != nil {
		s.relay.close()
	}
}

func isClosed(err error) bool { return errors.Is(err, net.ErrClosed) }

// A shell whose prompt is known.
const prompt = "[bench]$ "

var (
	shell = []string{"env", "PS1=" + prompt, "HISTFILE=", "bash", "--norc", "--noprofile", "-i"}
	echo  = []string{"sh", "-c", "stty raw -echo; printf 'READY\\r\\n'; exec cat"}
)

// openShell starts a session with a shell and waits for its prompt.
func (b *bench) openShell(x side, w want) (*session, error) {
	w.program = shell
	s, err := b.open(x, w)
	if err != nil {
		return nil, err
	}
	if err := s.awaitText(startLimit, strings.TrimSpace(prompt)); err != nil {
		s.close()
		return nil, fmt.Errorf("%s: no prompt: %w", x.Name, err)
	}
	return s, nil
}
