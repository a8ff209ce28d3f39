package mosh

import (
	"bytes"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"
)

// startup reads what ssh, our proxy and the server print until the server says where it listens
// (spec/commands.md, A7, with E1.6: CONNECT anywhere in a line, addresses only from our own proxy or from sshd).
// Everything else goes to out unchanged.
type startup struct {
	out   io.Writer
	token string // of our proxy; empty: nothing is accepted as its report

	port  int
	key   []byte
	proxy []netip.Addr // the connected address, then the others of the host
	ssh   netip.Addr   // the server's address in SSH_CONNECTION

	unreachable string   // what our proxy says when it cannot connect; ssh's own words on it are then dropped
	said        []string // the last lines of text, for explaining a failure
	blank       []byte   // empty lines not yet shown: those before CONNECT are the server's, not the user's
	rest        []byte   // a line without its end
}

const (
	// ownWords stand in what our server says of itself, and not in what stock's says.
	ownWords         = "Speaks mosh protocol version"
	connectPrefix    = "MOSH CONNECT "
	connectionPrefix = "MOSH SSH_CONNECTION "
	rememberedLines  = 20
	longestLine      = 1 << 16 // octets; more is text without line ends
)

// cutConnect takes apart a line that ends in "MOSH CONNECT port key".
func cutConnect(line []byte) (before, port, key []byte, ok bool) {
	line = bytes.TrimRight(line, " \t\f\r\n")
	at := bytes.LastIndex(line, []byte(connectPrefix))
	if at < 0 {
		return nil, nil, nil, false
	}
	port, key, _ = bytes.Cut(line[at+len(connectPrefix):], []byte(" "))
	return line[:at], port, key, len(port) > 0 && len(bytes.Trim(port, digits)) == 0 &&
		len(key) == 22 && len(bytes.Trim(key, letters+digits+"/+")) == 0
}

const (
	digits  = "0123456789"
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// done tells whether the server has said where it listens.
func (st *startup) done() bool { return st.key != nil }

// take reads further output. After done it is not to be called again.
func (st *startup) take(p []byte) error {
	st.rest = append(st.rest, p...)
	for {
		end := bytes.IndexByte(st.rest, '\n')
		if end < 0 {
			if len(st.rest) > longestLine {
				st.text(string(st.rest), "")
				st.rest = nil
			}
			return nil
		}
		line := st.rest[:end]
		st.rest = st.rest[end+1:]
		err := st.line(line)
		if st.done() {
			clear(line)
		}
		if err != nil || st.done() {
			return err
		}
	}
}

// detached reads what follows the line with the key, and tells whether the server has said that it has left the login: only
// ours does so, after it has. Stock's may still be about to, and would end with ssh.
func (st *startup) detached(p []byte) bool {
	st.rest = append(st.rest, p...)
	ours := bytes.Index(st.rest, []byte(ownWords))
	found := ours >= 0 && bytes.Contains(st.rest[ours:], []byte("[mosh-server detached, pid = "))
	if len(st.rest) > longestLine {
		st.rest = nil
	}
	return found
}

// end takes the last line when it has no end.
func (st *startup) end() error {
	line := st.rest
	st.rest = nil
	if len(line) == 0 {
		return nil
	}
	defer clear(line)
	return st.line(line)
}

// line takes one line. That with the key is not copied.
func (st *startup) line(octets []byte) error {
	if before, port, key, ok := cutConnect(octets); ok {
		return st.connect(string(before), string(port), key)
	}
	line := string(octets)
	bare := strings.TrimRight(line, "\r")
	if st.token != "" {
		if list, ok := strings.CutPrefix(bare, reportPrefix+st.token+" "); ok {
			return st.report(list)
		}
		if why, ok := strings.CutPrefix(bare, failPrefix+st.token+" "); ok {
			st.unreachable = why
			return nil
		}
	}
	if words, ok := strings.CutPrefix(bare, connectionPrefix); ok {
		return st.connection(bare, words)
	}
	if rest, ok := strings.CutPrefix(bare, connectPrefix); ok {
		port, _, _ := strings.Cut(rest, " ")
		return fmt.Errorf("the server's line %q is not understood: it should hold a port and a key; is another program called mosh-server there?",
			connectPrefix+port+" ...")
	}
	st.text(line, "\n")
	return nil
}

func (st *startup) report(list string) error {
	addresses, err := parseAddresses(list)
	if err != nil || st.proxy != nil {
		return fmt.Errorf("the proxy's report %q is not understood: is --ssh a program that starts the proxy twice?", list)
	}
	st.proxy = addresses
	return nil
}

// connection reads "client-address client-port server-address server-port".
func (st *startup) connection(line, words string) error {
	fields := strings.Fields(words)
	if len(fields) != 4 {
		return fmt.Errorf("the line %q is not understood: SSH_CONNECTION should have four words", line)
	}
	a, err := netip.ParseAddr(fields[2])
	if err != nil {
		return fmt.Errorf("the line %q is not understood: %q is not an address", line, fields[2])
	}
	st.ssh = a.Unmap()
	return nil
}

func (st *startup) connect(before, port string, key []byte) error {
	n, err := strconv.Atoi(port)
	if err != nil || n < 1 || n > 65535 {
		return fmt.Errorf("the server names port %s, which does not exist: is another program called mosh-server there?", port)
	}
	if before != "" {
		st.text(before, "\n")
	}
	st.port, st.key = n, bytes.Clone(key)
	return nil
}

func (st *startup) text(line, end string) {
	if st.unreachable != "" {
		return
	}
	if bare := strings.TrimRight(line, "\r"); bare == "" {
		st.blank = append(st.blank, line+end...)
		return
	} else if st.said = append(st.said, bare); len(st.said) > rememberedLines {
		st.said = st.said[1:]
	}
	io.WriteString(st.out, string(st.blank)+line+end)
	st.blank = nil
}
