package netlab

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Link is two namespaces and the router between them. Its methods may be called from any goroutine.
type Link struct {
	Client, Server *Host

	mu    sync.Mutex // guards model and punctuality, which the router shares with the setters
	model *model
	tun   [2]int // of the client and the server; non-blocking
	wake  int    // eventfd that ends the router
	start time.Time
	ended chan struct{} // closed when the router has returned

	punctuality Punctuality

	signals chan os.Signal
	once    sync.Once
	closed  error
}

// New makes a link for a test and removes it when the test ends.
func New(tb testing.TB, cfg Config) *Link {
	tb.Helper()
	l, err := Open(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := l.Close(); err != nil {
			tb.Error(err)
		}
	})
	return l
}

// Open makes a link. It first removes what dead processes left.
func Open(cfg Config) (*Link, error) {
	if err := sweep(); err != nil {
		return nil, err
	}
	l := &Link{model: newModel(cfg), tun: [2]int{-1, -1}, wake: -1, start: time.Now(),
		ended: make(chan struct{}), signals: make(chan os.Signal, 1)}
	// Before anything exists that a signal could leave behind.
	signal.Notify(l.signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	go l.closeOnSignal()
	if err := l.build(); err != nil {
		close(l.ended)
		return nil, fmt.Errorf("making a network laboratory (it needs root, /dev/net/tun and iproute2): %w",
			errors.Join(err, l.Close()))
	}
	go l.route()
	return l, nil
}

func (l *Link) build() error {
	tag, err := ownTag()
	if err != nil {
		return err
	}
	if l.wake, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		return err
	}
	if l.Client, err = newHost(tag + "-client"); err != nil {
		return err
	}
	if l.Server, err = newHost(tag + "-server"); err != nil {
		return err
	}
	for i, h := range []*Host{l.Client, l.Server} {
		if l.tun[i], err = h.openTUN(); err != nil {
			return err
		}
	}
	if err := l.Client.SetAddrs(ClientV4, ClientV6); err != nil {
		return err
	}
	return l.Server.SetAddrs(ServerV4, ServerV6)
}

// closeOnSignal removes the link and lets the signal have its usual effect. The last link to do so ends the process,
// unless somebody else listens for the signal too.
func (l *Link) closeOnSignal() {
	s, ok := <-l.signals
	if !ok {
		return
	}
	l.Close()
	syscall.Kill(os.Getpid(), s.(syscall.Signal))
}

// Close ends every process in the two namespaces and removes them.
func (l *Link) Close() error {
	l.once.Do(func() {
		var errs []error
		for _, h := range []*Host{l.Client, l.Server} {
			if h != nil {
				errs = append(errs, h.remove())
			}
		}
		if l.wake >= 0 {
			unix.Write(l.wake, []byte{1, 0, 0, 0, 0, 0, 0, 0})
			<-l.ended
		}
		for _, fd := range []int{l.tun[0], l.tun[1], l.wake} {
			if fd >= 0 {
				unix.Close(fd)
			}
		}
		signal.Stop(l.signals)
		close(l.signals)
		l.closed = errors.Join(errs...)
	})
	return l.closed
}

// change runs f on the model between two packets.
func (l *Link) change(f func(m *model, now time.Duration)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f(l.model, time.Since(l.start))
}

// SetPaths replaces the description of both directions and starts all random sequences anew. Packets under way keep
// their schedule.
func (l *Link) SetPaths(up, down Path) {
	l.change(func(m *model, now time.Duration) {
		m.dirs[Up].path, m.dirs[Down].path = up, down
		m.reseed(now, m.seed)
	})
}

// Reseed starts the random sequences of all flows and of the bursts anew.
func (l *Link) Reseed(seed uint64) {
	l.change(func(m *model, now time.Duration) { m.reseed(now, seed) })
}

// Cut takes the link down: nothing passes, what is under way is lost. The ends are not told.
func (l *Link) Cut() { l.change(func(m *model, _ time.Duration) { m.cut = true }) }

// Restore ends a Cut.
func (l *Link) Restore() {
	l.change(func(m *model, now time.Duration) {
		for {
			p, _, ok := m.depart(now)
			if !ok {
				break
			}
			m.release(p)
		}
		m.cut = false
	})
}

// DropNext loses the next n TCP or UDP packets of a direction.
func (l *Link) DropNext(d Dir, n int) {
	l.change(func(m *model, _ time.Duration) { m.dirs[d].dropNext = n })
}

// Rebind makes the NAT forget its mappings: every client socket continues from another port, and what the server
// sends to the old one is dropped.
func (l *Link) Rebind() {
	l.change(func(m *model, _ time.Duration) {
		if m.nat != nil {
			m.nat.forget()
		}
	})
}

// Block drops, both ways, what comes from or goes to these client addresses, and nothing else: a local interface
// that is up but does not work any more. No address unblocks all.
func (l *Link) Block(client ...netip.Addr) {
	l.change(func(m *model, _ time.Duration) {
		clear(m.blocked)
		for _, a := range client {
			m.blocked[a] = true
		}
	})
}

// Trace calls f for every packet that enters the link, nil for nobody. f must be quick and must not use the link.
func (l *Link) Trace(f func(Event)) { l.change(func(m *model, _ time.Duration) { m.trace = f }) }

// Now is the time on the clock of Event.At.
func (l *Link) Now() time.Duration { return time.Since(l.start) }

// Tally returns the traffic of a server port, TCP and UDP together, or of everything for port 0.
func (l *Link) Tally(port uint16) (t Tally) {
	l.change(func(m *model, _ time.Duration) {
		for d := range m.dirs {
			if port == 0 {
				t[d] = m.dirs[d].all
				continue
			}
			for _, proto := range []uint8{protoTCP, protoUDP} {
				if f := m.dirs[d].flows[flow{proto, port}]; f != nil {
					t[d] = t[d].add(f.Count)
				}
			}
		}
	})
	return t
}

func (c Count) add(o Count) Count {
	c.Packets += o.Packets
	c.Octets += o.Octets
	c.Payload += o.Payload
	for f := range c.Fate {
		c.Fate[f] += o.Fate[f]
	}
	return c
}

// Waiting returns how many octets wait in the bottleneck of a direction.
func (l *Link) Waiting(d Dir) (octets int) {
	l.change(func(m *model, now time.Duration) {
		dir := &m.dirs[d]
		octets = int(float64(max(0, dir.idleAt-now)) * float64(dir.path.Rate) / 8e9)
	})
	return octets
}
