package client

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"

	"mosh/internal/core/datagram"
	"mosh/internal/core/notice"
	"mosh/internal/core/predict"
	"mosh/internal/core/ssp"
	"mosh/internal/core/statesync"
	"mosh/internal/core/vt"
	"mosh/internal/core/width"
	"mosh/internal/core/wire"
)

const (
	// collectDelay is how long a key waits for more (spec/protocol.md, section 7.1).
	collectDelay = time.Millisecond
	// connectNotice is when the bar first says that nothing was received, connectTimeout when the client
	// gives up (spec/protocol.md, section 7.9).
	connectNotice  = 250 * time.Millisecond
	connectTimeout = 15 * time.Second
	// maxTyped bounds what waits for the server, in octets and other events.
	maxTyped = 16 << 20
	// keyRoom is how much of the room for typed keys is kept, in octets: not that of a paste.
	keyRoom = 1 << 10
	// sleepJump is how late a call is, after the one before and after what NextTimeout said, that means that
	// the machine slept (docs/design.md, section 5).
	sleepJump = 5 * time.Second
)

// Config is what a client is started with.
type Config struct {
	Key           datagram.Key
	Servers       []netip.AddrPort // at least one, in order of preference
	Host          string           // what the person called the server, for advice; may be empty
	Width, Height int
	Predict       predict.Preference
	Overwrite     bool
	Rules         predict.Rules // ours, unless the trace replay compares
	Escape        Escape
	TitlePrefix   bool
	Program       string // name and version for the hello
	Rand          *rand.Rand
	Policy        ssp.Policy // Stock, for comparisons: stock's timing, and no word of extensions
}

// Datagram is to be sent on a path.
type Datagram struct {
	Path  Path
	B     []byte
	Whole bool // it must not be cut on its way, or not be sent: ssp.Datagram
}

// Reason tells why a client is over.
type Reason uint8

// The reasons.
const (
	Running    Reason = iota
	Clean             // shut down by either end, acknowledged
	NoServer          // nothing was ever received
	Unanswered        // connected, but the shutdown was not acknowledged
	Broken            // a limit of the cipher was reached
)

// String says it for the log.
func (r Reason) String() string {
	return [...]string{
		Running:    "it is not over",
		Clean:      "shut down by one end, and the other said that it knows",
		NoServer:   "nothing came from the server",
		Unanswered: "shut down, without a word of the server",
		Broken:     "a limit of the cipher was reached",
	}[r]
}

// Session is one client.
type Session struct {
	cfg       Config
	log       statesync.InputLog
	transport *ssp.Transport[statesync.UserInput, statesync.RemoteScreen]
	engine    *predict.Engine
	bar       *notice.Bar
	escape    escapeState
	paths     paths
	started   time.Time
	last      time.Time // of the newest call, to notice that the machine slept
	armed     time.Time // what NextTimeout said last

	screenNum uint64    // number of the server's state in screen
	screen    *vt.Frame // newest server screen
	waiting   bool      // some of the log waits for an acknowledgement
	suspend   bool
	repaint   bool
	size      statesync.Size
	terminal  wire.Terminal // what the user's terminal said
	told      wire.Terminal // what the server knows of it
	quitting  bool
	abandoned bool // quitting without ever having heard the server: nobody to wait for
	refused   []netip.AddrPort
	sendBuf   []ssp.Datagram
	keyBuf    []byte
}

// New starts a client: its first datagram says how large the window is.
func New(now time.Time, cfg Config) *Session {
	s := &Session{cfg: cfg, started: now, last: now, escape: escapeState{Escape: cfg.Escape}}
	s.engine = predict.New(cfg.Predict, cfg.Overwrite, cfg.Rules)
	s.bar = notice.New(now, notice.Config{QuitKey: cfg.Escape.Name(), TitlePrefix: cfg.TitlePrefix, Servers: cfg.Servers, Host: cfg.Host})
	s.paths = newPaths(now, cfg.Servers)
	ep := datagram.NewEndpoint(cfg.Key, datagram.ToServer)
	remote := statesync.NewRemoteScreen(cfg.Width, cfg.Height)
	s.screen = remote.Frame()
	s.transport = ssp.New(now, ssp.Config{Policy: cfg.Policy, CollectDelay: collectDelay, Rand: cfg.Rand}, ep,
		s.input, statesync.UserInput{Log: &s.log}, remote)
	if cfg.Policy == ssp.Own {
		s.log.AppendHello(wire.Hello{Version: wire.ExtensionVersion, Features: statesync.Features(),
			Program: cfg.Program, Widths: uint32(width.Unicode17)})
	}
	s.size = statesync.Size{Width: cfg.Width, Height: cfg.Height}
	s.log.AppendResize(s.size)
	s.transport.Changed(now)
	return s
}

// input is the object that is synchronised to the server.
func (s *Session) input() statesync.UserInput {
	var u statesync.UserInput
	u, s.waiting = s.log.Snapshot(s.transport.Acked())
	return u
}

// InputFull says that so much is typed and not yet acknowledged that the keyboard should not be read.
func (s *Session) InputFull() bool { return s.log.End()-s.transport.Acked().End > maxTyped }

// HandleDatagram takes one datagram that came on the path with this id; b is only read during the call.
// ce says that it carried the congestion-experienced mark.
func (s *Session) HandleDatagram(now time.Time, id PathID, from netip.AddrPort, ce bool, b []byte) error {
	s.wake(now)
	err := s.transport.HandleDatagram(now, from, ce, b)
	if s.transport.LastHeard().Equal(now) && s.paths.heard(now, id) {
		s.transport.PathChanged()
	}
	if s.waiting {
		s.transport.Changed(now)
	}
	s.takeScreen(now)
	s.Advance(now)
	return err
}

// takeScreen takes the newest state of the server, if it is a new one.
func (s *Session) takeScreen(now time.Time) {
	num := s.transport.RemoteNum()
	if num == s.screenNum {
		return
	}
	s.screenNum = num
	r := s.transport.Remote()
	s.screen = r.Frame()
	s.bar.Connected(s.transport.RemoteTime())
	if r.Hello != nil {
		s.transport.SetPeer(now, r.Hello.Features.And(statesync.Features()))
		s.tellTerminal(now)
		if r.Hello.Widths == uint32(width.Unicode17) {
			s.engine.SetWidths(width.Unicode17)
		}
	}
	if r.TTY != nil {
		s.engine.SetTTY(true, r.TTY.Echo, r.TTY.Canonical)
	}
	s.judge(now)
}

// judge lets the prediction engine compare with the newest screen.
func (s *Session) judge(now time.Time) {
	s.engine.Frame(now, s.screen, s.transport.Remote().EchoAck, s.transport.AckedNum(), s.transport.SendInterval())
}

// Resize says that the user's window has a new size.
func (s *Session) Resize(now time.Time, width, height int) {
	s.wake(now)
	if s.quitting {
		return
	}
	s.size = statesync.Size{Width: width, Height: height}
	s.log.AppendResize(s.size)
	s.engine.Reset()
	s.repaint = true
	s.transport.Changed(now)
}

// Keys takes one read of the keyboard; b is only read during the call.
func (s *Session) Keys(now time.Time, b []byte) {
	s.wake(now)
	send := s.keyBuf[:0]
	for len(b) > 0 && !s.quitting {
		n := 0
		if send, n = s.kitty(now, b, send); n == 0 {
			send, n = s.key(now, b[0], send), 1
		}
		b = b[n:]
	}
	if cap(send) <= keyRoom {
		s.keyBuf = send
	}
	if len(send) == 0 {
		return
	}
	s.engine.Keys(now, send, s.transport.SentNum(), s.screen)
	s.log.AppendKeys(send)
	s.transport.Answer(now, 0)
	s.transport.Changed(now)
}

// key takes one octet of the keyboard and appends to send what goes to the server.
func (s *Session) key(now time.Time, c byte, send []byte) []byte {
	waiting := s.escape.pending
	cmd := s.escape.octet(c)
	if waiting {
		s.bar.ClearMessage()
	}
	switch cmd {
	case cmdEscape:
		s.bar.Help(s.escape.Help())
	case cmdQuit:
		s.Quit(now, "Exiting on user request...")
	case cmdSuspend:
		s.suspend = true
	case cmdInfo:
		s.bar.ShowStatus(now, s.status())
	case cmdLiteral:
		send = append(send, s.escape.key)
	case cmdBoth:
		send = append(send, s.escape.key, c)
	default:
		if c == 0x0c {
			s.repaint = true
		}
		if c == 0x03 && !s.heard() {
			s.Quit(now, "Exiting on user request...") // there is no program yet that could want it
			return send
		}
		send = append(send, c)
	}
	return send
}

// Quit starts the end of the session; the text goes to the bar.
func (s *Session) Quit(now time.Time, text string) {
	s.wake(now)
	if s.quitting {
		return
	}
	s.quitting = true
	s.abandoned = !s.heard()
	s.bar.Permanent(text)
	s.transport.StartShutdown(now)
}

// heard says that the server has ever answered.
func (s *Session) heard() bool { return s.screenNum != 0 }

// Refused says that the system reported that nothing listens at the server's port on the path with this id. Anybody
// can forge that, so it is evidence only while the server has never answered.
func (s *Session) Refused(id PathID) {
	if remote, ok := s.paths.remote(id); ok && !s.heard() {
		if !slices.Contains(s.refused, remote) {
			s.refused = append(s.refused, remote)
		}
		s.bar.Refused(remote)
	}
}

// WasRefused says that Refused came for every address of a server that never answered.
func (s *Session) WasRefused() bool {
	for _, a := range s.cfg.Servers {
		if s.heard() || !slices.Contains(s.refused, a) {
			return false
		}
	}
	return true
}

// NetworkChanged says that addresses or routes of this machine changed, or that a send failed for the lack
// of a route: all ways to the server are tried at once. locals are source addresses worth trying.
func (s *Session) NetworkChanged(now time.Time, locals []netip.Addr) {
	s.wake(now)
	s.doubt(now, locals)
}

// doubt tries every way to the server. The window's size, said once more, is something that the server
// answers at once and that changes nothing.
func (s *Session) doubt(now time.Time, locals []netip.Addr) {
	s.paths.doubt(now, locals)
	if s.quitting {
		return
	}
	s.log.AppendResize(s.size)
	s.transport.Changed(now)
}

// SetTerminal tells what the user's terminal said of itself; a server that knows what to do with it is told.
func (s *Session) SetTerminal(now time.Time, t wire.Terminal) {
	s.terminal = t
	s.tellTerminal(now)
}

func (s *Session) tellTerminal(now time.Time) {
	h := s.transport.Remote().Hello
	if s.terminal == s.told || s.quitting || h == nil || !h.Features.Has(wire.FeatureTerminal) {
		return
	}
	s.told = s.terminal
	s.log.AppendTerminal(s.told)
	s.transport.Changed(now)
}

// FollowsKeys says that the user's terminal shall follow the program's cursor key and keypad modes: the server
// gives the program what was typed as it is (feature screen). With any other server the terminal sends
// application cursor keys (spec/terminal.md, section 2.9).
func (s *Session) FollowsKeys() bool {
	h := s.transport.Remote().Hello
	return h != nil && h.Features.Has(wire.FeatureScreen)
}

// status is what the status line tells.
func (s *Session) status() notice.Status {
	st := s.transport.Stats()
	p := s.engine.Stats()
	peer := "stock mosh"
	if h := s.transport.Remote().Hello; h != nil {
		peer = h.Program
	}
	return notice.Status{RTT: s.transport.SRTT(), Loss: st.Loss, Contact: s.transport.RemoteTime(),
		Shown: p.Shown, Keys: p.Keys, Wrong: p.Wrong, Peer: peer + " at " + s.paths.current.Remote.String()}
}

// Stats returns the counters of the transport.
func (s *Session) Stats() ssp.Stats { return s.transport.Stats() }

// SendFailed tells of a failed send; text is for the bar.
func (s *Session) SendFailed(now time.Time, text string) { s.bar.NetworkError(now, text) }

// TooBig says that a datagram was refused for its size (spec/protocol.md, section 2.3).
func (s *Session) TooBig() { s.transport.ReportEMSGSIZE(s.last) }

// wake notices that time jumped: the machine slept, and the way to the server may be another.
func (s *Session) wake(now time.Time) {
	slept := now.Sub(s.last) > sleepJump && now.Sub(s.armed) > sleepJump
	s.last = now
	if slept {
		s.doubt(now, nil)
	}
}

// Advance lets all deadlines up to now come.
func (s *Session) Advance(now time.Time) {
	s.wake(now)
	s.transport.Advance(now)
	s.judge(now)
	s.bar.Late(s.lastRoundtrip())
	s.bar.SetContactLimit(s.contactLimit())
	if s.screenNum == 0 && now.Sub(s.started) >= connectTimeout && !s.quitting {
		s.Quit(now, "Timed out waiting for server...")
	}
}

// AppendDatagrams appends what may be sent at now; the octets are valid until the next call.
func (s *Session) AppendDatagrams(now time.Time, dst []Datagram) []Datagram {
	s.sendBuf = s.transport.AppendDatagrams(now, s.sendBuf[:0])
	for _, d := range s.sendBuf {
		dst = append(dst, Datagram{Path: s.paths.current.Path, B: d.B, Whole: d.Whole})
		if s.paths.hop(now, s.lastRoundtrip()) {
			s.transport.PathChanged()
		}
	}
	for _, st := range s.paths.due(now, nil) {
		n := len(s.sendBuf)
		s.sendBuf = s.transport.AppendProbe(now, s.sendBuf)
		for _, d := range s.sendBuf[n:] {
			dst = append(dst, Datagram{Path: st.Path, B: d.B})
		}
	}
	return dst
}

// AppendRetired appends the paths whose sockets are to be closed, once.
func (s *Session) AppendRetired(dst []PathID) []PathID {
	dst = append(dst, s.paths.retired...)
	s.paths.retired = s.paths.retired[:0]
	return dst
}

// NextTimeout is when Advance must be called and the frame painted again; zero if nothing is scheduled.
func (s *Session) NextTimeout() time.Time {
	next := s.deadline()
	s.armed = next
	return next
}

func (s *Session) deadline() time.Time {
	next := earliest(s.transport.NextTimeout(), s.engine.NextTimeout())
	next = earliest(next, s.bar.NextTimeout(s.last))
	next = earliest(next, s.paths.timeout())
	if s.screenNum == 0 && !s.quitting {
		next = earliest(next, s.started.Add(connectTimeout))
	}
	return next
}

// Frame is what the user's terminal shall show at now: the newest screen, predictions and the bar.
func (s *Session) Frame(now time.Time) *vt.Frame {
	return s.bar.Apply(now, s.engine.Apply(s.screen))
}

// TakeRepaint says, once, that the terminal must be painted anew whatever it shows.
func (s *Session) TakeRepaint() bool {
	r := s.repaint
	s.repaint = false
	return r
}

// TakeSuspend says, once, that the user asked to suspend.
func (s *Session) TakeSuspend() bool {
	r := s.suspend
	s.suspend = false
	return r
}

// Exit is how the remote program ended; nil if the server does not tell.
func (s *Session) Exit() *wire.Exit { return s.transport.Remote().Exit }

// Done tells whether the client is over and why.
func (s *Session) Done() (Reason, bool) {
	switch t := s.transport; {
	case t.Err() != nil:
		return Broken, true
	case t.ShutdownAcked() || t.PeerShutdown():
		return Clean, true
	case s.abandoned:
		return NoServer, true
	case t.ShutdownGaveUp():
		return Unanswered, true
	}
	return Running, false
}

// Final is the screen as it is left behind: without predictions, bar and title prefix.
func (s *Session) Final() *vt.Frame { return s.screen }
