// Package clientloop is the event loop of mosh-client: it gives a session (core/client) what comes from the
// network, the keyboard and the system, and sends and paints what the session returns (docs/design.md,
// section 4). One goroutine owns the session.
//
// A frame is rendered only when the terminal is free to take it, against what was really written last: a
// slow or stopped terminal costs frames, never memory and never the loop.
package clientloop

import (
	"errors"
	"log/slog"
	"net/netip"
	"time"

	"mosh/internal/core/client"
	"mosh/internal/core/display"
	"mosh/internal/core/vt"
	"mosh/internal/core/wire"
	"mosh/internal/drive/clock"
	"mosh/internal/drive/pump"
	"mosh/internal/drive/trim"
	"mosh/internal/drive/tty"
	"mosh/internal/drive/udp"
)

const (
	readSize = 16 << 10
	// finalPaint is how long the last frame may take on a terminal that does not read.
	finalPaint = time.Second
)

// Config is what the loop drives.
type Config struct {
	Session *client.Session
	Sockets *udp.Set
	Network <-chan struct{} // yields when addresses or routes may have changed
	Servers []netip.AddrPort
	TTY     *tty.Terminal
	Caps    display.Caps // what is known of the terminal by its name
	Log     *slog.Logger
}

// Run runs the session until it is over and returns why. The terminal is in raw mode before; Run closes it,
// which gives it its own modes back.
func Run(c Config) client.Reason {
	l := begin(c)
	reason := l.run()
	l.close()
	l.end()
	return reason
}

// begin starts all that the loop listens to and makes the terminal ours.
func begin(c Config) *loop {
	l := &loop{Config: c, clock: clock.New(), alarm: clock.NewAlarm(), probe: display.NewProbe(c.Caps)}
	l.keys = pump.NewReader(c.TTY, readSize, 1)
	l.chunks = l.keys.C()
	l.screen = pump.NewWriter(c.TTY)
	l.seen = observe(c.Servers)
	c.Sockets.Only(udp.FromServer)
	l.open()
	return l
}

func (l *loop) end() {
	l.alarm.Stop()
	l.TTY.Close()
	l.keys.Stop()
	if l.free { // a terminal that takes nothing any more would hold us here
		l.screen.Stop()
	}
}

type loop struct {
	Config
	clock   *clock.Clock
	alarm   *clock.Alarm
	keys    *pump.Reader
	chunks  <-chan []byte // nil once the keyboard has ended
	screen  *pump.Writer
	free    bool // the terminal waits for the next bytes
	probe   *display.Probe
	typed   []byte
	answers wire.Terminal // what the session was told of the terminal

	seen     network
	memory   trim.Trimmer
	renderer display.Renderer
	painted  *vt.Frame // what the terminal shows; nil: unknown
	repaint  bool      // paint all of it, whatever it is believed to show
	// suspended: the terminal was given to the shell, and that we run again was not told yet.
	suspended bool
	buf       []byte
	out       []client.Datagram
	retired   []client.PathID
}

func (l *loop) run() client.Reason {
	for {
		now := l.clock.Now()
		l.send(now)
		if reason, done := l.Session.Done(); done {
			return reason
		}
		if l.Session.TakeSuspend() {
			l.suspend()
			continue
		}
		var free <-chan error
		if !l.paint(now) {
			free = l.screen.Free()
		}
		keys := l.chunks
		if l.Session.InputFull() {
			keys = nil
		}
		l.alarm.Set(now, l.wait(now))
		select {
		case b := <-l.Sockets.Events():
			l.receive(b)
		case p, ok := <-keys:
			l.key(p, ok)
		case err := <-free:
			l.free = true
			if err != nil {
				l.Session.Quit(l.clock.Now(), "Exiting...")
			}
		case s := <-l.TTY.Signals():
			l.signal(s)
		case <-l.Network:
			l.networkChanged()
		case <-l.alarm.C:
			l.alarm.Rang()
			l.tick()
		}
	}
}

func (l *loop) wait(now time.Time) time.Duration {
	d := clock.MaxWait
	for _, t := range []time.Time{l.Session.NextTimeout(), l.probe.NextTimeout(), l.memory.NextTimeout()} {
		if !t.IsZero() {
			d = min(d, max(0, t.Sub(now)))
		}
	}
	return d
}

// send carries datagrams out, opening and closing sockets as the session's paths come and go.
func (l *loop) send(now time.Time) {
	l.out = l.Session.AppendDatagrams(now, l.out[:0])
	for _, d := range l.out {
		id := udp.PathID(d.Path.ID)
		if !l.Sockets.Has(id) {
			if err := l.Sockets.Open(id, d.Path.Remote, udp.From{Addr: d.Path.Local}); err != nil {
				l.sendFailed(now, err)
				continue
			}
		}
		send := l.Sockets.Send
		if d.Whole {
			send = l.Sockets.SendWhole
		}
		if err := send(id, d.B); err != nil {
			l.sendFailed(now, err)
		}
	}
	l.retired = l.Session.AppendRetired(l.retired[:0])
	for _, id := range l.retired {
		l.Sockets.Retire(udp.PathID(id))
	}
}

func (l *loop) sendFailed(now time.Time, err error) {
	l.Log.Debug("send", "error", err)
	if errors.Is(err, udp.ErrTooBig) {
		l.Session.TooBig()
	}
	l.Session.SendFailed(now, err.Error())
}

func (l *loop) receive(b *udp.Batch) {
	now := l.clock.Now()
	if b.Err != nil {
		l.Log.Debug("receive", "error", b.Err)
	}
	if errors.Is(b.Err, udp.ErrRefused) {
		l.Session.Refused(client.PathID(b.Path))
	}
	for _, d := range b.Datagrams {
		if err := l.Session.HandleDatagram(now, client.PathID(b.Path), d.From, d.CE, d.B); err != nil {
			l.Log.Debug("datagram refused", "from", d.From, "error", err)
		}
	}
	b.Release()
}

func (l *loop) key(p []byte, ok bool) {
	now := l.clock.Now()
	if !ok {
		l.chunks = nil
		l.Session.Quit(now, "Exiting...")
		return
	}
	l.typedKeys(now, p)
	l.keys.Done()
}

// typedKeys gives the session what the user typed, without what the terminal answered.
func (l *loop) typedKeys(now time.Time, in []byte) {
	l.typed = l.probe.Filter(now, in, l.typed[:0])
	if len(l.typed) > 0 {
		l.Session.Keys(now, l.typed)
	}
	if t := terminal(l.probe.Answers()); t != l.answers {
		l.answers = t
		l.Session.SetTerminal(now, t)
	}
}

// terminal is what of the terminal's answers a program may ask the server for.
func terminal(a display.Answers) wire.Terminal {
	return wire.Terminal{Foreground: wireColor(a.Foreground), Background: wireColor(a.Background), Kitty: a.Kitty}
}

func wireColor(c vt.Color) uint32 {
	r, g, b, ok := c.Direct()
	if !ok {
		return 0
	}
	return 1<<24 | uint32(r)<<16 | uint32(g)<<8 | uint32(b)
}

// learnt returns what the terminal can do as far as it has said, and what the server leaves to it.
func (l *loop) learnt() display.Caps {
	caps := l.Caps
	if l.probe.Settled() {
		caps = l.probe.Caps()
	}
	caps.Keys = l.Session.FollowsKeys()
	return caps
}

func (l *loop) tick() {
	now := l.clock.Now()
	l.Session.Advance(now)
	l.typedKeys(now, nil)
	l.memory.Tick(now)
}

func (l *loop) signal(s tty.Signal) {
	now := l.clock.Now()
	switch s {
	case tty.Resized:
		l.resize(now)
	case tty.Continued:
		if err := l.TTY.Raw(); err != nil {
			l.Session.Quit(now, "Exiting...")
		}
		l.reopen()
		l.resize(now)
	case tty.Terminated:
		l.Session.Quit(now, "Signal received, shutting down...")
	}
}

func (l *loop) resize(now time.Time) {
	rows, cols, err := l.TTY.Size()
	if err != nil {
		l.Log.Warn("window size", "error", err)
		return
	}
	l.Session.Resize(now, cols, rows)
}

// suspend gives the terminal back to the shell until the user continues us; Continued then paints it anew.
func (l *loop) suspend() {
	l.finish(l.painted, "\r\n\x1b[37;44m[mosh is suspended.]\x1b[m\r\n")
	l.suspended = true
	if err := l.TTY.Suspend(); err != nil {
		l.Log.Warn("suspend", "error", err)
		l.reopen()
	}
}

// reopen makes the terminal ours again. Who stopped us from outside left it as we had it; nothing is to be switched on
// twice then.
func (l *loop) reopen() {
	var b []byte
	if !l.suspended {
		b = display.AppendClose(b, &l.Caps, l.painted)
	}
	l.write(display.AppendOpen(b, &l.Caps))
	l.suspended, l.painted = false, nil
}

// paint brings the terminal up to date and reports whether that is done: false if the terminal is not free.
func (l *loop) paint(now time.Time) bool {
	if l.suspended {
		return true // continued, but not yet told so: the screen is the shell's
	}
	caps := l.learnt()
	if l.Session.TakeRepaint() || caps != l.Caps {
		l.repaint = true
	}
	f := l.Session.Frame(now)
	if f == l.painted && !l.repaint {
		return true
	}
	if !l.free {
		select {
		case <-l.screen.Free():
			l.free = true
		default:
			return false
		}
	}
	l.buf = display.AppendGained(l.buf[:0], &l.Caps, &caps)
	l.Caps = caps
	l.buf = l.render(l.buf, f)
	l.memory.Worked(now, len(l.buf))
	l.painted = f
	if len(l.buf) > 0 {
		l.write(l.buf)
	}
	return true
}

func (l *loop) render(dst []byte, f *vt.Frame) []byte {
	if l.painted != nil {
		dst = l.renderer.AppendDiff(dst, &l.Caps, l.painted, f)
	}
	if l.painted == nil || l.repaint {
		dst = l.renderer.AppendRepaint(dst, &l.Caps, f)
	}
	l.repaint = false
	return dst
}

// write hands b to the terminal, which must not be written to before it is free again.
func (l *loop) write(b []byte) {
	if !l.free {
		<-l.screen.Free()
	}
	l.free = false
	l.screen.Write(b)
}

// open makes the terminal ours and asks it what it can do.
func (l *loop) open() {
	l.buf = display.AppendOpen(l.buf[:0], &l.Caps)
	l.buf = l.probe.AppendQueries(l.clock.Now(), l.buf)
	l.write(l.buf)
}

// awaitAnswers waits until the terminal has answered, for a second at most since it was asked: what comes after us
// would be typed into the shell.
func (l *loop) awaitAnswers() {
	for !l.probe.Settled() && l.chunks != nil {
		now := l.clock.Now()
		l.alarm.Set(now, l.probe.NextTimeout().Sub(now))
		select {
		case p, ok := <-l.chunks:
			if !ok {
				l.chunks = nil
				return
			}
			l.typed = l.probe.Filter(l.clock.Now(), p, l.typed[:0])
			l.keys.Done()
		case <-l.alarm.C:
			l.alarm.Rang()
			l.typed = l.probe.Filter(l.clock.Now(), nil, l.typed[:0])
		}
	}
}

// close paints the last frame, without bar and predictions, and gives the terminal back.
func (l *loop) close() {
	if !l.suspended {
		l.finish(l.Session.Final(), "")
	}
}

// finish paints f, undoes all that was switched on, and writes text.
func (l *loop) finish(f *vt.Frame, text string) {
	l.awaitAnswers()
	limit := time.After(finalPaint)
	if !l.free {
		select {
		case <-l.screen.Free():
			l.free = true
		case <-limit:
			return // a terminal that does not read gets no last frame
		}
	}
	l.buf = l.buf[:0]
	if f != nil {
		l.buf = l.render(l.buf, f)
	}
	l.buf = display.AppendClose(l.buf, &l.Caps, f)
	l.painted = nil
	l.write(append(l.buf, text...))
	select {
	case <-l.screen.Free():
		l.free = true
	case <-limit:
	}
}
