//go:build linux

package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// scaleLine is what many sessions of ours cost in one phase.
type scaleLine struct {
	Phase              string
	Sessions           int
	Median, P99        float64 // ms from key to screen, of the sessions that type
	ServerCPU, Client  float64 // processor time of all, in s per s
	ServerPSS, Clients float64 // kB each
	Descriptors        int64   // of all servers
}

// scale opens many sessions, lets all type, then none, then some flood while the others type.
func scale(b *bench, quick bool, file string) error {
	n, flooding, phase := 200, 20, 20*time.Second
	if quick {
		n, flooding, phase = 20, 2, 5*time.Second
	}
	var all []*session
	defer func() {
		for _, s := range all {
			s.close()
		}
	}()
	for i := range n {
		s, err := b.openShell(b.sides["ours"], want{})
		if err != nil {
			return fmt.Errorf("session %d: %w", i, err)
		}
		all = append(all, s)
	}
	r := report{When: time.Now().UTC().Format(time.DateTime), Machine: machine(), Commit: commit(), Quick: quick}
	add := func(name string, typing []*session) {
		r.Scale = append(r.Scale, phaseOf(name, all, typing, phase))
		fmt.Fprintln(os.Stderr, r.Scale[len(r.Scale)-1])
	}
	add("all idle, after the start", nil)
	add("all type 5 keys/s", all)
	add("all idle", nil)
	for _, s := range all[:flooding] {
		if err := s.keys("yes 'a line of a program that floods'\r"); err != nil {
			return err
		}
	}
	add(fmt.Sprintf("%d flood, the others type", flooding), all[flooding:])
	for _, s := range all[:flooding] {
		if err := s.keys("\x03"); err != nil {
			return err
		}
	}
	add("all type again", all)
	add("all idle, in the end", nil)
	fmt.Print(r.scaleTable())
	if file != "" {
		return r.write(file)
	}
	return nil
}

// phaseOf lets the sessions in typing type for a while and says what all of them cost meanwhile.
func phaseOf(name string, all, typing []*session, length time.Duration) scaleLine {
	used := func() (server, client time.Duration) {
		for _, s := range all {
			server, client = server+cpu(s.server), client+cpu(s.client)
		}
		return server, client
	}
	server, client := used()
	start := time.Now()
	var mu sync.Mutex
	var wg sync.WaitGroup
	var samples []float64
	for i, s := range typing {
		wg.Go(func() {
			own := typeFor(s, uint64(i), start.Add(length))
			mu.Lock()
			samples = append(samples, own...)
			mu.Unlock()
		})
	}
	wg.Wait()
	time.Sleep(time.Until(start.Add(length)))
	server2, client2 := used()
	seconds := time.Since(start).Seconds()
	slices.Sort(samples)
	l := scaleLine{Phase: name, Sessions: len(all), Median: quantile(samples, 0.5), P99: quantile(samples, 0.99),
		ServerCPU: (server2 - server).Seconds() / seconds, Client: (client2 - client).Seconds() / seconds}
	for _, s := range all {
		l.ServerPSS += float64(memoryOf(s.server).PSS) / float64(len(all))
		l.Clients += float64(memoryOf(s.client).PSS) / float64(len(all))
		l.Descriptors += descriptors(s.server)
	}
	return l
}

// typeFor types five keys a second until end; a line is taken back when it is full.
func typeFor(s *session, seed uint64, end time.Time) (samples []float64) {
	rng := rand.New(rand.NewPCG(1, seed))
	for i := 0; time.Now().Before(end); i++ {
		time.Sleep(150*time.Millisecond + time.Duration(rng.Int64N(int64(100*time.Millisecond))))
		if i%50 == 49 {
			_ = s.keys("\x15")
			continue
		}
		d, err := s.painted(sentence[i%len(sentence)])
		if err != nil {
			return append(samples, float64(waitLimit.Milliseconds()))
		}
		samples = append(samples, 1000*d.Seconds())
	}
	return samples
}

func (r *report) scaleTable() string {
	var b strings.Builder
	b.WriteString("| phase | sessions | key to screen, median | 99 % | server CPU, all | client CPU, all | PSS a server | PSS a client | descriptors a server |\n")
	b.WriteString("|---|---:|---:|---:|---:|---:|---:|---:|---:|\n")
	for _, l := range r.Scale {
		typed := "| |"
		if l.Median > 0 {
			typed = fmt.Sprintf("%.1f ms | %.1f ms |", l.Median, l.P99)
		}
		fmt.Fprintf(&b, "| %s | %d | %s %.3f | %.3f | %.0f kB | %.0f kB | %.1f |\n", l.Phase, l.Sessions, typed,
			l.ServerCPU, l.Client, l.ServerPSS, l.Clients, float64(l.Descriptors)/float64(l.Sessions))
	}
	return b.String()
}
