//go:build linux

// Command replay plays recorded sessions through the prediction engine over a simulated link and says how many keys
// were on the screen at once, late, or wrong: ours beside the rules of mosh 1.4.0.
//
//	go run ./internal/tools/replay                      the committed traces, as a table
//	go run ./internal/tools/replay -v -rtt 500ms        one link, a line per trace
//	go run ./internal/tools/replay -record -dir DIR     record the traces anew from the real programs
package main

import (
	"flag"
	"fmt"
	"os"
	"time"
)

func main() {
	dir := flag.String("dir", "internal/tools/replay/testdata", "where the traces are")
	rec := flag.Bool("record", false, "record the traces from real programs in a pty")
	only := flag.String("only", "", "the name of one trace")
	seed := flag.Uint64("seed", 1, "of the typing when recording, of the losses when replaying")
	verbose := flag.Bool("v", false, "a line per trace")
	keys := flag.Bool("keys", false, "a line per key that was not shown at once or was wrong")
	rtt := flag.Duration("rtt", 0, "one round trip time instead of 100, 250 and 500 ms")
	loss := flag.Float64("loss", -1, "one share of lost datagrams instead of 0 and 0.05")
	rules := flag.String("rules", "", "one set of rules: stock, ours-stock-server or ours")
	flag.Parse()
	o := options{only: *only, seed: *seed, verbose: *verbose, keys: *keys, rules: *rules,
		rtts: []time.Duration{100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond}, losses: []float64{0, 0.05}}
	if *rtt > 0 {
		o.rtts = []time.Duration{*rtt}
	}
	if *loss >= 0 {
		o.losses = []float64{*loss}
	}
	if err := run(*dir, *rec, o); err != nil {
		fmt.Fprintln(os.Stderr, "replay:", err)
		os.Exit(1)
	}
}

// options say what is replayed.
type options struct {
	only, rules   string
	seed          uint64
	verbose, keys bool
	rtts          []time.Duration
	losses        []float64
}

func run(dir string, rec bool, o options) error {
	if rec {
		return record(dir, o.only, o.seed)
	}
	all, err := readTraces(dir)
	if err != nil {
		return err
	}
	printHead()
	for _, r := range o.rtts {
		for _, loss := range o.losses {
			for _, e := range engines {
				if o.rules == "" || o.rules == e.name {
					o.replay(all, e, link{rtt: r, loss: loss, seed: o.seed})
				}
			}
		}
	}
	return nil
}

// replay plays all traces and prints the sum.
func (o options) replay(all []trace, e engine, l link) {
	var sum score
	for _, t := range all {
		if o.only != "" && t.name != o.only {
			continue
		}
		s := replay(t, e, l, o.keys)
		if o.verbose {
			s.print(t.name, e, l)
		}
		sum.add(s)
	}
	sum.print("all", e, l)
}
