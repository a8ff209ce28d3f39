package vt

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// deviceControl runs a device control string. Those not known here (sixel, ReGIS, soft fonts, user-defined
// keys ...) are swallowed.
func (t *Terminal) deviceControl() {
	if t.p.Truncated() {
		return
	}
	switch data := string(t.p.Data()); t.p.Function() {
	case dollar | 'q': // DECRQSS
		if s, ok := t.setting(data); ok {
			t.reply("\x1bP1$r" + s + data + "\x1b\\")
		} else {
			t.reply("\x1bP0$r\x1b\\")
		}
	case dollar | 't': // DECRSPS
		t.restorePresentation(t.p.Param(0, 0), data)
	case '+'<<8 | 'q': // XTGETTCAP
		for name := range strings.SplitSeq(data, ";") {
			t.reportCapability(name)
		}
	}
}

// stringControl runs APC, PM, SOS and ESC k. None is known: they are swallowed.
func (t *Terminal) stringControl() {}

// setting returns the parameters of the control function that DECRQSS names by its intermediates and final.
func (t *Terminal) setting(function string) (parameters string, ok bool) {
	m := t.margins
	switch function {
	case "m":
		return t.rendition(), true
	case "r":
		return fmt.Sprintf("%d;%d", m.top+1, m.bottom+1), true
	case "s":
		return fmt.Sprintf("%d;%d", m.left+1, m.right+1), true
	case " q":
		return fmt.Sprint(max(t.modes.CursorStyle, 1)), true
	case `"q`:
		if t.pen.Attr&protected != 0 {
			return "1", true
		}
		return "0", true
	case `"p`: // DECSCL: VT400, seven-bit controls
		return "64;1", true
	case "t", "*|": // DECSLPP, DECSNLS
		return fmt.Sprint(t.height), true
	case "$|": // DECSCPP
		return fmt.Sprint(t.width), true
	case "*x": // DECSACE
		if t.flags.areaExact {
			return "2", true
		}
		return "1", true
	}
	return "", false
}

// rendition returns the pen as parameters of SGR.
func (t *Terminal) rendition() string {
	s := []byte("0")
	for _, a := range [...]struct {
		attr Attr
		code int
	}{{Bold, 1}, {Faint, 2}, {Italic, 3}, {Blink, 5}, {Inverse, 7}, {Invisible, 8}, {Strike, 9}, {Overline, 53}} {
		if t.pen.Attr&a.attr != 0 {
			s = fmt.Append(s, ";", a.code)
		}
	}
	switch u := t.pen.Attr.Underline(); u {
	case UnderlineNone:
	case UnderlineSingle:
		s = append(s, ";4"...)
	case UnderlineDouble:
		s = append(s, ";21"...)
	default:
		s = fmt.Append(s, ";4:", uint8(u))
	}
	return string(s) + colorParameter(t.pen.FG, 30) + colorParameter(t.pen.BG, 40) + colorParameter(t.extra.UnderlineColor, 50)
}

// colorParameter returns ";" and the parameter that sets c, of the function whose first code is base.
func colorParameter(c Color, base int) string {
	if n, ok := c.Palette(); ok {
		switch {
		case base != 50 && n < 8:
			return fmt.Sprint(";", base+int(n))
		case base != 50 && n < 16:
			return fmt.Sprint(";", base+60+int(n)-8)
		}
		return fmt.Sprintf(";%d:5:%d", base+8, n)
	}
	if r, g, b, ok := c.Direct(); ok {
		return fmt.Sprintf(";%d:2::%d:%d:%d", base+8, r, g, b)
	}
	return ""
}

// reportCapability answers XTGETTCAP for one name in hexadecimal. The answer to what is not known is the one
// of xterm: invalid.
func (t *Terminal) reportCapability(name string) {
	n, err := hex.DecodeString(name)
	value, ok := capability(string(n))
	switch {
	case err != nil || !ok:
		t.reply("\x1bP0+r" + hexDigits(name) + "\x1b\\")
	case value == "":
		t.reply("\x1bP1+r" + name + "\x1b\\")
	default:
		t.reply("\x1bP1+r" + name + "=" + hex.EncodeToString([]byte(value)) + "\x1b\\")
	}
}

// hexDigits returns name if it is made of hexadecimal digits, else nothing: an answer must not carry what a
// program made up.
func hexDigits(name string) string {
	if strings.Trim(name, "0123456789abcdefABCDEF") != "" {
		return ""
	}
	return name
}

// capability returns the value of what programs ask for by XTGETTCAP beyond their terminfo entry.
func capability(name string) (value string, ok bool) {
	switch name {
	case "TN", "name":
		return "xterm-256color", true
	case "Co", "colors":
		return "256", true
	case "RGB":
		return "8", true
	case "Tc", "Su":
		return "", true
	case "Ms":
		return "\x1b]52;%p1%s;%p2%s\a", true
	case "Smulx":
		return "\x1b[4:%p1%dm", true
	case "Setulc":
		return "\x1b[58:2::%p1%{65536}%/%d:%p1%{256}%/%{255}%&%d:%p1%{255}%&%dm", true
	case "Ss":
		return "\x1b[%p1%d q", true
	case "Se":
		return "\x1b[2 q", true
	case "Smol":
		return "\x1b[53m", true
	case "Rmol":
		return "\x1b[55m", true
	case "smxx":
		return "\x1b[9m", true
	case "rmxx":
		return "\x1b[29m", true
	}
	return "", false
}
