//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"mosh/internal/corpus"
)

// step is a key sequence and the pause after it, always the same: traffic depends on the pace.
type step struct {
	keys  string
	pause time.Duration
}

func repeat(n int, s ...step) (all []step) {
	for range n {
		all = append(all, s...)
	}
	return all
}

const (
	brisk = 120 * time.Millisecond
	slow  = 400 * time.Millisecond
)

// screenScripts are sessions of real programs; %s is a file with text.
func (b *bench) screenScripts(quick bool) map[string][]step {
	lines, pages, text, screens := 30, 4, sentence, 6
	if quick {
		lines, pages, text, screens = 10, 2, sentence[:20], 4
	}
	file := filepath.Join(b.dir, "text")
	_ = os.WriteFile(file, plainText(), 0o600)
	vim := []step{{"vim -u NONE -N " + file + "\r", time.Second}, {":syntax off\r", slow}}
	vim = append(vim, repeat(lines, step{"j", brisk})...)
	vim = append(vim, repeat(pages, step{"\x06", slow}, step{"\x04", slow})...)
	vim = append(vim, repeat(pages/2, step{"\x02", slow})...)
	vim = append(vim, step{"o", brisk})
	for _, c := range text {
		vim = append(vim, step{string(c), brisk})
	}
	vim = append(vim, step{"\x1b", slow}, step{"dd", slow}, step{"u", slow}, step{"G", slow}, step{"gg", slow}, step{":q!\r", slow})
	return map[string][]step{
		"vim":     vim,
		"htop":    {{"htop -d 10\r", b.htopTime}, {"q", slow}},
		"scroll":  append([]step{{"clear\r", slow}}, step{"while read -r l; do echo \"$l\"; sleep 0.02; done <" + file + "\r", b.scrollTime}),
		"repaint": repeat(screens, step{"clear; head -n 22 " + file + "\r", slow}, step{"clear; tail -n 22 " + file + "\r", slow}),
	}
}

// plainText is source-like text: lines of several lengths, indented, without colour.
func plainText() []byte {
	var out []byte
	words := corpus.ASCII(7, 64<<10)
	for i := 0; len(out) < 40<<10; i++ {
		n := 10 + (i*37)%60
		out = fmt.Appendf(out, "%*s%.*s\n", i%4*4, "", n, clean(words[(i*101)%(len(words)-100):]))
	}
	return out
}

// clean makes text of lower-case words from noise.
func clean(p []byte) string {
	b := make([]byte, 0, 72)
	for _, c := range p[:min(len(p), 72)] {
		if c%7 == 0 {
			b = append(b, ' ')
		} else {
			b = append(b, 'a'+c%26)
		}
	}
	return string(b)
}

// screen plays a script in a shell and counts the octets of the session.
func screen(name string) func(*bench, side) (map[string]float64, error) {
	return func(b *bench, x side) (map[string]float64, error) {
		s, err := b.openShell(x, want{counted: true})
		if err != nil {
			return nil, err
		}
		defer s.close()
		time.Sleep(500 * time.Millisecond)
		octets := s.relay.octets.Load()
		for _, st := range b.scripts[name] {
			if err := s.keys(st.keys); err != nil {
				return nil, err
			}
			time.Sleep(st.pause)
		}
		return map[string]float64{name + "-bytes": float64(s.relay.octets.Load() - octets)}, nil
	}
}
