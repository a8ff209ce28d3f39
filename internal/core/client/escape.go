package client

import "fmt"

// Escape is the escape key and its pass key (spec/commands.md, section C4). The zero Escape is none.
type Escape struct {
	key        byte
	pass       [2]byte // octets that mean one literal escape key; the second is the other case of a letter
	afterEnter bool    // only directly after a typed CR or LF
	name       string
	passName   string
	enabled    bool
}

// ParseEscape reads the value of MOSH_ESCAPE_KEY; set says whether the variable is there.
func ParseEscape(value string, set bool) Escape {
	if set && value == "" {
		return Escape{}
	}
	key := byte(0x1e)
	if set && len(value) == 1 && value[0] > 0 && value[0] < 0x80 && !reservedKey(value[0]) {
		key = value[0]
	}
	e := Escape{key: key, enabled: true}
	if key < 0x20 {
		e.pass = [2]byte{key + 0x40, lower(key + 0x40)}
		e.name = fmt.Sprintf("Ctrl-%c", e.pass[0])
	} else {
		e.pass = [2]byte{key, lower(key)}
		e.name = "\"" + string(rune(key)) + "\""
		e.afterEnter = true
	}
	e.passName = "\"" + string(rune(e.pass[0])) + "\""
	return e
}

// reservedKey says that b is refused as an escape key: Ctrl-C, Ctrl-D, LF, Ctrl-L, CR.
func reservedKey(b byte) bool {
	switch b {
	case 0x03, 0x04, 0x0a, 0x0c, 0x0d:
		return true
	}
	return false
}

func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}

// Name is the key as the bar writes it, empty if there is none.
func (e *Escape) Name() string { return e.name }

// Help is the text of the bar after the escape key.
func (e *Escape) Help() string {
	return fmt.Sprintf("Commands: Ctrl-Z suspends, \".\" quits, \"i\" shows the connection, %s gives literal %s", e.passName, e.name)
}

// command is what an octet from the keyboard means.
type command uint8

const (
	cmdSend    command = iota // an octet for the server
	cmdEscape                 // the escape key: wait for the next octet
	cmdQuit                   // "."
	cmdSuspend                // Ctrl-Z
	cmdInfo                   // "i"
	cmdLiteral                // pass key: one literal escape octet
	cmdBoth                   // unknown: the escape octet and this one
)

// escapeState follows the keyboard.
type escapeState struct {
	Escape
	pending bool // the escape key was typed
	enter   bool // the last octet was CR or LF
}

func (s *escapeState) octet(b byte) command {
	if s.pending {
		s.pending = false
		s.enter = false
		switch {
		case b == '.':
			return cmdQuit
		case b == 0x1a:
			return cmdSuspend
		case b == s.pass[0] || b == s.pass[1]:
			return cmdLiteral
		case b == 'i':
			return cmdInfo
		}
		return cmdBoth
	}
	if s.enabled && b == s.key && (!s.afterEnter || s.enter) {
		s.pending = true
		return cmdEscape
	}
	s.enter = b == '\r' || b == '\n'
	return cmdSend
}
