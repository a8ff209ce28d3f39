// Package session runs whole sessions in the simulator, for tests: core/client and core/server with a program
// behind it, on a simnet.Net. A Session is the net, a Watch on its datagrams, and the two cores; what must
// hold in every session is checked after every step.
package session

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"time"

	"mosh/internal/core/client"
	"mosh/internal/core/datagram"
	"mosh/internal/core/predict"
	"mosh/internal/core/server"
	"mosh/internal/core/ssp"
	"mosh/internal/simnet"
)

// Config is what a session is made of. The zero value of everything but the links is a good choice.
type Config struct {
	Seed           uint64
	Up, Down       *simnet.Link // from client to server and back
	Client, Server ssp.Policy   // Stock: timing of stock, and no extensions
	Predict        predict.Preference
	Width, Height  int     // 80 by 24 if zero
	Program        Program // Echo if nil
	NoWatch        bool    // faster, and sees less
}

// Program is what runs behind the server.
type Program interface {
	// Input takes what was typed. The program writes by s.Output, at once or later by s.After.
	Input(s *Session, b []byte)
}

// Addresses of the two ends. A client's further paths have the ports that follow.
var (
	ClientAddr = netip.MustParseAddrPort("10.0.0.2:5000")
	ServerAddr = netip.MustParseAddrPort("10.0.0.1:60001")
	key        = datagram.NewKey([16]byte{1, 1, 2, 3, 5, 8})
)

// Session is one under way.
type Session struct {
	*simnet.Net
	*simnet.Watch
	Client *client.Session
	Server *server.Session

	Hostile uint64 // how many refusals are no failure

	checked int
	typed   []byte // what the user typed
	read    []byte // what the program was given
	cfg     Config
	client  clientNode
	server  serverNode
}

// New starts a session at simnet.Start.
func New(cfg Config) *Session {
	if cfg.Width == 0 {
		cfg.Width, cfg.Height = 80, 24
	}
	if cfg.Program == nil {
		cfg.Program = Echo{}
	}
	s := &Session{Net: simnet.New(cfg.Seed, &simnet.Link{Down: true}), Watch: simnet.NewWatch(key), cfg: cfg}
	random := func(n uint64) *rand.Rand { return rand.New(rand.NewPCG(cfg.Seed, n)) }
	s.Client = client.New(simnet.Start, client.Config{Key: key, Servers: []netip.AddrPort{ServerAddr},
		Width: cfg.Width, Height: cfg.Height, Predict: cfg.Predict, Escape: client.ParseEscape("", false),
		Program: "simulated", Rand: random(1), Policy: cfg.Client})
	s.Server = server.New(simnet.Start, server.Config{Width: 80, Height: 24, Program: "simulated", Rand: random(2), Policy: cfg.Server})
	s.Server.AddPeer(simnet.Start, key)
	s.Join(ClientAddr.Addr(), cfg.Up, cfg.Down)
	s.client = clientNode{s: s, local: ClientAddr}
	s.server = serverNode{s: s}
	s.Add(&s.client, ClientAddr)
	s.Add(&s.server, ServerAddr)
	if cfg.Client == ssp.Own && cfg.Server == ssp.Own {
		s.Watch.Limit = 1472 // packets of 1500, once they are known to pass
	}
	if !cfg.NoWatch {
		s.Net.Watch(s.Watch.Datagram)
	}
	s.Check(func(*simnet.Net) error { return s.invariants() })
	return s
}

// Join connects an address of the client with the server.
func (s *Session) Join(a netip.Addr, up, down *simnet.Link) {
	s.Connect(a, ServerAddr.Addr(), up)
	s.Connect(ServerAddr.Addr(), a, down)
}

// Type is what the user types now.
func (s *Session) Type(keys string) {
	s.typed = append(s.typed, keys...)
	s.Client.Keys(s.Now, []byte(keys))
}

// Output is what the program writes now.
func (s *Session) Output(b []byte) { s.Server.HostOutput(s.Now, b) }

// After runs f in d.
func (s *Session) After(d time.Duration, f func()) { s.At(s.Elapsed()+d, f) }

// Roam moves the client to another address.
func (s *Session) Roam(to netip.AddrPort) {
	for id, a := range s.client.bound {
		s.Bind(a, nil)
		delete(s.client.bound, id)
	}
	s.Bind(s.client.local, nil)
	s.client.local = to
	s.Bind(to, &s.client)
}

// Synced says that everything typed has reached the program and that the user sees the server's screen.
func (s *Session) Synced() bool {
	return len(s.read) == len(s.typed) && len(s.Server.HostInput()) == 0 && s.difference() == ""
}

// Limits of the states an end keeps: those of a stock end (spec/protocol.md, sections 7.4 and 7.6).
const (
	maxKeptSent     = 32
	maxKeptReceived = 1026
)

// invariants: what was typed reaches the program once, in order, whole, and is never taken back; nothing of it is
// refused; the states kept are as few as those of a stock end. What the Watch sees comes on top.
func (s *Session) invariants() error {
	if len(s.read) > s.checked {
		if !bytes.HasPrefix(s.typed, s.read) {
			return fmt.Errorf("the program read %.60q of %.60q", s.read, s.typed)
		}
		s.checked = len(s.read)
	}
	for who, st := range [...]ssp.Stats{s.Client.Stats(), s.Server.Stats()} {
		switch {
		case st.RefusedTotal()+st.Forged+st.Short+st.TooLong+st.Reflected > s.Hostile:
			return fmt.Errorf("end %d refused something: %+v", who, st)
		case st.KeptSent > maxKeptSent || st.KeptReceived > maxKeptReceived:
			return fmt.Errorf("end %d keeps %d sent and %d received states", who, st.KeptSent, st.KeptReceived)
		}
	}
	return nil
}

// Echo is a program that writes what is typed, a third of a millisecond later. A carriage return goes back to the
// first column, and writes over what is there.
type Echo struct{}

// Input echoes.
func (Echo) Input(s *Session, b []byte) {
	b = bytes.Clone(b)
	s.After(300*time.Microsecond, func() { s.Output(b) })
}

// difference tells the first way in which what the user sees is not the server's screen, as far as both ends keep it;
// empty if there is none.
func (s *Session) difference() string {
	a, b := s.Server.Screen(s.Now), s.Client.Final()
	own := s.cfg.Client == ssp.Own && s.cfg.Server == ssp.Own
	switch {
	case a.Width != b.Width || a.Height != b.Height:
		return fmt.Sprintf("server %dx%d, client %dx%d", a.Width, a.Height, b.Width, b.Height)
	case a.Cursor.Row != b.Cursor.Row || a.Cursor.Col != b.Cursor.Col:
		return fmt.Sprintf("cursor %+v, %+v", a.Cursor, b.Cursor)
	case a.Title != b.Title:
		return fmt.Sprintf("title %q, %q", a.Title, b.Title)
	case a.Modes.Stock() != b.Modes.Stock(), own && a.Modes != b.Modes:
		return fmt.Sprintf("modes %+v, %+v", a.Modes, b.Modes)
	}
	var text [2][]byte
	for i := range a.Rows {
		for j := range a.Rows[i].Cells {
			x, y := a.Rows[i].Cells[j], b.Rows[i].Cells[j]
			text[0], text[1] = a.Interns.AppendContent(text[0][:0], x.Content), b.Interns.AppendContent(text[1][:0], y.Content)
			if !own {
				x.Rendition, y.Rendition = x.Rendition.Stock(), y.Rendition.Stock()
			}
			if !bytes.Equal(text[0], text[1]) || x.Rendition != y.Rendition {
				return fmt.Sprintf("row %d column %d: %q %+v, %q %+v", i, j, text[0], x.Rendition, text[1], y.Rendition)
			}
		}
	}
	return ""
}
