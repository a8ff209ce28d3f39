package tty

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Terminal is the user's console.
type Terminal struct {
	in, out   windows.Handle
	outFile   *os.File
	wake      windows.Handle // event that ends a Read
	reading   sync.Mutex
	surrogate uint16 // first half of a character that came in two events
	events    chan Signal

	mu        sync.Mutex
	savedIn   uint32
	savedOut  uint32
	savedCP   uint32
	raw, open bool
}

// Open takes hold of the console.
func Open(in, out *os.File) (*Terminal, error) {
	t := &Terminal{in: windows.Handle(in.Fd()), out: windows.Handle(out.Fd()), outFile: out, open: true,
		events: make(chan Signal, 1)}
	if err := windows.GetConsoleMode(t.in, &t.savedIn); err != nil {
		return nil, fmt.Errorf("standard input is not a console: %w", err)
	}
	if err := windows.GetConsoleMode(t.out, &t.savedOut); err != nil {
		return nil, fmt.Errorf("standard output is not a console: %w", err)
	}
	var err error
	if t.savedCP, err = windows.GetConsoleOutputCP(); err != nil {
		return nil, fmt.Errorf("cannot read the console's code page: %w", err)
	}
	if t.wake, err = windows.CreateEvent(nil, 1, 0, nil); err != nil {
		return nil, fmt.Errorf("cannot create an event: %w", err)
	}
	return t, nil
}

// Raw takes the console into raw mode with escape sequences both ways, and to UTF-8.
func (t *Terminal) Raw() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.open {
		return os.ErrClosed
	}
	t.raw = true
	in := t.savedIn&^(windows.ENABLE_ECHO_INPUT|windows.ENABLE_LINE_INPUT|windows.ENABLE_PROCESSED_INPUT) |
		windows.ENABLE_VIRTUAL_TERMINAL_INPUT | windows.ENABLE_WINDOW_INPUT
	out := t.savedOut | windows.ENABLE_PROCESSED_OUTPUT | windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING |
		windows.DISABLE_NEWLINE_AUTO_RETURN
	err := errors.Join(windows.SetConsoleMode(t.in, in), windows.SetConsoleMode(t.out, out),
		windows.SetConsoleOutputCP(codePageUTF8))
	if err != nil {
		return fmt.Errorf("cannot take the console into raw mode (Windows 10 or later is needed): %w", err)
	}
	return nil
}

// Restore gives the console its modes back. Further calls do nothing.
func (t *Terminal) Restore() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.restore()
}

func (t *Terminal) restore() error {
	if !t.raw {
		return nil
	}
	t.raw = false
	return errors.Join(windows.SetConsoleMode(t.in, t.savedIn), windows.SetConsoleMode(t.out, t.savedOut),
		windows.SetConsoleOutputCP(t.savedCP))
}

// Size returns the size of the window.
func (t *Terminal) Size() (rows, cols int, err error) {
	var i windows.ConsoleScreenBufferInfo
	if err := windows.GetConsoleScreenBufferInfo(t.out, &i); err != nil {
		return 0, 0, fmt.Errorf("cannot read the size of the console: %w", err)
	}
	rows, cols = int(i.Window.Bottom-i.Window.Top)+1, int(i.Window.Right-i.Window.Left)+1
	if rows <= 0 || cols <= 0 {
		return defaultRows, defaultCols, nil
	}
	return rows, cols, nil
}

// Suspend does nothing: Windows has no stopped programs.
func (t *Terminal) Suspend() error { return errors.ErrUnsupported }

// Signals is where changes of the size arrive. It is never closed.
func (t *Terminal) Signals() <-chan Signal { return t.events }

const codePageUTF8 = 65001

// Blocks reports whether Read or Write hold a thread while they wait: they do.
func (t *Terminal) Blocks() bool { return true }

// Event types and layout of INPUT_RECORD (wincon.h).
const (
	keyEvent    = 0x01
	resizeEvent = 0x04
)

type inputRecord struct {
	kind  uint16
	_     uint16
	event [16]byte
}

// keyRecord is KEY_EVENT_RECORD.
type keyRecord struct {
	down    int32
	repeat  uint16
	keyCode uint16
	scan    uint16
	char    uint16
	control uint32
}

var readConsoleInput = windows.NewLazySystemDLL("kernel32.dll").NewProc("ReadConsoleInputW")

// altNumpad is the key code whose release carries a character typed by its number.
const altNumpad = 0x12

// Read reads what the user types, as UTF-8. Resizes met on the way become events.
func (t *Terminal) Read(b []byte) (int, error) {
	t.reading.Lock()
	defer t.reading.Unlock()
	if len(b) < utf8.UTFMax {
		return 0, errors.New("tty: the buffer is too small for a character")
	}
	for {
		which, err := windows.WaitForMultipleObjects([]windows.Handle{t.wake, t.in}, false, windows.INFINITE)
		if err != nil {
			return 0, fmt.Errorf("cannot wait for the console: %w", err)
		}
		if which == windows.WAIT_OBJECT_0 {
			return 0, os.ErrClosed
		}
		n, err := t.readEvents(b)
		if n > 0 || err != nil {
			return n, err
		}
	}
}

func (t *Terminal) readEvents(b []byte) (int, error) {
	n := 0
	var waiting uint32
	if err := windows.GetNumberOfConsoleInputEvents(t.in, &waiting); err != nil {
		return 0, fmt.Errorf("cannot read the console: %w", err)
	}
	for ; waiting > 0 && n+utf8.UTFMax <= len(b); waiting-- {
		var r inputRecord
		var got uint32
		if ok, _, err := readConsoleInput.Call(uintptr(t.in), uintptr(unsafe.Pointer(&r)), 1,
			uintptr(unsafe.Pointer(&got))); ok == 0 {
			return n, fmt.Errorf("cannot read the console: %w", err)
		}
		switch r.kind {
		case resizeEvent:
			select {
			case t.events <- Resized:
			default: // one is waiting already
			}
		case keyEvent:
			k := (*keyRecord)(unsafe.Pointer(&r.event))
			if k.char != 0 && (k.down != 0 || k.keyCode == altNumpad) || k.down != 0 && isCtrlSpace(k) {
				n += t.appendChar(b[n:n], k.char)
			}
		}
	}
	return n, nil
}

// isCtrlSpace: NUL is a key only as Ctrl-Space or Ctrl-@.
func isCtrlSpace(k *keyRecord) bool {
	const ctrl, space, two = 0x0008 | 0x0004, 0x20, 0x32
	return k.control&ctrl != 0 && (k.keyCode == space || k.keyCode == two)
}

// appendChar writes a UTF-16 unit as UTF-8 and returns the octets written, none for the first half of a pair.
func (t *Terminal) appendChar(dst []byte, c uint16) int {
	r := rune(c)
	if utf16.IsSurrogate(r) {
		if t.surrogate == 0 {
			t.surrogate = c
			return 0
		}
		r = utf16.DecodeRune(rune(t.surrogate), r)
	}
	t.surrogate = 0
	return len(utf8.AppendRune(dst, r))
}

// Write shows b.
func (t *Terminal) Write(b []byte) (int, error) { return t.outFile.Write(b) }

// SetWriteDeadline: a Write to a console cannot be ended.
func (t *Terminal) SetWriteDeadline(time.Time) error { return os.ErrNoDeadline }

// Close restores the console and ends a Read that waits.
func (t *Terminal) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.open {
		return nil
	}
	t.open = false
	err := errors.Join(t.restore(), windows.SetEvent(t.wake))
	t.reading.Lock()
	defer t.reading.Unlock()
	return errors.Join(err, windows.CloseHandle(t.wake))
}
