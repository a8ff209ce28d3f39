package mosh

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"mosh/internal/app/option"
)

// settings are the options in force, checked.
type settings struct {
	host    string // as typed, with brackets taken off an IPv6 address
	command []string

	port      string // as for the server's -p; empty: not given
	portRange bool
	family    string
	bind      string // ssh, any, both, an address; empty: the launcher decides
	method    string // proxy, remote, local; empty: the launcher decides
	predict   string
	overwrite bool

	ssh    []string // words of the ssh command
	server string   // shell text; empty: look for mosh-server
	client string   // empty: look for mosh-client

	sshPTY, termInit, local, verbose, doctor bool
}

// source finds the value of an option: the command line, the environment, the configuration file, in this order.
type source struct {
	parsed option.Parsed
	config map[string]string
}

func (s source) value(name string) (string, bool) {
	if v, ok := s.parsed.Values[name]; ok {
		return v, true
	}
	v, ok := s.config[name]
	return v, ok
}

func (s source) is(name string, otherwise bool) bool {
	v, ok := s.value(name)
	if !ok {
		return otherwise
	}
	return v == "yes"
}

// check makes settings of what was given; every error is an *option.Usage.
func check(p Process, src source) (settings, error) {
	text := func(name string) string { v, _ := src.value(name); return v }
	s := settings{
		port: text("port"), family: strings.ToLower(text("family")), bind: text("bind-server"), method: text("experimental-remote-ip"),
		server: text("server"), client: text("client"),
		overwrite: src.is("predict-overwrite", false),
		sshPTY:    src.is("ssh-pty", true), termInit: src.is("init", true),
		local: src.is("local", false), verbose: src.is("verbose", false), doctor: src.is("doctor", false),
	}
	var err error
	steps := []func() error{
		func() error { s.predict, err = predictMode(p, src); return err },
		func() error { s.portRange, err = checkPort(src); return err },
		func() error { return s.checkFamily() },
		func() error { s.bind, err = checkBind(s.bind); return err },
		func() error { return checkWord("--experimental-remote-ip", s.method, "proxy", "remote", "local") },
		func() error { s.ssh, err = sshWords(src); return err },
		func() error { return s.takeOperands(src.parsed.Operands) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return s, err
		}
	}
	return s, nil
}

func usagef(format string, args ...any) error {
	return &option.Usage{Reason: fmt.Sprintf(format, args...)}
}

func checkWord(name, word string, known ...string) error {
	if word == "" || slices.Contains(known, word) {
		return nil
	}
	last := len(known) - 1
	return usagef("%s %q is unknown: it must be %s or %s", name, word, strings.Join(known[:last], ", "), known[last])
}

func predictMode(p Process, src source) (string, error) {
	modes := []string{"adaptive", "always", "never", "experimental"}
	if mode, ok := src.parsed.Values["predict"]; ok {
		return mode, checkWord("--predict mode", mode, modes...)
	}
	if mode, ok := p.lookup("MOSH_PREDICTION_DISPLAY"); ok {
		if mode == "" {
			return "", usagef("MOSH_PREDICTION_DISPLAY is set but empty: unset it, or set it to adaptive, always, never or experimental")
		}
		return mode, checkWord("MOSH_PREDICTION_DISPLAY", mode, modes...)
	}
	if mode, ok := src.config["predict"]; ok {
		return mode, checkWord("--predict mode", mode, modes...)
	}
	return "adaptive", nil
}

// checkPort obeys spec/commands.md, A3, and tells whether a range was asked for.
func checkPort(src source) (isRange bool, err error) {
	text, given := src.value("port")
	if !given {
		return false, nil
	}
	low, high, isRange := strings.Cut(text, ":")
	lowNumber, okLow := portNumber(low)
	highNumber, okHigh := portNumber(high)
	switch {
	case !okLow || isRange && !okHigh:
		return false, usagef("server-side port or range %q is not valid: write PORT or PORT:PORT2, as in -p 60000:60010", text)
	case lowNumber > 65535 || highNumber > 65535:
		return false, usagef("server-side port %s is too large: ports end at 65535", text)
	case isRange && highNumber == 0:
		return false, usagef("high port 0 of range %s is not valid: it must be from 1 to 65535", text)
	case isRange && lowNumber == 0:
		return false, usagef("low port of range %s must not be 0: write -p 0 alone to let the server's system choose", text)
	case isRange && lowNumber > highNumber:
		return false, usagef("low port of range %s is above its high port: write %s:%s", text, high, low)
	}
	return isRange, nil
}

func portNumber(s string) (int, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		n = 65536 // so many digits that it does not fit
	}
	return n, true
}

func (s *settings) checkFamily() error {
	if s.family == "" {
		s.family = "prefer-inet"
	}
	return checkWord("--family", s.family, "inet", "inet6", "prefer-inet", "prefer-inet6", "all", "auto")
}

func checkBind(bind string) (string, error) {
	switch word := strings.ToLower(bind); word {
	case "", "ssh", "any", "both":
		return word, nil
	}
	if _, err := netip.ParseAddr(bind); err != nil {
		return "", usagef("--bind-server %q is not an address: write ssh, any, both or a numeric IP address of the server", bind)
	}
	return bind, nil
}

func sshWords(src source) ([]string, error) {
	text, given := src.value("ssh")
	if !given {
		return []string{"ssh"}, nil
	}
	words, err := splitWords(text)
	if err != nil {
		return nil, usagef("--ssh command %q cannot be split into words: %v", text, err)
	}
	if len(words) == 0 {
		return nil, usagef("--ssh is empty: leave it out for plain ssh")
	}
	return words, nil
}

func (s *settings) takeOperands(operands []string) error {
	if len(operands) == 0 {
		if s.local {
			s.host = "127.0.0.1"
			return nil
		}
		return usagef("no host given: mosh [user@]host")
	}
	s.host, s.command = unbracket(operands[0]), operands[1:]
	switch {
	case s.host == "":
		return usagef("the host is empty: mosh [user@]host")
	case strings.HasPrefix(s.host, "-"):
		return usagef("host %q begins with \"-\", which ssh would take for an option: give the host first, and options of ssh with --ssh=\"ssh OPTION\"", s.host)
	case s.doctor && len(s.command) > 0:
		return usagef("--doctor takes a host and no command")
	case s.doctor && s.local:
		return usagef("--doctor checks the way to another machine: leave out --local")
	}
	if base := filepath.Base(s.server); base == "mosh" {
		return usagef("--server=%s names the launcher: did you mean %s?", s.server, s.server+"-server")
	}
	return nil
}

// unbracket turns [::1] and user@[::1] into what ssh and the resolver read.
func unbracket(host string) string {
	user, name := splitUser(host)
	if inner, ok := strings.CutPrefix(name, "["); ok && strings.HasSuffix(inner, "]") {
		return user + strings.TrimSuffix(inner, "]")
	}
	return host
}

// splitUser cuts user@host behind the last "@", which stays with the user.
func splitUser(host string) (user, name string) {
	at := strings.LastIndexByte(host, '@')
	return host[:at+1], host[at+1:]
}
