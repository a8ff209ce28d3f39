package display

import "mosh/internal/core/vt"

// Caps says what a receiver keeps and what it understands. Take one of the constructors and change it.
type Caps struct {
	// Attrs are the attributes that the receiver shows; underlines are always shown, at least as single ones.
	Attrs vt.Attr
	// Underlines: styles (SGR 4:n) and colour (SGR 58) of underlines.
	Underlines bool
	// Links: OSC 8.
	Links bool
	// Repeat: REP.
	Repeat bool
	// BCE: erased cells take the background of the pen. Without it coloured blanks are written as spaces.
	BCE bool
	// ECH: erase characters.
	ECH bool
	// EditChars: ICH and DCH. EditLines: IL and DL. ScrollLines: SU and SD.
	EditChars, EditLines, ScrollLines bool
	// Tabs: the tab stops are known to be those of a reset terminal.
	Tabs bool
	// Title: OSC 0, 1 and 2. TitleMax is how many code points a title may have.
	Title    bool
	TitleMax int
	// OSC: operating system commands are at least swallowed whole. Without it none is written but OSC 52.
	OSC bool
	// Selections: OSC 52 for any selection; else only c.
	Selections bool
	// ClipboardMax is how many octets of base64 OSC 52 may carry; a longer one is not sent.
	ClipboardMax int
	// Rich: the modes of vt.Modes after AlternateScroll, that one, pixel mouse and colours are kept.
	Rich bool
	// Keys: the cursor key and keypad modes of the frame are to be followed. Without it those that AppendOpen
	// has set stay.
	Keys bool
	// Kitty: the receiver knows the kitty keyboard protocol.
	Kitty bool
	// Clusters: mode 2027 may be set, and then the terminal counts grapheme clusters.
	Clusters bool
	// Widths says how far the receiver's idea of a character's width can be trusted.
	Widths Widths
	// Atomic: nobody sees the receiver between the first and the last byte of a diff.
	Atomic bool
	// Sync: mode 2026 makes the receiver atomic.
	Sync bool
	// Terminal: the receiver is the user's terminal, not an emulator of ours. Things that only an
	// emulator needs to know are left out (alternate-screen flag).
	Terminal bool
	// Enter and Leave are written first by AppendOpen and last by AppendClose (terminfo smcup and rmcup).
	Enter, Leave string
}

// Widths says how a receiver counts the columns of characters.
type Widths uint8

const (
	// WidthsPerCodePoint: stock mosh. Each code point has the width that the receiver's C library gives it.
	WidthsPerCodePoint Widths = iota
	// WidthsAgreed: the receiver has the tables and the clusters of package width.
	WidthsAgreed
	// WidthsUnknown: a real terminal, which may count code points or clusters by tables of any age.
	WidthsUnknown
)

const allAttrs = vt.Bold | vt.Italic | vt.Blink | vt.Inverse | vt.Invisible | vt.Faint | vt.Strike | vt.Overline

// Stock returns what the emulator of a stock mosh 1.4.0 client can do (spec/terminal.md, 2 and 5.12).
func Stock() Caps {
	return Caps{
		Attrs: vt.Bold | vt.Italic | vt.Blink | vt.Inverse | vt.Invisible,
		BCE:   true, ECH: true, EditChars: true, EditLines: true, ScrollLines: true, Tabs: true,
		Title: true, TitleMax: 254, OSC: true, ClipboardMax: 16379,
		Widths: WidthsPerCodePoint, Atomic: true,
	}
}

// Own returns what the emulator of an own peer with the feature screen can do.
func Own() Caps {
	c := Stock()
	c.Attrs = allAttrs
	c.Underlines, c.Links, c.Repeat, c.Selections, c.Rich, c.Keys, c.Kitty = true, true, true, true, true, true, true
	c.ClipboardMax = 160 << 10 // what the emulator keeps
	c.Widths = WidthsAgreed
	return c
}

// Terminal returns what every real terminal is assumed to understand before its name and its answers are known.
func Terminal() Caps {
	return Caps{
		Attrs: allAttrs, BCE: true, ECH: true, Selections: true,
		TitleMax: 1 << 12, ClipboardMax: 1 << 20, Widths: WidthsUnknown, Terminal: true,
	}
}

// rendition returns what is left of p at the receiver.
func (c *Caps) rendition(p vt.Rendition) vt.Rendition {
	if p.Attr == 0 && p.Extra == 0 {
		return p
	}
	u := p.Attr.Underline()
	if !c.Underlines && u != vt.UnderlineNone {
		u = vt.UnderlineSingle
	}
	p.Attr = (p.Attr & c.Attrs).WithUnderline(u)
	if !c.Underlines && !c.Links {
		p.Extra = 0
	}
	return p
}

// modes returns what is left of m at the receiver.
func (c *Caps) modes(m vt.Modes) vt.Modes {
	if !c.Rich {
		if m.Encoding == vt.EncodingPixel {
			m.Encoding = vt.EncodingSGR
		}
		m = vt.Modes{
			CursorVisible: m.CursorVisible, ReverseVideo: m.ReverseVideo, BracketedPaste: m.BracketedPaste,
			Focus: m.Focus, Mouse: m.Mouse, Encoding: m.Encoding,
		}
	}
	if !c.Keys {
		m.AppCursor, m.AppKeypad = false, false
	}
	if !c.Kitty {
		m.KittyFlags = 0
	}
	if c.Terminal {
		m.AlternateScroll = m.AlternateScroll && m.Alternate
		m.Alternate = false
	}
	return m
}
