//go:build linux

// Command bench compares our programs with stock mosh and plain ssh of the same machine, in one run, by turns, and
// prints a table and JSON. `make bench` runs it after the micro benchmarks; it needs the Debian packages of .ci/deps,
// `make build`, and root for the row over a link with delay.
//
//	bench                      all rows, under ten minutes
//	bench -quick               the same with less of everything, under 90 s
//	bench -rows flood,idle     rows whose names begin so
//	bench -scale               200 sessions at once
//	bench -micro               Go benchmarks of all packages against the baseline in bench/
//
// Absolute figures belong to the machine; what counts are ratios, taken round by round. The side floor is a program in Go
// that does nothing (internal/tools/floor), which none of ours can be below; the side pty reads what cat writes to a
// terminal, and no more.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"mosh/internal/corpus"
	"mosh/internal/netlab"
)

// bench is one run.
type bench struct {
	dir   string // temporary files
	self  string // this program
	sides map[string]side
	host  *host
	link  *netlab.Link
	far   *host

	floodSize, streamSize       int
	movieTime, idleTime, settle time.Duration
	htopTime, scrollTime        time.Duration
	keys, presses, few, many    int
	thinking                    time.Duration // before a key whose way to the screen is timed, on the average
	scripts                     map[string][]step

	keyboard sync.Mutex // held for a key whose way to the screen is timed

	mu      sync.Mutex
	latency map[string][]float64 // ms, every key
	samples map[string]map[string][]float64
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	f := flag.NewFlagSet("bench", flag.ExitOnError)
	quick := f.Bool("quick", false, "less of everything: shows that it works and where figures stand, under 90 s")
	only := f.String("rows", "", "rows whose names begin so, comma-separated (default all)")
	ours := f.String("ours", "bin", "directory of our programs")
	stock := f.String("stock", "/usr/bin", "directory of stock's programs")
	file := f.String("json", "", "also write everything measured to this file")
	rounds := f.Int("rounds", 0, "rounds of each row (default: as the row says)")
	large := f.Bool("scale", false, "measure many sessions at once instead")
	micro := f.Bool("micro", false, "run the Go benchmarks against the baseline instead")
	save := f.Bool("save", false, "with -micro: the result becomes the baseline")
	frames := f.Int("movie", 0, "play that many frames on this terminal (used by the harness itself)")
	drained := f.String("drain", "", "let cat write this file to a terminal and only read it (used by the harness itself)")
	f.Parse(args)
	switch {
	case *drained != "":
		d, err := drain(*drained)
		if err != nil {
			return err
		}
		return json.NewEncoder(os.Stdout).Encode(d)
	case *frames > 0:
		movie(*frames)
		return nil
	case *micro:
		return microBenchmarks(*quick, *save)
	}
	b, err := newBench(*ours, *stock, *quick)
	if err != nil {
		return err
	}
	defer b.close()
	if *large {
		return scale(b, *quick, *file)
	}
	began := time.Now()
	err = b.measure(*only, *quick, *rounds)
	r := b.report(*quick, time.Since(began))
	fmt.Print(r.table())
	if *file != "" {
		err = errors.Join(err, r.write(*file))
	}
	return err
}

func newBench(ours, stock string, quick bool) (*bench, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	b := &bench{dir: dir, latency: map[string][]float64{}, samples: map[string]map[string][]float64{},
		floodSize: 50e6, streamSize: 24e6, movieTime: 10 * time.Second, idleTime: time.Minute, settle: 5 * time.Second,
		htopTime: 30 * time.Second, scrollTime: 15 * time.Second, keys: 120, presses: 300, few: 10, many: 50, thinking: 100 * time.Millisecond}
	if quick {
		b.floodSize, b.streamSize, b.movieTime, b.idleTime, b.settle = 7e6, 2e6, 2*time.Second, 7*time.Second, 2500*time.Millisecond
		b.htopTime, b.scrollTime, b.keys, b.presses, b.few, b.many, b.thinking = 5*time.Second, 5*time.Second, 20, 40, 3, 6, 75*time.Millisecond
	}
	if b.self, err = os.Executable(); err != nil {
		return nil, err
	}
	if ours, err = filepath.Abs(ours); err != nil {
		return nil, err
	}
	b.sides = map[string]side{"ours": {"ours", ours}, "stock": {"stock", stock}, "ssh": {"ssh", ""}, "pty": {"pty", ""}, "floor": {"floor", ""}}
	b.scripts = b.screenScripts(quick)
	return b, nil
}

func (b *bench) close() {
	for _, h := range []*host{b.host, b.far} {
		if h != nil {
			h.close()
		}
	}
	if b.link != nil {
		_ = b.link.Close()
	}
	_ = os.RemoveAll(b.dir)
}

// row is one measurement, made once a round by each of its sides.
type row struct {
	name     string
	sides    string
	rounds   int
	together bool // the sides do not disturb each other and run at the same time
	crowd    bool // nor does this row those of the crowd beside it: what it counts does not depend on the machine
	measure  func(*bench, side) (map[string]float64, error)
}

func rows(quick bool) []row {
	var all []row
	for _, f := range floods {
		all = append(all, row{name: "flood-" + f.name, sides: "ours stock ssh", rounds: 3, measure: flood(f.name, f.text)})
	}
	all = append(all,
		row{name: "movie", sides: "ours stock", rounds: 3, measure: showMovie},
		row{name: "latency", sides: "ours stock ssh", rounds: 3, together: true, measure: latency},
		row{name: "typing", sides: "ours stock", rounds: 1, together: true, crowd: quick, measure: typeShell},
	)
	for _, name := range []string{"vim", "htop", "scroll", "repaint"} {
		all = append(all, row{name: name, sides: "ours stock", rounds: 1, together: true, crowd: true, measure: screen(name)})
	}
	all = append(all,
		row{name: "idle", sides: "ours stock", rounds: 1, together: true, crowd: true, measure: idle},
		row{name: "start-rtt100", sides: "ours stock ssh", rounds: 3, measure: startFar},
		row{name: "memory", sides: "ours stock floor", rounds: 1, together: true, measure: footprint},
		row{name: "exec", sides: "ours stock floor", rounds: 3, measure: startNothing},
		row{name: "start-lan", sides: "ours stock ssh", rounds: 5, measure: startLAN},
		row{name: "server-start", sides: "ours stock", rounds: 3, measure: startServer},
		row{name: "launcher", sides: "ours stock", rounds: 3, measure: launcherCPU},
	)
	for _, s := range corpus.Streams() {
		all = append(all, row{name: "stream-" + s.Name, sides: "ours stock pty", rounds: 2, measure: throughput(s)})
	}
	all = append(all, row{name: "size", sides: "ours", rounds: 1, measure: sizes})
	if quick {
		for i := range all {
			all[i].rounds = 1
		}
	}
	return all
}

// measure runs the rows; one that fails does not stop the others. Neighbours of the crowd run at the same time.
func (b *bench) measure(only string, quick bool, rounds int) error {
	var errs []error
	var crowd sync.WaitGroup
	for _, r := range rows(quick) {
		if !chosen(r.name, only) {
			continue
		}
		if rounds > 0 {
			r.rounds = rounds
		}
		one := func() {
			began := time.Now()
			err := b.play(r)
			fmt.Fprintf(os.Stderr, "%s %-14s %5.1f s\n", began.Format(time.TimeOnly), r.name, time.Since(began).Seconds())
			if err != nil {
				err = fmt.Errorf("%s: %w", r.name, err)
				fmt.Fprintln(os.Stderr, "bench:", err)
				b.mu.Lock()
				errs = append(errs, err)
				b.mu.Unlock()
			}
		}
		if r.crowd {
			crowd.Go(one)
			continue
		}
		crowd.Wait()
		one()
	}
	crowd.Wait()
	return errors.Join(errs...)
}

func chosen(name, only string) bool {
	if only == "" {
		return true
	}
	for prefix := range strings.SplitSeq(only, ",") {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// play runs a row: A B A B, the first side of each round being another one.
func (b *bench) play(r row) error {
	names := strings.Fields(r.sides)
	for round := range r.rounds {
		results, errs := make([]map[string]float64, len(names)), make([]error, len(names))
		var wg sync.WaitGroup
		for i := range names {
			j := (i + round) % len(names)
			one := func() { results[j], errs[j] = r.measure(b, b.sides[names[j]]) }
			if r.together {
				wg.Go(one)
			} else {
				one()
			}
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			return err
		}
		for i, name := range names {
			b.note(name, results[i])
		}
	}
	return nil
}

func (b *bench) note(name string, result map[string]float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for key, v := range result {
		if b.samples[key] == nil {
			b.samples[key] = map[string][]float64{}
		}
		b.samples[key][name] = append(b.samples[key][name], v)
	}
}
