package statesync

import (
	"errors"
	"fmt"
	"time"
	"unsafe"

	"mosh/internal/core/vt"
	widths "mosh/internal/core/width"
	"mosh/internal/core/wire"
)

// maxSide is the largest width or height accepted from a peer, which could otherwise make us allocate
// without bound. No terminal comes near it.
const maxSide = 4096

// maxResizes bounds the resizes in one diff: a server sends one, and each costs as much as the screen is large.
const maxResizes = 16

// maxCells is the same for the whole screen: some ten times the largest terminal that can be read.
const maxCells = 1 << 19

var (
	errResizes  = errors.New("screen: more resizes in one diff than any server sends")
	errEchoBack = errors.New("screen: the echo ack went back")
	errTooLarge = fmt.Errorf("screen: wider or higher than %d, or more than %d cells", maxSide, maxCells)
)

// RemoteScreen is the server's screen as the client holds it: an emulator that is fed the host bytes.
type RemoteScreen struct {
	term    *vt.Terminal
	frame   *vt.Frame
	EchoAck uint64
	Hello   *wire.Hello // nil until the server has said it speaks extensions
	TTY     *wire.TTY
	Exit    *wire.Exit
}

// NewRemoteScreen returns the blank screen that both ends know as state 0.
func NewRemoteScreen(width, height int) RemoteScreen {
	stock := widths.Stock
	t := vt.New(width, height, vt.Options{Receiver: true, Widths: &stock})
	return RemoteScreen{term: t, frame: t.Snapshot(time.Time{})}
}

// Weight is how much memory the screen may hold that no other state shares, in octets.
func (r RemoteScreen) Weight() int { return r.frame.Width * r.frame.Height * cellOctets }

// cellOctets is the size of a vt.Cell.
const cellOctets = int(unsafe.Sizeof(vt.Cell{}))

// Frame returns the screen.
func (r RemoteScreen) Frame() *vt.Frame { return r.frame }

// Apply returns the state that diff, a HostMessage, leads to.
func (r RemoteScreen) Apply(diff []byte) (RemoteScreen, error) {
	next := r
	next.term = nil
	m := wire.HostMessage(diff)
	if err := next.takeAttributes(m); err != nil {
		return r, fmt.Errorf("applying a screen: %w", err)
	}
	if next.Hello != r.Hello && next.Hello.Widths == uint32(widths.Unicode17) {
		next.term = r.term.Clone()
		next.term.SetWidths(widths.Unicode17)
	}
	for ins := range m.Instructions() {
		if ins.Kind != wire.HostBytes && ins.Kind != wire.Resize {
			continue
		}
		if next.term == nil {
			next.term = r.term.Clone()
		}
		if ins.Kind == wire.Resize {
			next.term.Resize(ins.Width, ins.Height)
		} else {
			next.term.Write(time.Time{}, ins.Bytes)
		}
	}
	if next.term == nil {
		next.term = r.term
		return next, nil
	}
	next.frame = next.term.Snapshot(time.Time{})
	return next, nil
}

// takeAttributes checks the whole message and takes from it what is not the screen itself.
func (r *RemoteScreen) takeAttributes(m wire.HostMessage) error {
	resizes := 0
	for ins, err := range m.Instructions() {
		switch {
		case err != nil:
			return err
		case ins.Kind == wire.EchoAck:
			if ins.EchoAck < r.EchoAck {
				return errEchoBack
			}
			r.EchoAck = ins.EchoAck
		case ins.Kind == wire.Resize:
			resizes++
			if resizes > maxResizes {
				return errResizes
			}
			if ins.Width > maxSide || ins.Height > maxSide || ins.Width*ins.Height > maxCells {
				return errTooLarge
			}
		case ins.Kind == wire.Extended:
			e := ins.Extension
			if e.Hello != nil && r.Hello == nil {
				r.Hello = e.Hello
			}
			if e.TTY != nil {
				r.TTY = e.TTY
			}
			if e.Exit != nil {
				r.Exit = e.Exit
			}
		}
	}
	return nil
}
