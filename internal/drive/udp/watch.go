package udp

import (
	"io"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// Watcher tells when addresses, links or routes of this machine have changed, which is when a client should see
// whether a better path exists. It reports more often than strictly needed and never misses a change.
type Watcher struct {
	c    chan struct{}
	news io.ReadCloser // the kernel's messages; nil if they cannot be had
	stop chan struct{}
	once sync.Once
	wg   sync.WaitGroup
}

// pollEvery is how often the addresses are compared where the kernel does not tell of changes.
const pollEvery = 5 * time.Second

// Watch begins to watch.
func Watch() *Watcher {
	w := &Watcher{c: make(chan struct{}, 1), stop: make(chan struct{})}
	news, changed, err := openNews()
	if err != nil {
		w.wg.Go(func() { w.poll(pollEvery) })
		return w
	}
	w.news = news
	w.wg.Go(func() { w.listen(changed) })
	return w
}

// C yields a value after changes, one for any number of them that came together. It is never closed.
func (w *Watcher) C() <-chan struct{} { return w.c }

// Close ends the watching.
func (w *Watcher) Close() {
	w.once.Do(func() {
		close(w.stop)
		if w.news != nil {
			w.news.Close()
		}
	})
	w.wg.Wait()
}

func (w *Watcher) fire() {
	select {
	case w.c <- struct{}{}:
	default: // the loop has not seen the last one yet
	}
}

// listen reads the kernel's messages; changed says which matter.
func (w *Watcher) listen(changed func(b []byte) bool) {
	b := make([]byte, 16<<10)
	for {
		n, err := w.news.Read(b)
		switch {
		case err == nil:
			if changed(b[:n]) {
				w.fire()
			}
		case isOverrun(err):
			w.fire() // messages were lost
		default:
			select {
			case <-w.stop:
			default:
				w.poll(pollEvery) // the kernel does not tell any more
			}
			return
		}
	}
}

// poll compares what can be asked for.
func (w *Watcher) poll(every time.Duration) {
	t := time.NewTicker(every)
	defer t.Stop()
	last := snapshot()
	for {
		select {
		case <-t.C:
		case <-w.stop:
			return
		}
		now := snapshot()
		if !slices.Equal(now, last) {
			w.fire()
		}
		last = now
	}
}

// snapshot is the addresses of this machine, and those it would use towards the rest of the world (addresses reserved
// for documentation stand for it), which is what can be learned even where interfaces may not be listed (Android).
func snapshot() []LocalAddr {
	var all []LocalAddr
	for _, far := range []string{"192.0.2.1", "2001:db8::1"} {
		a, _ := SourceFor(netip.AddrPortFrom(netip.MustParseAddr(far), 9))
		all = append(all, LocalAddr{Addr: a})
	}
	local, _ := LocalAddrs()
	return append(all, local...)
}
