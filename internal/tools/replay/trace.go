//go:build linux

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A trace is a recorded session. Its file has a line per event:
//
//	size COLUMNS ROWS
//	k MS "OCTETS"      keys of one read, and when they were typed
//	s MS "OCTETS"      the same, of a secret: must never be seen
//	o MS "OCTETS"      what the host wrote, in ms after the keys before it reached the host
//	t MS ECHO ICANON   the new state of the tty, likewise
//
// Octets are quoted as in Go. Host output is caused by keys, so that it is replayed when the keys reach the host.
type trace struct {
	name          string
	width, height int
	steps         []step // the first has no keys: how the session starts
}

// step is one read of the keyboard and the host's answer to it.
type step struct {
	keys   []byte
	secret bool
	at     time.Duration
	host   []answer
}

// answer is what the host does after a delay: either output or a state of the tty.
type answer struct {
	after           time.Duration
	output          []byte
	echo, canonical bool // if output is nil
}

// answeredAfter returns the first step from i on that the host wrote something after; i if there is none.
func (t *trace) answeredAfter(i int) int {
	for n := i; n < len(t.steps); n++ {
		if slices.ContainsFunc(t.steps[n].host, func(a answer) bool { return a.output != nil }) {
			return n
		}
	}
	return i
}

func readTraces(dir string) ([]trace, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.trace"))
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("no *.trace in %s: record them with -record", dir)
	}
	var all []trace
	for _, n := range names {
		b, err := os.ReadFile(n)
		if err != nil {
			return nil, err
		}
		t, err := parseTrace(strings.TrimSuffix(filepath.Base(n), ".trace"), b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", n, err)
		}
		all = append(all, t)
	}
	return all, nil
}

func parseTrace(name string, b []byte) (trace, error) {
	t := trace{name: name, steps: []step{{}}}
	sc := bufio.NewScanner(bytes.NewReader(b))
	sc.Buffer(nil, 4<<20)
	for n := 1; sc.Scan(); n++ {
		if err := t.parseLine(sc.Text()); err != nil {
			return t, fmt.Errorf("line %d: %w", n, err)
		}
	}
	if t.width == 0 || t.height == 0 {
		return t, fmt.Errorf("no size")
	}
	return t, sc.Err()
}

func (t *trace) parseLine(line string) error {
	kind, rest, _ := strings.Cut(line, " ")
	first, second, _ := strings.Cut(rest, " ")
	n, err := strconv.Atoi(first)
	if err != nil {
		return fmt.Errorf("%q: %w", line, err)
	}
	ms := time.Duration(n) * time.Millisecond
	last := &t.steps[len(t.steps)-1]
	switch kind {
	case "size":
		t.width = n
		t.height, err = strconv.Atoi(second)
		return err
	case "k", "s":
		if ms < last.at {
			return fmt.Errorf("the key of %q was typed before the one above it", line)
		}
		b, err := strconv.Unquote(second)
		t.steps = append(t.steps, step{keys: []byte(b), secret: kind == "s", at: ms})
		return err
	case "o":
		b, err := strconv.Unquote(second)
		last.host = append(last.host, answer{after: ms, output: []byte(b)})
		return err
	case "t":
		a := answer{after: ms}
		_, err := fmt.Sscanf(second, "%t %t", &a.echo, &a.canonical)
		last.host = append(last.host, a)
		return err
	}
	return fmt.Errorf("unknown event %q", line)
}

func (t *trace) appendTo(b []byte) []byte {
	b = fmt.Appendf(b, "size %d %d\n", t.width, t.height)
	for i, s := range t.steps {
		if i > 0 {
			kind := "k"
			if s.secret {
				kind = "s"
			}
			b = fmt.Appendf(b, "%s %d %q\n", kind, s.at.Milliseconds(), s.keys)
		}
		for _, a := range s.host {
			if a.output == nil {
				b = fmt.Appendf(b, "t %d %t %t\n", a.after.Milliseconds(), a.echo, a.canonical)
			} else {
				b = fmt.Appendf(b, "o %d %q\n", a.after.Milliseconds(), a.output)
			}
		}
	}
	return b
}
