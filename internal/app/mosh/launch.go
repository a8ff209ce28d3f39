package mosh

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"mosh/internal/app/client"
	"mosh/internal/app/option"
	"mosh/internal/app/version"
	"mosh/internal/drive/daemon"
)

// exitUsage is the status of everything that keeps a session from starting: the same as ssh's own.
const exitUsage = 255

// lingerLimit is how long ssh may take to end after the server has told where it listens.
const lingerLimit = time.Second

// Main runs the launcher and returns its exit status; where the system allows it does not return but becomes the
// client.
func Main(p Process) int {
	if passOffered(p) {
		return 0
	}
	c := newConsole(p)
	table := option.Mosh()
	_, posix := p.lookup("POSIXLY_CORRECT")
	parsed, err := table.Parse(p.Args[1:], posix)
	switch {
	case err != nil:
		return c.usage(p, err)
	case parsed.Set("help"):
		fmt.Fprint(p.Stdout, table.Help(p.Args[0]))
		return 0
	case parsed.Set("version"):
		fmt.Fprint(p.Stdout, version.Text("mosh"))
		return 0
	case parsed.Values["fake-proxy"] == "yes":
		return runProxy(p, parsed)
	}
	src := source{parsed: parsed}
	if len(parsed.Operands) > 0 {
		src.config, err = readConfig(p, unbracket(parsed.Operands[0]))
	}
	if err != nil {
		c.errorf("%v", err)
		return exitUsage
	}
	s, err := check(p, src)
	if err != nil {
		return c.usage(p, err)
	}
	c.verbose = s.verbose
	return launch(p, c, s)
}

func (c console) usage(p Process, err error) int {
	c.errorf("%v", err)
	fmt.Fprintf(p.Stderr, "Usage: %s [options] [--] [user@]host [command...]   (%s --help explains)\n", p.Args[0], p.Args[0])
	return exitUsage
}

func launch(p Process, c console, s settings) int {
	cl, err := findClient(s.client)
	if err != nil {
		c.errorf("cannot find the client (%v): install it beside mosh or in the PATH, or pass --client=PATH", err)
		return exitUsage
	}
	asked := make(chan sshConfig, 1)
	go func() {
		if s.local {
			asked <- nil
			return
		}
		asked <- askSSH(p, s)
	}()
	colors, status := cl.countColors(p, c)
	if status != 0 {
		return status
	}
	cl.prepare(p, s)
	if s.local {
		return launchLocal(p, c, s, cl, colors)
	}
	config := <-asked
	c.tracef("ssh -G: %s", config.describe())
	if s.doctor {
		return examine(p, c, s, config)
	}
	started, err := startServer(p, c, s, colors, config, config.maySever(s))
	if err != nil {
		c.errorf("%v", err)
		return exitUsage
	}
	return c.runClient(p, s, cl, started.addresses, started.startup)
}

// session is a server that waits for its client.
type session struct {
	*startup
	plan      plan
	addresses []netip.Addr // where it may be reached, best first
}

// startServer logs in with ssh and starts the server. If hasten is set ssh is ended then.
func startServer(p Process, c console, s settings, colors int, config sshConfig, hasten bool) (session, error) {
	pl, err := decide(p, s, colors, config)
	if err != nil {
		return session{}, err
	}
	if pl.method == "proxy" && pl.proxied != "" {
		c.noticef("%s of the ssh configuration is not used, because of --experimental-remote-ip=proxy", pl.proxied)
	}
	c.tracef("run: %s", quoteIfNeeded(pl.argv))
	st := &startup{out: p.Stdout, token: pl.token}
	cmd := exec.Command(pl.argv[0], pl.argv[1:]...)
	cmd.Env, cmd.Stdin = pl.environ, p.Stdin
	if pl.passes {
		defer offerConnection(pl.token, pl.addresses, config["port"])()
	}
	status, err := converse(cmd, st, hasten)
	switch {
	case err != nil:
		return session{}, err
	case !st.done():
		return session{}, errors.New(failure{settings: s, started: st, status: status}.explain())
	}
	c.tracef("server: UDP port %d", st.port)
	addresses, err := pl.choose(c, s, st)
	return session{st, pl, addresses}, err
}

// clientProgram is the program that shows the session.
type clientProgram struct {
	path string
	// own: it lies beside us, so that we are what it is, and need not start it. The user waits for each program.
	own bool
	// terminal is, for our own, what it would find out first.
	terminal client.Terminal
}

// prepare finds that out, while ssh says what is configured and nothing else is to be done.
func (cl *clientProgram) prepare(p Process, s settings) {
	if _, noInit := p.lookup("MOSH_NO_TERM_INIT"); cl.own {
		cl.terminal = client.Prepare(s.termInit && !noInit)
	}
}

// findClient finds the client as findProgram does.
func findClient(given string) (clientProgram, error) {
	path, err := findProgram(given, "mosh-client")
	if err != nil {
		return clientProgram{}, err
	}
	self, err := os.Executable()
	beside := filepath.Join(filepath.Dir(self), "mosh-client")
	return clientProgram{path: path, own: err == nil && filepath.Clean(path) == beside}, nil
}

// countColors asks the client how many colours the terminal has (spec/commands.md, A5).
func (cl clientProgram) countColors(p Process, c console) (colors, status int) {
	if cl.own {
		n, err := client.Colors()
		if err != nil {
			c.errorf("%v: set TERM", err)
			return 0, exitUsage
		}
		return max(n, 0), 0
	}
	cmd := exec.Command(cl.path, "-c")
	cmd.Stderr, cmd.Env = p.Stderr, with(p.Environ, "MOSH_KEY")
	text, err := cmd.Output()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && exit.ExitCode() > 0:
		c.errorf("%s -c failed (its reason is above): check TERM=%s, or pass --client=PATH", cl.path, p.env("TERM"))
		return 0, exit.ExitCode()
	case err != nil:
		c.errorf("cannot run the client: %v; pass --client=PATH", err)
		return 0, exitUsage
	}
	colors, err = strconv.Atoi(strings.TrimSuffix(string(text), "\n"))
	if err != nil || colors < 0 {
		colors = 0
	}
	return colors, 0
}

// findProgram is the path of a program: as given, or the default name beside our own executable, or in the PATH. A
// single copied folder is so enough.
func findProgram(given, name string) (string, error) {
	if given != "" {
		return exec.LookPath(given)
	}
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	if self, err := os.Executable(); err == nil {
		if path, err := exec.LookPath(filepath.Join(filepath.Dir(self), name)); err == nil {
			return path, nil
		}
	}
	return exec.LookPath(name)
}

// converse runs cmd and feeds what it prints to st, until the server has told where it listens and cmd has ended or
// has had lingerLimit to do so, or until it ends without. It returns the exit status. If hasten is set, cmd is asked to end
// when the server has left it: it is ssh, which would wait another round trip for the other side's farewell, and which must
// have given the terminal back before the client takes it.
func converse(cmd *exec.Cmd, st *startup, hasten bool) (int, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return 0, fmt.Errorf("cannot make a pipe to ssh: %w", err)
	}
	cmd.Stdout, cmd.Stderr = w, w
	err = cmd.Start()
	w.Close()
	if err != nil {
		r.Close()
		return 0, fmt.Errorf("cannot run %s (%w): install it, or name another with --ssh=COMMAND", cmd.Path, errors.Unwrap(err))
	}
	if _, err := daemon.NoDump(); err != nil { // the session key is coming
		_ = cmd.Process.Kill()
		return 0, err
	}
	output := make(chan []byte)
	quit := make(chan struct{})
	defer close(quit)
	go readAll(r, output, quit)
	ended := make(chan int, 1)
	go func() {
		cmd.Wait()
		ended <- cmd.ProcessState.ExitCode()
	}()
	return listen(st, output, ended, func() {
		if hasten {
			_ = cmd.Process.Signal(syscall.SIGTERM)
		}
	})
}

// readAll hands on chunks until r ends, one in flight; after quit it only keeps the pipe from filling.
func readAll(r io.ReadCloser, output chan<- []byte, quit <-chan struct{}) {
	defer r.Close()
	defer close(output)
	for {
		b := make([]byte, 4096)
		n, err := r.Read(b)
		if n > 0 {
			select {
			case output <- b[:n]:
			case <-quit:
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func listen(st *startup, output <-chan []byte, ended <-chan int, hasten func()) (int, error) {
	var limit <-chan time.Time
	status := 0
	for {
		select {
		case b, open := <-output:
			switch {
			case !open && st.done():
				output = nil
			case !open:
				if err := st.end(); err != nil {
					return 0, err
				}
				if ended != nil {
					status = <-ended
				}
				return status, nil
			case st.done():
				if st.detached(b) {
					hasten()
				}
			default:
				err := st.take(b)
				clear(b) // the key was in it
				if err != nil {
					return 0, err
				}
				if st.done() {
					if ended == nil {
						return status, nil
					}
					if st.detached(nil) {
						hasten()
					}
					limit = time.After(lingerLimit)
				}
			}
		case status = <-ended:
			if st.done() {
				return status, nil
			}
			// What was printed is read to its end; a connection-sharing ssh in the background may hold the pipe open.
			ended, limit = nil, time.After(lingerLimit)
		case <-limit:
			if !st.done() {
				return status, st.end()
			}
			return status, nil
		}
	}
}

// choose orders the addresses at which the server may be reached, best first.
func (pl plan) choose(c console, s settings, st *startup) ([]netip.Addr, error) {
	reported := []netip.Addr{}
	if st.ssh.IsValid() {
		reported = append(reported, st.ssh)
	}
	var all []netip.Addr
	switch {
	case pl.method == "local":
		all = pl.addresses[:1]
	case st.proxy != nil:
		all = append(slices.Clone(st.proxy), reported...)
	case pl.decided:
		all = append(reported, pl.resolveLate(s)...)
		if len(all) > 1 && unlikely(all[0]) != "" && unlikely(all[1]) == "" {
			all = append(all[1:], all[0])
		}
	default:
		all = reported
	}
	all = unique(all)
	if len(all) == 0 {
		_, name := splitUser(s.host)
		return nil, fmt.Errorf("the server on %s started, but its address is not known: try --experimental-remote-ip=local, or give an address instead of the name", name)
	}
	pl.warn(c, s, st, all[0])
	c.tracef("addresses: %s", joinAddresses(all))
	return all, nil
}

// warn tells when UDP must take another way than ssh did.
func (pl plan) warn(c console, s settings, st *startup, used netip.Addr) {
	_, name := splitUser(s.host)
	switch {
	case pl.proxied != "" && st.proxy == nil && unlikely(used) != "":
		c.noticef("ssh reaches %s through %s, but UDP must reach it directly, and %s reports %s, %s: if nothing comes back, give an address that is reachable from here", name, pl.proxied, name, used, unlikely(used))
	case pl.proxied != "" && st.proxy == nil:
		c.noticef("ssh reaches %s through %s; UDP must reach it directly, at %s", name, pl.proxied, used)
	case pl.method == "proxy" && st.proxy == nil:
		c.noticef("using %s, the address that %s reports, because --ssh does not use our proxy", used, name)
	}
}

// resolveLate finds further addresses of a host that ssh connected to itself. A name that only the jump host knows
// is no error.
func (pl plan) resolveLate(s settings) []netip.Addr {
	if pl.config == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), lingerLimit)
	defer cancel()
	addresses, _ := resolve(ctx, pl.config["hostname"], s.family)
	return addresses
}

func unique(all []netip.Addr) []netip.Addr {
	var out []netip.Addr
	for _, a := range all {
		if !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// runClient becomes the client. Its first argument only shows in ps what the user typed.
func (c console) runClient(p Process, s settings, cl clientProgram, addresses []netip.Addr, st *startup) int {
	typed := "-# " + strings.Join(p.Args[1:], " ") + " |"
	argv := []string{cl.path, typed, addresses[0].String(), strconv.Itoa(st.port)}
	environ := with(p.Environ, "MOSH_KEY", "MOSH_PREDICTION_DISPLAY="+s.predict,
		"MOSH_CLIENT_PID="+strconv.Itoa(os.Getpid()), "MOSH_ADDRESSES="+joinAddresses(addresses), "MOSH_HOST="+s.host)
	if s.overwrite {
		environ = with(environ, "MOSH_PREDICTION_OVERWRITE=yes")
	}
	if !s.termInit {
		environ = with(environ, "MOSH_NO_TERM_INIT=1")
	}
	c.tracef("launcher's own CPU time: %.1f ms", float64(cpuTime().Microseconds())/1000)
	if cl.own {
		c.tracef("show the session")
		p.Environ = environ
		return client.Become(argv, p.lookup, st.key, cl.terminal, p.Stdin, p.Stdout, p.Stderr)
	}
	c.tracef("run: %s", quoteIfNeeded(argv))
	status, err := become(p, cl.path, argv, with(environ, "MOSH_KEY="+string(st.key)))
	if err != nil {
		c.errorf("cannot run the client %s: %v", cl.path, err)
		return exitUsage
	}
	return status
}
