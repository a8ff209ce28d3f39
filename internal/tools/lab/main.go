//go:build linux

// Command lab runs ours, stock mosh and plain ssh side by side over bad links and prints what a person at the keyboard
// would see: the time from a key to its paint. `make lab` runs all profiles; it needs root, the Debian packages of
// .ci/deps and, for ours, `make build`.
//
// Each profile is a link of internal/netlab between two network namespaces. A key is a write to the pty of the client
// program, a paint is the letter in what the client writes back; the far end is `cat` on a raw terminal, prediction is
// off, one key is on the way at a time and the pauses are random. The variants take turns in blocks, each of which
// starts the link's random sequences anew, so that every variant meets the same fates. Octets are those of IP packets.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"mosh/internal/netlab"
)

type options struct {
	keys, repeats, outages int
	down, idle             time.Duration
	budget                 time.Duration // one variant may spend typing on one link
	seed                   uint64
	variants               []string
	bin, trace             string
	env                    []string // for ours only
}

// run is one profile being measured.
type run struct {
	*rig
	options
	profile profile
	results []*result
}

func (r *run) result(variant string) *result {
	i := slices.IndexFunc(r.results, func(x *result) bool { return x.Variant == variant })
	return r.results[i]
}

func main() {
	if err := lab(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "lab:", err)
		os.Exit(1)
	}
}

func lab(args []string) error {
	f := flag.NewFlagSet("lab", flag.ExitOnError)
	quick := f.Bool("quick", false, "few keys, few repeats, short outages: shows that it works, not how well")
	only := f.String("profiles", "", "names of profiles, comma-separated (default all; -profiles list shows them)")
	variants := f.String("variants", "ours,stock,ssh", "what to run, comma-separated")
	keys := f.Int("keys", 500, "keys for each variant on each link")
	repeats := f.Int("repeats", 20, "recoveries and Ctrl-Cs for each variant")
	seed := f.Uint64("seed", 1, "seed of all random decisions")
	jobs := f.Int("jobs", 1, "links measured at the same time; lan and idle are exact only alone")
	bin := f.String("bin", "bin", "directory of our mosh-server and mosh-client")
	realtime := f.Bool("realtime", false, "run all at real-time priority, when the machine has other work to do")
	trace := f.String("trace", "", "write the decoded datagrams of each profile to FILE.PROFILE")
	env := f.String("env", "", "more environment for ours, NAME=VALUE comma-separated, to try a setting")
	soak := f.Duration("soak", 0, "instead of the profiles, let ours work on a bad link for so long, and fail if it grows")
	file := f.String("json", "", "also write everything measured to this file")
	f.Parse(args)

	chosen, err := choose(*only)
	if err != nil || chosen == nil {
		return err
	}
	if *soak > 0 {
		chosen, *variants = []profile{soaking(*soak)}, "ours"
	}
	o := options{keys: *keys, repeats: *repeats, outages: 5, down: 20 * time.Second, idle: time.Minute,
		budget: 5 * time.Minute, seed: *seed, variants: strings.Split(*variants, ","), trace: *trace}
	if *env != "" {
		o.env = strings.Split(*env, ",")
	}
	if *quick {
		o.keys, o.repeats, o.outages, o.down, o.idle = min(*keys, 50), 3, 1, 6*time.Second, 12*time.Second
		o.budget = 30 * time.Second
	}
	if o.bin, err = filepath.Abs(*bin); err != nil {
		return err
	}
	// The router's thread must find a free place to run in the scheduler at any time.
	runtime.GOMAXPROCS(max(4, runtime.NumCPU()))
	if *realtime {
		if err := precede(); err != nil {
			return fmt.Errorf("taking real-time priority (leave out -realtime): %w", err)
		}
	}
	results, err := measureAll(chosen, o, *jobs)
	if *file != "" && len(results) > 0 {
		if b, jerr := json.MarshalIndent(results, "", " "); jerr != nil || os.WriteFile(*file, b, 0o644) != nil {
			return fmt.Errorf("writing %s: %v", *file, jerr)
		}
	}
	return err
}

// choose returns the profiles named, or nil after having listed them.
func choose(names string) ([]profile, error) {
	all := profiles()
	switch names {
	case "":
		return all, nil
	case "list":
		for _, p := range all {
			fmt.Printf("%-14s %s\n", p.name, p.about)
		}
		return nil, nil
	}
	var chosen []profile
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(all, func(p profile) bool { return p.name == name })
		if i < 0 {
			return nil, fmt.Errorf("no profile %q; `lab -profiles list` shows them", name)
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

// measureAll measures profiles, at most jobs at a time, and prints each table as soon as it is there.
func measureAll(chosen []profile, o options, jobs int) (all []*result, err error) {
	rigs := &rigs{}
	go rigs.removeOnSignal()
	slots := make(chan struct{}, max(1, jobs))
	var mu sync.Mutex
	var wg sync.WaitGroup
	var errs []error
	for _, p := range chosen {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			r, late, err := rigs.measure(p, o)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, r...)
			writeTable(os.Stdout, p, r, late)
			if err != nil {
				fmt.Printf("  %s ended early: %v\n", p.name, err)
				errs = append(errs, fmt.Errorf("%s: %w", p.name, err))
			}
		})
	}
	wg.Wait()
	return all, errors.Join(errs...)
}

// rigs are the links that exist.
type rigs struct {
	mu   sync.Mutex
	open []*rig
}

// removeOnSignal ends the program when it is interrupted, and leaves nothing behind.
func (r *rigs) removeOnSignal() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGINT, syscall.SIGTERM)
	<-c
	r.mu.Lock() // for good: no new ones
	for _, x := range r.open {
		x.remove()
	}
	os.Exit(130)
}

func (r *rigs) add(l *netlab.Link, o options) (*rig, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	dir, err := os.MkdirTemp("", "lab")
	x := &rig{Link: l, dir: dir, next: 60001, bin: o.bin, env: o.env}
	r.open = append(r.open, x)
	return x, err
}

func (r *rig) remove() error { return errors.Join(r.Close(), os.RemoveAll(r.dir)) }

// measure makes the link of a profile, runs it and removes everything.
func (r *rigs) measure(p profile, o options) (results []*result, late netlab.Punctuality, err error) {
	link, err := netlab.Open(netlab.Config{Seed: o.seed, Up: p.up, Down: p.down, NAT: p.nat})
	if err != nil {
		return nil, late, err
	}
	x, err := r.add(link, o)
	defer func() { err = errors.Join(err, x.remove()) }()
	if err != nil {
		return nil, late, err
	}
	if x.timeline, err = newTimeline(o.trace, p.name, link); err != nil {
		return nil, late, err
	}
	m := &run{rig: x, options: o, profile: p}
	for _, v := range o.variants {
		m.results = append(m.results, &result{Profile: p.name, Variant: v, Seed: o.seed})
	}
	err = p.measure(m)
	return m.results, link.Punctuality(), err
}

// precede lets this program and all it starts, every variant alike, go before other work on the machine. (A nice value
// would not do: it weighs inside a session only where the kernel groups by session.)
func precede() error {
	tasks, err := os.ReadDir("/proc/self/task")
	for _, t := range tasks {
		tid, _ := strconv.Atoi(t.Name())
		attr := unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_RR, Priority: 1}
		err = errors.Join(err, unix.SchedSetAttr(tid, &attr, 0))
	}
	return err
}
