//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"mosh/internal/corpus"
	serverpty "mosh/internal/drive/pty"
	"mosh/internal/drive/pump"
)

// floods are the texts of the flood, of which 50 MB are written by cat; -quick takes a part.
var floods = []struct {
	name string
	text func(seed uint64, n int) []byte
}{{"log", corpus.ASCII}, {"sgr", corpus.Log}, {"cjk", corpus.CJK}}

// input returns a file with n octets of a stream, made once: never piped into the measurement.
func (b *bench) input(name string, text func(uint64, int) []byte, n int) (string, error) {
	file := filepath.Join(b.dir, fmt.Sprintf("%s-%d", name, n))
	if _, err := os.Stat(file); err == nil {
		return file, nil
	}
	const piece = 4 << 20
	p := text(1, min(piece, n))
	out := make([]byte, 0, n+len(p))
	for len(out) < n {
		out = append(out, p...)
	}
	return file, os.WriteFile(file, out, 0o600)
}

// flood lets cat write a file in a shell and waits until the shell is back.
func flood(name string, text func(uint64, int) []byte) func(*bench, side) (map[string]float64, error) {
	return func(b *bench, x side) (map[string]float64, error) {
		file, err := b.input("flood-"+name, text, b.floodSize)
		if err != nil {
			return nil, err
		}
		s, err := b.openShell(x, want{raw: x.dir == ""})
		if err != nil {
			return nil, err
		}
		defer s.close()
		server, client, start := cpu(s.server), cpu(s.client), time.Now()
		// The text that is waited for is not what is typed.
		if err := s.keys("cat " + file + "; clear; echo DO''NE" + name + "\r"); err != nil {
			return nil, err
		}
		if err := s.awaitText(waitLimit, "DONE"+name); err != nil {
			return nil, err
		}
		prefix := "flood-" + name
		r := map[string]float64{prefix + "-wall": time.Since(start).Seconds(), prefix + "-client": (cpu(s.client) - client).Seconds()}
		if s.server > 0 {
			r[prefix+"-cpu"] = (cpu(s.server) - server).Seconds()
		}
		return r, nil
	}
}

// throughput is MB/s of a stream through a server with a client: size over the time from typing to the prompt, and
// over the server's processor time in between. The kernel's pty passes no more than what the side pty gets, which
// reads as our server does and does nothing with it: neither figure of ours can be above its.
func throughput(st corpus.Stream) func(*bench, side) (map[string]float64, error) {
	return func(b *bench, x side) (map[string]float64, error) {
		file, err := b.input("stream-"+st.Name, st.Make, b.streamSize)
		if err != nil {
			return nil, err
		}
		size := float64(b.streamSize) / 1e6
		if x.Name == "pty" {
			var d drained
			out, err := exec.Command(b.self, "-drain", file).Output()
			if err == nil {
				err = json.Unmarshal(out, &d)
			}
			if err != nil {
				return nil, fmt.Errorf("reading a pty and nothing else: %w", err)
			}
			return map[string]float64{"stream-" + st.Name: size / d.Wall, "stream-" + st.Name + "-cpu": size / d.CPU}, nil
		}
		s, err := b.openShell(x, want{})
		if err != nil {
			return nil, err
		}
		defer s.close()
		start, used := time.Now(), cpu(s.server)
		if err := s.keys("cat " + file + "; printf '\\033[r\\033[m'; clear; echo DO''NE\r"); err != nil {
			return nil, err
		}
		if err := s.awaitText(waitLimit, "DONE"); err != nil {
			return nil, err
		}
		wall := time.Since(start).Seconds()
		return map[string]float64{
			"stream-" + st.Name:          size / wall,
			"stream-" + st.Name + "-cpu": size / (cpu(s.server) - used).Seconds(),
		}, nil
	}
}

// drained is what it takes to read a pty and nothing else, in seconds.
type drained struct{ Wall, CPU float64 }

// drain lets cat write a file to a pty and reads it as our server does, with one thread and the same reads, into nothing.
func drain(file string) (drained, error) {
	runtime.GOMAXPROCS(1)
	cat, err := exec.LookPath("cat")
	if err != nil {
		return drained{}, err
	}
	p, err := serverpty.Start(serverpty.Command{Path: cat, Args: []string{"cat", file}, Env: environment(), Rows: 24, Cols: 80, Now: true})
	if err != nil {
		return drained{}, err
	}
	defer p.Close()
	start, used := time.Now(), cpu(os.Getpid())
	r := pump.NewReader(p, 16<<10, 4)
	for range r.C() {
		r.Done()
	}
	return drained{time.Since(start).Seconds(), (cpu(os.Getpid()) - used).Seconds()}, nil
}
