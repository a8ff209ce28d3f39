package mosh

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"time"

	"mosh/internal/app/option"
	"mosh/internal/drive/daemon"
)

// reportPrefix and failPrefix begin the lines that our own ProxyCommand prints on stderr, which shares ssh's pipe to
// the launcher. A token that only the two know stands behind them: the remote side must not choose the address.
const (
	reportPrefix = "MOSH IP "
	failPrefix   = "MOSH UNREACHABLE "
)

// passFlag, the first word for a proxy that gives ssh the connection instead of carrying what ssh says, is followed by the
// port at which the launcher has one for it.
const passFlag = "--proxy-pass="

// connectStagger is how long one address is tried before the next one joins in (RFC 8305, section 5).
const connectStagger = 250 * time.Millisecond

// runProxy is `mosh --fake-proxy -- HOST PORT`, started by ssh: connect, tell the address, carry the bytes
// (spec/commands.md, A8).
func runProxy(p Process, parsed option.Parsed) int {
	daemon.IgnoreHangup() // ssh sends one at its end; its last words are still to be carried
	token, family := parsed.Values["proxy-token"], parsed.Values["family"]
	if family == "" {
		family = "prefer-inet"
	}
	if len(parsed.Operands) != 2 {
		fmt.Fprintln(p.Stderr, "mosh: --fake-proxy needs a host and a port: it is for ssh to call")
		return exitUsage
	}
	host, port := parsed.Operands[0], parsed.Operands[1]
	addresses, err := proxyAddresses(parsed.Values["proxy-addresses"], host, family)
	if err != nil {
		return proxyFailure(p, token, err)
	}
	conn, used, err := connect(addresses, dialTCP(port, 0))
	if err != nil {
		return proxyFailure(p, token, fmt.Errorf("cannot connect to %s port %s: %w", host, port, err))
	}
	if token == "" {
		fmt.Fprintf(p.Stderr, "%s%s\n", reportPrefix, used)
	} else {
		fmt.Fprintf(p.Stderr, "%s%s %s\n", reportPrefix, token, reportOf(used, addresses))
	}
	if !parsed.Set("proxy-pass") {
		carry(p, conn)
	} else if err := passConnection(conn); err != nil {
		return proxyFailure(p, token, fmt.Errorf("cannot give ssh the connection: %w", err))
	}
	return 0
}

// reportOf lists the address in use and then the others.
func reportOf(used netip.Addr, addresses []netip.Addr) string {
	return joinAddresses(unique(append([]netip.Addr{used}, addresses...)))
}

// proxyAddresses takes the addresses the launcher has resolved already, or resolves host.
func proxyAddresses(list, host, family string) ([]netip.Addr, error) {
	if list == "" {
		return resolve(context.Background(), host, family)
	}
	return parseAddresses(list)
}

func parseAddresses(list string) ([]netip.Addr, error) {
	var all []netip.Addr
	for word := range strings.SplitSeq(list, ",") {
		a, err := netip.ParseAddr(word)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}

func proxyFailure(p Process, token string, err error) int {
	if token == "" {
		fmt.Fprintf(p.Stderr, "mosh: %v\n", err)
	} else {
		fmt.Fprintf(p.Stderr, "%s%s %v\n", failPrefix, token, err)
	}
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return int(errno) & 0xff
	}
	return exitUsage
}

// dialer connects to one address.
type dialer func(context.Context, netip.Addr) (*net.TCPConn, error)

// dialTCP connects within limit; 0 is the system's own limit.
func dialTCP(port string, limit time.Duration) dialer {
	return func(ctx context.Context, a netip.Addr) (*net.TCPConn, error) {
		d := net.Dialer{Timeout: limit}
		conn, err := d.DialContext(ctx, "tcp", net.JoinHostPort(a.String(), port))
		if err != nil {
			return nil, err
		}
		return conn.(*net.TCPConn), nil
	}
}

// connect tries the addresses in order, each with a head start over the next, and keeps the first that answers.
func connect(addresses []netip.Addr, dial dialer) (*net.TCPConn, netip.Addr, error) {
	type attempt struct {
		conn *net.TCPConn
		addr netip.Addr
		err  error
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	results := make(chan attempt, len(addresses))
	try := func(a netip.Addr) {
		conn, err := dial(ctx, a)
		results <- attempt{conn, a, err}
	}
	var failures []error
	next, running := 0, 0
	for next < len(addresses) || running > 0 {
		var later <-chan time.Time
		if next < len(addresses) {
			if running == 0 {
				go try(addresses[next])
				next, running = next+1, running+1
				continue
			}
			later = time.After(connectStagger)
		}
		select {
		case <-later:
			go try(addresses[next])
			next, running = next+1, running+1
		case r := <-results:
			running--
			if r.err == nil {
				go func() { // those that come second
					for ; running > 0; running-- {
						if late := <-results; late.conn != nil {
							late.conn.Close()
						}
					}
				}()
				return r.conn, r.addr, nil
			}
			failures = append(failures, fmt.Errorf("%s (%w)", r.addr, rootCause(r.err)))
		}
	}
	return nil, netip.Addr{}, tried(failures)
}

// tried lists failed attempts in the order they failed.
type tried []error

func (t tried) Error() string {
	texts := make([]string, len(t))
	for i, err := range t {
		texts[i] = err.Error()
	}
	return "tried " + strings.Join(texts, ", then ")
}

func (t tried) Unwrap() []error { return t }

func rootCause(err error) error {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno
	}
	return err
}

// carry copies both ways until both ends are done, closing each direction when its source ends.
func carry(p Process, conn *net.TCPConn) {
	done := make(chan struct{})
	go func() {
		io.Copy(p.Stdout, conn)
		p.Stdout.Close() // ssh sees the end of the connection and ends our stdin
		close(done)
	}()
	io.Copy(conn, p.Stdin)
	conn.CloseWrite()
	<-done
}

// proxyCommand is the ProxyCommand word for ssh: ssh expands % in it and /bin/sh reads it.
func (pl plan) proxyCommand(executable string, s settings) string {
	words := []string{executable}
	if pl.passes {
		words = append(words, passFlag+pl.config["port"])
	}
	words = append(words, "--family="+s.family, "--proxy-token="+pl.token)
	addresses := pl.addresses
	if len(addresses) > 0 {
		words = append(words, "--proxy-addresses="+joinAddresses(addresses))
	}
	return strings.ReplaceAll(quoteAll(words), "%", "%%") + " --fake-proxy -- %h %p"
}

func joinAddresses(all []netip.Addr) string {
	words := make([]string, len(all))
	for i, a := range all {
		words[i] = a.String()
	}
	return strings.Join(words, ",")
}

func executablePath(argv0 string) string {
	if path, err := os.Executable(); err == nil {
		return path
	}
	return argv0
}
