package vt

// Color is a comparable colour: zero is the terminal's default, otherwise a palette index or a direct colour.
type Color uint32

const (
	colorPalette Color = 1 << 24
	colorDirect  Color = 2 << 24
	colorKind    Color = 3 << 24
)

// PaletteColor returns the colour with index n of the 256-colour palette.
func PaletteColor(n uint8) Color { return colorPalette | Color(n) }

// DirectColor returns a 24-bit colour.
func DirectColor(r, g, b uint8) Color {
	return colorDirect | Color(r)<<16 | Color(g)<<8 | Color(b)
}

// Palette returns the palette index of c; ok is false if c is no palette colour.
func (c Color) Palette() (n uint8, ok bool) { return uint8(c), c&colorKind == colorPalette }

// Direct returns the components of c; ok is false if c is no direct colour.
func (c Color) Direct() (r, g, b uint8, ok bool) {
	return uint8(c >> 16), uint8(c >> 8), uint8(c), c&colorKind == colorDirect
}

// Attr is the set of character attributes of ECMA-48 8.3.117 (SGR) that are not colours.
// The underline style takes three bits: see Underline.
type Attr uint16

// The attributes, in the order in which stock mosh writes them, then those that it lacks.
const (
	Bold Attr = 1 << iota
	Italic
	Blink
	Inverse
	Invisible
	Faint
	Strike
	Overline

	// protected cells are spared by selective erasure (DECSCA). It is no rendition: snapshots do not have it.
	protected Attr = 1 << 15

	underlineShift      = 8
	underlineMask  Attr = 7 << underlineShift
)

// Underline is the style of the underline, the n of SGR 4:n.
type Underline uint8

// The underline styles of SGR 4:n.
const (
	UnderlineNone Underline = iota
	UnderlineSingle
	UnderlineDouble
	UnderlineCurly
	UnderlineDotted
	UnderlineDashed
)

// Underline returns the underline style in a.
func (a Attr) Underline() Underline { return Underline(a & underlineMask >> underlineShift) }

// WithUnderline returns a with the underline style u.
func (a Attr) WithUnderline(u Underline) Attr {
	return a&^underlineMask | Attr(u)<<underlineShift
}

// Rendition is how a cell is painted. It is comparable. Extra indexes the Interns of the frame
// (underline colour and hyperlink); zero means neither.
type Rendition struct {
	FG, BG Color
	Attr   Attr
	Extra  uint16
}

// Content is what a cell shows: nothing (zero), one code point, or a cluster of several,
// held in the Interns of the frame. The two halves of a wide character are marked.
type Content uint32

const (
	contentLead    Content = 1 << 31 // first column of a two-column character
	contentTail    Content = 1 << 30 // second column; carries nothing else
	contentCluster Content = 1 << 29 // the low bits index the cluster table
	contentIndex   Content = 1<<29 - 1

	// Tail is the content of the second column of a wide character. The rendition of a tail
	// cell equals that of its lead.
	Tail Content = contentTail
)

// RuneContent returns the content of a cell that shows r alone. wide marks the lead of a two-column character.
func RuneContent(r rune, wide bool) Content {
	c := Content(r)
	if wide {
		c |= contentLead
	}
	return c
}

// Empty says that nothing was ever written to the cell, or that it was erased. An empty cell is not
// equal to one that holds a space.
func (c Content) Empty() bool { return c == 0 }

// Wide says that c is the lead of a two-column character.
func (c Content) Wide() bool { return c&contentLead != 0 }

// IsTail says that c is the second column of a wide character.
func (c Content) IsTail() bool { return c&contentTail != 0 }

// Cluster returns the index in the cluster table; ok is false if c is a single code point, empty or a tail.
func (c Content) Cluster() (index uint32, ok bool) {
	return uint32(c & contentIndex), c&contentCluster != 0
}

// Rune returns the single code point of c; ok is false if c is empty, a tail or a cluster.
func (c Content) Rune() (r rune, ok bool) {
	if c == 0 || c&(contentTail|contentCluster) != 0 {
		return 0, false
	}
	return rune(c & contentIndex), true
}

// Cell is one position of the screen: a comparable value of 16 bytes without pointers.
type Cell struct {
	Content Content
	Rendition
}

// Blank returns the cell that an erasure leaves with pen p: empty, the pen's background, nothing else
// (background colour erase).
func Blank(p Rendition) Cell { return Cell{Rendition: Rendition{BG: p.BG}} }
