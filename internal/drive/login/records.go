//go:build !windows

package login

import (
	"context"
	"fmt"
	"log/syslog"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// SilenceBefore is how long a client is silent before its record says so (B6).
const SilenceBefore = 30 * time.Second

// helperTimeout bounds a run of the helper, and the wait at the end.
const helperTimeout = 2 * time.Second

// startFiles is how long the first record waits, in which the client connects and the shell reads its start files: the person
// waits for the prompt, and a run of the helper for each of the two first hosts would be in its way.
const startFiles = 300 * time.Millisecond

// Session is whose login is recorded, and where.
type Session struct {
	User string
	Pid  int // of the server
	// Master is the master side of the session's terminal, for utmp.
	Master syscall.Conn
	// Helper finds libutempter's program, as FindHelper does; nil or "" for no utmp record. It is called when it is needed.
	Helper func() string
	// Log gets the lines of B6, each without its end; nil for none. Syslog makes one.
	Log func(line string)
}

// Records keeps the records of a session in a goroutine of its own: neither the helper nor a syslog that hangs holds
// up the session.
type Records struct {
	s      Session
	helper string // once looked for
	events chan event
	ending chan struct{}
	once   sync.Once
	done   chan struct{}
}

// event is a line to log and a host to record, either "" if none.
type event struct{ line, host string }

// Begin records the begin of a session.
func Begin(s Session) *Records {
	r := &Records{s: s, events: make(chan event, 32), ending: make(chan struct{}), done: make(chan struct{})}
	r.events <- event{fmt.Sprintf("user %s session begin", s.User), silentHost(s.Pid)}
	go r.run()
	return r
}

// Connected records that the client is at addr, now or again.
func (r *Records) Connected(addr netip.Addr) {
	ip := addr.Unmap().WithZone("").String()
	r.put(event{fmt.Sprintf("user %s connected from host: %s", r.s.User, ip),
		fmt.Sprintf("%s via %s", ip, silentHost(r.s.Pid))})
}

// Back records that a client that was silent is heard again at addr, which is not news for the log.
func (r *Records) Back(addr netip.Addr) {
	r.put(event{host: fmt.Sprintf("%s via %s", addr.Unmap().WithZone(""), silentHost(r.s.Pid))})
}

// Silent records that the client has not been heard for SilenceBefore.
func (r *Records) Silent() { r.put(event{host: silentHost(r.s.Pid)}) }

// put drops the event if the records are that far behind.
func (r *Records) put(e event) {
	select {
	case r.events <- e:
	default:
	}
}

// End removes the record and notes the end, and returns when that is done or takes too long. Nothing else may be
// called afterwards; the terminal must be open until then.
func (r *Records) End() {
	r.once.Do(func() { close(r.ending); close(r.events) })
	t := time.NewTimer(2 * helperTimeout)
	defer t.Stop()
	select {
	case <-r.done:
	case <-t.C:
	}
}

func (r *Records) run() {
	defer close(r.done)
	present := ""
	started := time.After(startFiles)
	for e := range r.events {
		r.log(e.line)
		if started != nil {
			select {
			case <-started:
			case <-r.ending:
			}
			started = nil
			if r.s.Helper != nil {
				r.helper = r.s.Helper()
			}
		}
		// Of hosts that are waiting only the newest is recorded.
		if e.host != "" && e.host != present && len(r.events) == 0 {
			present = e.host
			r.help("add", e.host)
		}
	}
	r.log(fmt.Sprintf("user %s session end", r.s.User))
	r.help("del")
}

func (r *Records) log(line string) {
	if r.s.Log != nil && line != "" {
		r.s.Log(line)
	}
}

// help runs the helper with the terminal's master side as its input and output. Its failure is not ours: a record is
// a courtesy.
func (r *Records) help(args ...string) {
	if r.helper == "" || r.s.Master == nil {
		return
	}
	f, err := duplicate(r.s.Master)
	if err != nil {
		return
	}
	defer f.Close()
	ctx, cancel := context.WithTimeout(context.Background(), helperTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, r.helper, args...)
	cmd.Stdin, cmd.Stdout = f, f
	cmd.Env = []string{}
	_ = cmd.Run()
}

// duplicate copies a descriptor. The copy is non-blocking as the original, so package os leaves that as it is.
func duplicate(c syscall.Conn) (*os.File, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return nil, err
	}
	var fd int
	var dupErr error
	err = raw.Control(func(orig uintptr) { fd, dupErr = unix.FcntlInt(orig, unix.F_DUPFD_CLOEXEC, 3) })
	if err != nil {
		return nil, err
	}
	if dupErr != nil {
		return nil, dupErr
	}
	return os.NewFile(uintptr(fd), "pty"), nil
}

// silentHost is the host of a session whose client is not connected.
func silentHost(pid int) string { return fmt.Sprintf("mosh [%d]", pid) }

// FindHelper returns the path of libutempter's helper, "" if it is not installed.
func FindHelper() string {
	for _, pattern := range []string{
		"/usr/lib/*/utempter/utempter", "/usr/libexec/utempter/utempter", "/usr/lib/utempter/utempter",
		"/usr/lib64/utempter/utempter", "/usr/local/libexec/utempter/utempter",
	} {
		found, _ := filepath.Glob(pattern)
		for _, f := range found {
			if i, err := os.Stat(f); err == nil && i.Mode()&0o111 != 0 {
				return f
			}
		}
	}
	return ""
}

// Syslog returns a Log for the system's log, facility AUTH, level INFO. ident is the program's name; the process id
// is added.
func Syslog(ident string) (func(line string), error) {
	w, err := syslog.New(syslog.LOG_AUTH|syslog.LOG_INFO, ident)
	if err != nil {
		return nil, fmt.Errorf("cannot reach the system's log: %w", err)
	}
	return func(line string) { _ = w.Info(line) }, nil
}
