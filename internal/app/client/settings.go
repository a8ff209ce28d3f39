package client

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"mosh/internal/app/option"
	core "mosh/internal/core/client"
	"mosh/internal/core/datagram"
	"mosh/internal/core/predict"
)

// settings are what the command line and the environment ask for.
type settings struct {
	key         datagram.Key
	servers     []netip.AddrPort // argv's first, then the others of MOSH_ADDRESSES
	host        string           // what the person called the server; may be empty
	predict     predict.Preference
	overwrite   bool
	escape      core.Escape
	titlePrefix bool
	screenInit  bool // use the terminal's alternate screen
	verbose     int
}

// lookup reads an environment variable.
type lookup func(name string) (string, bool)

// usageError is a command line that cannot be obeyed.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

func parseSettings(w option.Words, keyText string, hasKey bool, env lookup) (settings, error) {
	var s settings
	for _, g := range w.Given {
		if g.Name == "v" {
			s.verbose++
		}
	}
	if len(w.Complaints) > 0 {
		return s, &usageError{w.Complaints[0].Error()}
	}
	operands := append(slices.Clone(w.Operands), w.Rest...)
	if len(operands) != 2 {
		return s, &usageError{"two words are needed, the server's numeric address and its UDP port"}
	}
	if err := s.addresses(operands[0], operands[1], env); err != nil {
		return s, err
	}
	if !hasKey {
		return s, fmt.Errorf("MOSH_KEY is not set: put the key that mosh-server printed into that environment variable, or let mosh start the client")
	}
	s.host, _ = env("MOSH_HOST")
	if err := checkCharset(env); err != nil {
		return s, err
	}
	var err error
	if s.key, err = datagram.ParseKey(keyText); err != nil {
		return s, fmt.Errorf("MOSH_KEY is no key: %w", err)
	}
	mode, set := env("MOSH_PREDICTION_DISPLAY")
	if set {
		if s.predict, err = predict.ParsePreference(mode); err != nil {
			return s, fmt.Errorf("MOSH_PREDICTION_DISPLAY: %w", err)
		}
	}
	overwrite, _ := env("MOSH_PREDICTION_OVERWRITE")
	s.overwrite = overwrite == "yes"
	escape, set := env("MOSH_ESCAPE_KEY")
	s.escape = core.ParseEscape(escape, set)
	_, noPrefix := env("MOSH_TITLE_NOPREFIX")
	_, noInit := env("MOSH_NO_TERM_INIT")
	s.titlePrefix, s.screenInit = !noPrefix, !noInit
	return s, nil
}

// addresses reads the server's address and port, and further addresses of MOSH_ADDRESSES.
func (s *settings) addresses(ip, port string, env lookup) error {
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return &usageError{fmt.Sprintf("Bad UDP port %q: it must be a number from 1 to 65535", port)}
	}
	first, err := netip.ParseAddr(ip)
	if err != nil {
		return &usageError{fmt.Sprintf("Bad IP address %q: it must be numeric; mosh itself takes host names", ip)}
	}
	s.servers = []netip.AddrPort{netip.AddrPortFrom(first.Unmap(), uint16(n))}
	more, _ := env("MOSH_ADDRESSES")
	for text := range strings.SplitSeq(more, ",") {
		a, err := netip.ParseAddr(strings.TrimSpace(text))
		if err != nil {
			continue
		}
		if to := netip.AddrPortFrom(a.Unmap(), uint16(n)); !slices.Contains(s.servers, to) {
			s.servers = append(s.servers, to)
		}
	}
	return nil
}

// checkCharset refuses a locale that says that the terminal is not UTF-8. One that names no charset says nothing.
func checkCharset(env lookup) error {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		value, _ := env(name)
		if value == "" {
			continue
		}
		_, charset, named := strings.Cut(value, ".")
		charset, _, _ = strings.Cut(charset, "@")
		if named && !strings.EqualFold(strings.ReplaceAll(charset, "-", ""), "utf8") {
			return fmt.Errorf("%s=%s says that this terminal is not UTF-8, which mosh needs: if it is, set LC_ALL=C.UTF-8; if not, use one that is", name, value)
		}
		return nil
	}
	return nil
}
