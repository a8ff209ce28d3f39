//go:build linux

package main

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"time"

	"mosh/internal/netlab"
)

const (
	blockKeys  = 25               // keys typed into one variant before it is the next one's turn
	keyLimit   = 60 * time.Second // after which a key is counted as painted then
	never      = 15 * time.Second // after which a recovery is said not to happen
	healLimit  = 60 * time.Second // for a session to be usable again between two recoveries
	downTime   = 20 * time.Second
	floodLimit = 60 * time.Second
)

// block runs f as a part of the measurement of s: its cost and traffic are added to the variant's result.
func (r *run) block(s *session, f func(*result) error) error {
	res := r.result(s.variant)
	tally, client, server, start := r.Tally(s.port), usageOf(s.client), usageOf(s.server), time.Now()
	err := f(res)
	res.Traffic = add(res.Traffic, r.Tally(s.port).Sub(tally))
	res.Client = res.Client.add(usageOf(s.client).sub(client))
	res.Server = res.Server.add(usageOf(s.server).sub(server))
	res.Time += time.Since(start)
	return err
}

// typing types keys one at a time into an echo program, in alternating blocks that meet the same impairment.
func typing(r *run) error {
	sessions, err := r.openAll(netlab.ServerV4, echoProgram, ready)
	if err != nil {
		return err
	}
	for _, s := range sessions {
		if !s.heal() { // and the estimators know the path
			return fmt.Errorf("%s does not answer", s.variant)
		}
	}
	ended := map[string]bool{}
	spent := map[string]time.Duration{}
	for b := 0; b*blockKeys < r.keys; b++ {
		n := min(blockKeys, r.keys-b*blockKeys)
		for i := range sessions {
			s := sessions[(i+b)%len(sessions)]
			// TCP at 29 % loss would take the evening.
			if ended[s.variant] || spent[s.variant] > r.budget {
				continue
			}
			r.Reseed(r.seed + uint64(b))
			began := time.Now()
			err := r.block(s.session, func(res *result) error { return r.typeBlock(s, n, uint64(b), res) })
			spent[s.variant] += time.Since(began)
			if errors.Is(err, errEnded) {
				ended[s.variant] = true
				r.result(s.variant).Note = "the session ended"
			} else if err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *run) typeBlock(s *typist, n int, seed uint64, res *result) error {
	rng := rand.New(rand.NewPCG(r.seed, seed))
	for range n {
		time.Sleep(think(rng))
		d, ok, err := s.key(keyLimit)
		if err != nil {
			return err
		}
		if !ok {
			d = keyLimit
			res.Note = "keys over the limit count as 60 s"
			if !s.painted(healLimit) {
				return errEnded
			}
		}
		res.Samples = append(res.Samples, d)
	}
	return nil
}

// flooding lets a program flood the screen of a shell and stops it with Ctrl-C.
func flooding(program string) func(*run) error { return floodingAt(netlab.ServerV4, program) }

func floodingAt(server netip.Addr, program string) func(*run) error {
	return func(r *run) error {
		sessions, err := r.openAll(server, shellProgram, prompt)
		if err != nil {
			return err
		}
		for i := range r.repeats {
			rng := rand.New(rand.NewPCG(r.seed, uint64(i)))
			flood := 2*time.Second + time.Duration(rng.Int64N(int64(time.Second)))
			for _, s := range sessions {
				if r.failed(s) {
					continue
				}
				err := r.block(s.session, func(res *result) error { return floodOnce(s, program, flood, res) })
				if err != nil {
					return err
				}
			}
		}
		return nil
	}
}

func floodOnce(s *typist, program string, flood time.Duration, res *result) error {
	if _, err := io.WriteString(s.tty, program+"\r"); err != nil {
		return errEnded
	}
	time.Sleep(flood)
	s.mu.Lock()
	s.watch()
	s.mu.Unlock()
	start := time.Now()
	s.note("Ctrl-C")
	s.tty.Write([]byte{3})
	if !s.await(floodLimit, func() bool { return s.shows(prompt) }) {
		res.fail("no prompt within 60 s")
		return nil
	}
	s.mu.Lock()
	res.Samples = append(res.Samples, s.last.Sub(start))
	s.mu.Unlock()
	time.Sleep(300 * ms) // the screen settles
	return nil
}

// screenful prints text that needs several datagrams; the first time is that of finding out what the path takes.
func screenful(r *run) error {
	sessions, err := r.openAll(netlab.ServerV4, shellProgram, prompt)
	if err != nil {
		return err
	}
	// From now on: through a hole ssh would not even log in.
	hole := r.profile.up
	hole.MTU, hole.Silent = 1000, true
	r.SetPaths(hole, hole)
	// What is waited for differs in every cell from the screen before: a client that has both frames at once paints only
	// what has changed.
	ends := [2]struct{ sum, text string }{{"$((12340+5))", "12345"}, {"$((67889+1))", "67890"}}
	for i := range r.repeats {
		end := ends[i%2]
		for _, s := range sessions {
			if r.failed(s) {
				continue
			}
			s.mu.Lock()
			s.watch()
			s.mu.Unlock()
			res, start := r.result(s.variant), time.Now()
			if _, err := io.WriteString(s.tty, "clear; head -c 1300 /dev/urandom | base64 -w 78; echo "+end.sum+"\r"); err != nil {
				return errEnded
			}
			if !s.await(never, func() bool { return s.shows(end.text) }) {
				res.fail(fmt.Sprintf("no screen within %v", never))
				continue
			}
			s.mu.Lock()
			res.Samples = append(res.Samples, s.last.Sub(start))
			s.mu.Unlock()
			time.Sleep(300 * ms)
		}
	}
	return nil
}

// outage cuts the link for all variants at once. With typed set the key is typed in the middle of it, else at its end.
func outage(typed bool) func(*run) error {
	return func(r *run) error {
		sessions, err := r.openAll(netlab.ServerV4, echoProgram, ready)
		if err != nil {
			return err
		}
		for range r.outages {
			for _, s := range sessions {
				if !r.failed(s) && !s.heal() {
					r.result(s.variant).fail("not usable again within 60 s")
				}
			}
			r.Cut()
			r.timeline.note("", "link down")
			time.Sleep(r.down / 2)
			if typed {
				pressAll(sessions)
			}
			time.Sleep(r.down / 2)
			r.Restore()
			up := time.Now()
			r.timeline.note("", "link up")
			if !typed {
				pressAll(sessions)
			}
			for _, s := range sessions {
				if r.failed(s) {
					continue
				}
				if !s.painted(healLimit) {
					r.result(s.variant).fail("no echo within 60 s")
					continue
				}
				s.mu.Lock()
				// The sample runs from the key; what counts runs from the link's return.
				r.result(s.variant).Samples = append(r.result(s.variant).Samples, s.last.Sub(up))
				s.mu.Unlock()
			}
		}
		return nil
	}
}

func pressAll(sessions []*typist) {
	for _, s := range sessions {
		s.press()
	}
}

// heal types a few keys, so that a session answers as usual.
func (t *typist) heal() bool {
	for range 8 {
		if _, ok, err := t.key(healLimit); !ok || err != nil {
			return false
		}
		time.Sleep(150 * ms)
	}
	return true
}

// roaming changes the client's only address from one to another and back.
func roaming(from, to netip.Addr) func(*run) error {
	return func(r *run) error {
		server := netlab.ServerV4
		if from.Is6() {
			server = netlab.ServerV6
		}
		r.dual = from.Is6() != to.Is6()
		return r.recoveries(server, func(r *run) error { return r.Client.SetAddrs(to) },
			func(r *run) error { return r.Client.SetAddrs(from) })
	}
}

func rebinding(r *run) error {
	return r.recoveries(netlab.ServerV4, func(r *run) error { r.Rebind(); return nil }, func(*run) error { return nil })
}

// recoveries measures from a change to the echo of the key typed at once after it. Every variant has the link to
// itself: a change that kills one must not be undone by another.
func (r *run) recoveries(server netip.Addr, change, undo func(*run) error) error {
	for _, v := range r.variants {
		if err := undo(r); err != nil {
			return err
		}
		s, err := r.open(v, server, echoProgram, ready)
		if err != nil {
			return err
		}
		err = r.recover(&typist{session: s}, change, undo)
		s.close()
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *run) recover(s *typist, change, undo func(*run) error) error {
	res := r.result(s.variant)
	rng := rand.New(rand.NewPCG(r.seed, 0))
	for range r.repeats {
		if !s.heal() {
			res.fail("not usable again within 60 s")
			return nil
		}
		time.Sleep(think(rng) * 5)
		if err := change(r); err != nil {
			return err
		}
		r.timeline.note(s.variant, "changed")
		d, ok, _ := s.key(never)
		if !ok {
			res.fail(fmt.Sprintf("no echo within %v", never))
			return nil
		}
		res.Samples = append(res.Samples, d)
		if err := undo(r); err != nil {
			return err
		}
	}
	return nil
}

// idle leaves the sessions alone and counts what they do. All variants idle at the same time.
func idle(r *run) error {
	sessions, err := r.openAll(netlab.ServerV4, echoProgram, ready)
	if err != nil {
		return err
	}
	time.Sleep(10 * time.Second) // what follows a start has died down
	done := make(chan struct{})
	var wg sync.WaitGroup
	for _, s := range sessions {
		res, tally, start := r.result(s.variant), r.Tally(s.port), time.Now()
		client, server := usageOf(s.client), usageOf(s.server)
		wg.Go(func() { res.Wakeups[0] = countWakeups(s.client, done) })
		wg.Go(func() { res.Wakeups[1] = countWakeups(s.server, done) })
		wg.Go(func() {
			<-done
			res.Traffic = r.Tally(s.port).Sub(tally)
			res.Client, res.Server = usageOf(s.client).sub(client), usageOf(s.server).sub(server)
			res.Time = time.Since(start)
		})
	}
	time.Sleep(r.idle)
	close(done)
	wg.Wait()
	return nil
}

// bulk types at a steady pace while a download fills the queue towards the client.
func bulk(r *run) error {
	for _, h := range []*netlab.Host{r.Client, r.Server} {
		for _, k := range []string{"net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"} {
			if err := h.Sysctl(k, "4096 131072 33554432"); err != nil {
				return err
			}
		}
	}
	sessions, err := r.openAll(netlab.ServerV4, echoProgram, ready)
	if err != nil {
		return err
	}
	stop, err := r.download(8)
	if err != nil {
		return err
	}
	defer stop()
	full := r.profile.down.Queue * 7 / 10
	for end := time.Now().Add(2 * time.Minute); r.Waiting(netlab.Down) < full; time.Sleep(100 * ms) {
		if time.Now().After(end) {
			return fmt.Errorf("the download does not fill the queue: %d octets wait", r.Waiting(netlab.Down))
		}
	}
	for b := 0; b*blockKeys < r.keys; b++ {
		if err := r.paceAll(sessions, uint64(b)); err != nil {
			return err
		}
	}
	return nil
}

// paceAll types the same block of keys into all sessions at the same times: by turns, the queue of one would not be as
// full as that of the next, by more than what they differ.
func (r *run) paceAll(sessions []*typist, seed uint64) error {
	errs := make([]error, len(sessions))
	var wg sync.WaitGroup
	for i, s := range sessions {
		wg.Go(func() {
			errs[i] = r.block(s.session, func(res *result) error { return r.pace(s, seed, res) })
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// pace types a block of keys without waiting for each.
func (r *run) pace(s *typist, seed uint64, res *result) error {
	rng := rand.New(rand.NewPCG(r.seed, seed))
	s.mu.Lock()
	s.samples = s.samples[:0]
	s.mu.Unlock()
	for range blockKeys {
		time.Sleep(think(rng) * 2)
		if err := s.press(); err != nil {
			return err
		}
	}
	if !s.painted(keyLimit) {
		res.fail("keys not painted within 60 s")
	}
	s.mu.Lock()
	res.Samples = append(res.Samples, s.samples...)
	s.waiting = s.waiting[:0]
	s.mu.Unlock()
	return nil
}

// download runs n endless TCP transfers from the server to the client.
func (r *run) download(n int) (stop func(), err error) {
	var l net.Listener
	err = r.Server.Do(func() (err error) {
		l, err = net.Listen("tcp", netip.AddrPortFrom(netlab.ServerV4, 8080).String())
		return err
	})
	if err != nil {
		return nil, err
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				b := make([]byte, 1<<16)
				for err := error(nil); err == nil; _, err = c.Write(b) {
				}
			}()
		}
	}()
	var conns []net.Conn
	stop = func() {
		l.Close()
		for _, c := range conns {
			c.Close()
		}
	}
	for range n {
		var c net.Conn
		if err = r.Client.Do(func() (err error) { c, err = net.Dial("tcp", l.Addr().String()); return err }); err != nil {
			stop()
			return nil, err
		}
		conns = append(conns, c)
		go io.Copy(io.Discard, c)
	}
	return stop, nil
}

// openAll starts a session of each variant on the same link.
func (r *run) openAll(server netip.Addr, program []string, want string) (all []*typist, err error) {
	for _, v := range r.variants {
		s, err := r.open(v, server, program, want)
		if err != nil {
			return nil, err
		}
		all = append(all, &typist{session: s})
	}
	return all, nil
}

func (r *run) failed(s *typist) bool { return r.result(s.variant).Failed != "" }
