package vt

// Scheme is whether the user's terminal is dark or light.
type Scheme uint8

// The colour schemes, with the numbers of the report CSI ? 997 n.
const (
	SchemeUnknown Scheme = 0
	SchemeDark    Scheme = 1
	SchemeLight   Scheme = 2
)

// Defaults is what is known of the user's terminal, to answer a program's queries with: the emulator itself
// has neither colours nor pixels. The zero value knows nothing, and what is not known is not answered.
type Defaults struct {
	Program               string // name and version for XTVERSION; printable ASCII
	Colors                Colors // the colours it has when no program changed them
	Scheme                Scheme
	CellWidth, CellHeight int // in pixels
	// KittyKeyboard says that the user's terminal has the kitty keyboard protocol and that the way to it
	// carries the flags. Without it programs are told that there is none.
	KittyKeyboard bool
}

// SetDefaults replaces what is known of the user's terminal. A program that asked to be told (2031, 2048) is
// told what changed, by AppendReplies.
func (t *Terminal) SetDefaults(d Defaults) {
	old := t.defaults
	t.defaults = d
	if d.Scheme != old.Scheme && t.modes.ColorScheme {
		t.reportScheme()
	}
	if (d.CellWidth != old.CellWidth || d.CellHeight != old.CellHeight) && t.flags.inBandSize {
		t.reportSize()
	}
	if !d.KittyKeyboard && old.KittyKeyboard {
		t.keys, t.other.keys = keyStack{}, keyStack{}
		t.showKeys()
	}
}
