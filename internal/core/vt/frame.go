package vt

// Frame is a snapshot of what a terminal shows: the state that is synchronised, painted and predicted on.
// It is immutable once made, rows included; Edit gives a copy for overlays.
//
// The fields are those of spec/terminal.md, section 4, and of its section 7.2 (between own peers).
type Frame struct {
	Width, Height int
	Rows          []*Row // Height rows of Width cells
	Interns       *Interns

	Cursor Cursor
	Pen    Rendition

	Title, Icon string
	TitleSet    bool // a title or icon name was set at least once; not compared
	Bells       uint64
	Clipboard   Clipboard

	Modes  Modes
	Colors *Colors // overrides of palette and dynamic colours; nil is none; immutable
}

// Cursor is where the next character goes.
type Cursor struct {
	Row, Col int // zero-based, inside the screen
	// Pending is the pending wrap ("last column flag"); not compared.
	Pending bool
}

// Clipboard is the newest selection that a program set (OSC 52). Serial grows with each setting, so that
// setting the same text again is seen.
type Clipboard struct {
	Selection string // the Pc part as sent, "c" if it was empty
	Data      string // base64 as sent
	Serial    uint64
}

// MouseMode is the DEC private mode number of the mouse reporting in force; zero is off.
type MouseMode uint16

// The mouse reporting modes.
const (
	MouseOff       MouseMode = 0
	MouseX10       MouseMode = 9
	MouseNormal    MouseMode = 1000
	MouseHighlight MouseMode = 1001
	MouseButton    MouseMode = 1002
	MouseAny       MouseMode = 1003
)

// MouseEncoding is the DEC private mode number of the mouse encoding; zero is X10's.
type MouseEncoding uint16

// The mouse encodings.
const (
	EncodingX10   MouseEncoding = 0
	EncodingUTF8  MouseEncoding = 1005
	EncodingSGR   MouseEncoding = 1006
	EncodingURXVT MouseEncoding = 1015
	EncodingPixel MouseEncoding = 1016
)

// Modes are the modes that a user's terminal has to follow. Those after AlternateScroll travel between own
// peers only. Comparable.
type Modes struct {
	CursorVisible   bool // DECTCEM
	ReverseVideo    bool // DECSCNM
	BracketedPaste  bool // 2004
	Focus           bool // 1004
	Mouse           MouseMode
	Encoding        MouseEncoding
	AlternateScroll bool // 1007

	Alternate       bool  // the alternate screen is active
	AppCursor       bool  // DECCKM
	AppKeypad       bool  // DECKPAM
	CursorStyle     uint8 // DECSCUSR, 0 to 6
	KittyFlags      uint8 // current flags of the kitty keyboard protocol
	ModifyOtherKeys uint8 // XTMODKEYS resource 4, 0 to 3
	ColorScheme     bool  // 2031
}

// Colors are overrides of the terminal's colours by OSC 4, 10 to 19. Values are direct colours; the zero
// Color is no override. A Colors value is never written after it became part of a frame.
type Colors struct {
	Palette [256]Color
	Dynamic [10]Color // OSC 10 to 19
}

// NewFrame returns a blank frame, as every terminal starts.
func NewFrame(width, height int) *Frame {
	f := &Frame{Width: width, Height: height, Interns: NewInterns(), Rows: make([]*Row, height)}
	blank := NewRow(width, Rendition{})
	for i := range f.Rows {
		f.Rows[i] = blank
	}
	f.Modes.CursorVisible = true
	return f
}

// Edit returns a copy of f whose rows are still shared; change it with SetCell and by its fields.
func (f *Frame) Edit() *Frame {
	c := *f
	c.Rows = append([]*Row(nil), f.Rows...)
	return &c
}

// SetCell puts cell c at row, col of f, which must come from Edit, copying the row if it is still that of
// the base frame. Positions outside the screen are ignored.
func (f *Frame) SetCell(base *Frame, row, col int, c Cell) {
	if row < 0 || row >= f.Height || col < 0 || col >= f.Width {
		return
	}
	if row < len(base.Rows) && f.Rows[row] == base.Rows[row] {
		f.Rows[row] = f.Rows[row].Clone()
	}
	f.Rows[row].Cells[col] = c
}

// Cell returns the cell at row, col, which must be inside the screen.
func (f *Frame) Cell(row, col int) Cell { return f.Rows[row].Cells[col] }
