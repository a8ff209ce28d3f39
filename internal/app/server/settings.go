package server

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"mosh/internal/app/option"
	"mosh/internal/drive/udp"
)

// settings are what the command line and the environment ask for.
type settings struct {
	bind    netip.Addr // invalid: any address
	ports   udp.Ports
	colors  int
	locale  []string // NAME=VALUE of -l, in order
	verbose int
	command []string // empty: the login shell

	networkTimeout, signalTimeout time.Duration
	warnings                      []string
	misunderstood                 bool // a part of the command line was: the usage is to be shown, and all the rest done
}

// usageError is a command line that cannot be obeyed.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// parseSettings reads the words after the command's name.
func parseSettings(args []string, env environment) (settings, error) {
	s := settings{ports: udp.DefaultPorts}
	w := option.Server().Getopt(args)
	s.command, s.misunderstood = w.Rest, len(w.Complaints) > 0
	for _, c := range w.Complaints {
		s.warnings = append(s.warnings, c.Error())
	}
	if len(w.Operands) > 0 && w.Operands[0] == "new" {
		for _, g := range w.Given {
			if err := s.take(g, env); err != nil {
				return s, err
			}
		}
	} else if err := s.legacy(w); err != nil {
		return s, err
	}
	s.networkTimeout = s.seconds(env, "MOSH_SERVER_NETWORK_TMOUT")
	s.signalTimeout = s.seconds(env, "MOSH_SERVER_SIGNAL_TMOUT")
	return s, nil
}

func (s *settings) take(g option.Given, env environment) error {
	var err error
	switch g.Name {
	case "s":
		s.bind = s.sshAddress(env)
	case "i":
		if s.bind, err = netip.ParseAddr(g.Value); err != nil {
			s.warnings = append(s.warnings, fmt.Sprintf("bad address %q for -i: it must be numeric, such as 192.0.2.1 or ::; listening on every address", g.Value))
		}
	case "p":
		s.ports, err = parsePorts(g.Value)
		return err
	case "c":
		if s.colors, err = strconv.Atoi(g.Value); err != nil && g.Value != "" {
			return usagef("bad number of colours %q for -c: it must be an integer", g.Value)
		}
	case "l":
		if name, _, ok := strings.Cut(g.Value, "="); !ok || name == "" {
			s.warnings = append(s.warnings, fmt.Sprintf("-l %q is not NAME=VALUE; ignored", g.Value))
			return nil
		}
		s.locale = append(s.locale, g.Value)
	case "v":
		s.verbose++
	}
	return nil
}

// legacy is the form without "new": nothing, an address, or an address and a port.
func (s *settings) legacy(w option.Words) (err error) {
	for _, g := range w.Given {
		if g.Name == "v" {
			s.verbose++
		}
	}
	switch n := len(w.Operands); {
	case n > 2:
		return usagef("the first word must be \"new\"")
	case n == 2:
		if s.ports, err = parsePorts(w.Operands[1]); err != nil {
			return err
		}
		fallthrough
	case n == 1:
		if s.bind, err = netip.ParseAddr(w.Operands[0]); err != nil {
			return usagef("bad address %q: it must be numeric; to choose a command, begin with \"new\"", w.Operands[0])
		}
	}
	return nil
}

// parsePorts reads PORT or LOW:HIGH. A missing number counts as 0, which alone lets the system choose.
func parsePorts(text string) (udp.Ports, error) {
	low, high, ranged := strings.Cut(text, ":")
	number := func(s string) (uint16, error) {
		if s == "" {
			return 0, nil
		}
		n, err := strconv.ParseUint(s, 10, 16)
		if err != nil {
			return 0, usagef("Bad UDP port range (%s): ports are numbers from 0 to 65535", text)
		}
		return uint16(n), nil
	}
	l, err := number(low)
	if err != nil || !ranged {
		return udp.Ports{Low: l, High: l}, err
	}
	h, err := number(high)
	switch {
	case err != nil:
		return udp.Ports{}, err
	case l == 0:
		return udp.Ports{}, usagef("Bad UDP port range (%s): the low port must not be 0", text)
	case l > h:
		return udp.Ports{}, usagef("Bad UDP port range (%s): the low port is above the high one", text)
	}
	return udp.Ports{Low: l, High: h}, nil
}

// sshAddress is the address at which ssh reached this machine: the third word of SSH_CONNECTION.
func (s *settings) sshAddress(env environment) netip.Addr {
	words := strings.Fields(env.value("SSH_CONNECTION"))
	if len(words) < 3 {
		s.warnings = append(s.warnings, "-s needs SSH_CONNECTION, which is not set; listening on every address")
		return netip.Addr{}
	}
	a, err := netip.ParseAddr(words[2])
	if err != nil {
		s.warnings = append(s.warnings, fmt.Sprintf("SSH_CONNECTION names no numeric address (%q); listening on every address", words[2]))
		return netip.Addr{}
	}
	return a.Unmap()
}

// seconds reads a variable that holds a number of seconds; stock uses the leading number of a malformed
// value and so do we.
func (s *settings) seconds(env environment, name string) time.Duration {
	text := env.value(name)
	if text == "" {
		return 0
	}
	digits := 0
	for digits < len(text) && (text[digits] >= '0' && text[digits] <= '9' || digits == 0 && text[0] == '-') {
		digits++
	}
	n, err := strconv.ParseInt(text[:digits], 10, 32)
	if err != nil || digits < len(text) {
		s.warnings = append(s.warnings, fmt.Sprintf("%s is not a valid integer (%q); using %d", name, text, n))
	}
	if n < 0 {
		s.warnings = append(s.warnings, fmt.Sprintf("%s is negative; ignored", name))
		n = 0
	}
	return time.Duration(n) * time.Second
}
