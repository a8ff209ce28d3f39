//go:build linux

package main

import (
	"errors"
	"math/rand/v2"
	"time"
)

const (
	// Printable characters that mosh's notification bar never shows and ssh does not take for its escape.
	alphabet = "!#$%&*+=@_{|}<>?;/\\`'\","
	lineKeys = 60 // keys before the cursor goes back to column 0; no multiple of the alphabet, so that a cell changes
)

var errEnded = errors.New("the session ended")

// typist types into an echo program and waits for the paint.
type typist struct {
	*session
	typed int
}

// press types the next letter without waiting.
func (t *typist) press() error {
	if t.typed > 0 && t.typed%lineKeys == 0 {
		if _, err := t.tty.Write([]byte("\r")); err != nil {
			return errEnded
		}
	}
	letter := alphabet[t.typed%len(alphabet)]
	t.typed++
	t.mu.Lock()
	t.waiting = append(t.waiting, key{rune(letter), time.Now()})
	t.mu.Unlock()
	t.note("key %q", letter)
	if _, err := t.tty.Write([]byte{letter}); err != nil {
		return errEnded
	}
	return nil
}

// painted waits until nothing typed is missing on the screen.
func (t *typist) painted(limit time.Duration) bool {
	return t.await(limit, func() bool { return len(t.waiting) == 0 })
}

// key types one letter and returns how long it took to be painted; ok is false after limit.
func (t *typist) key(limit time.Duration) (latency time.Duration, ok bool, err error) {
	if err := t.press(); err != nil {
		return 0, false, err
	}
	if !t.painted(limit) {
		t.mu.Lock()
		ended := t.ended
		t.mu.Unlock()
		if ended {
			return 0, false, errEnded
		}
		return 0, false, nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.samples[len(t.samples)-1], true, nil
}

// think is the pause between a paint and the next key: random, so that keys keep no phase with the protocol's timers.
func think(r *rand.Rand) time.Duration {
	return 60*time.Millisecond + time.Duration(r.Int64N(int64(180*time.Millisecond)))
}
