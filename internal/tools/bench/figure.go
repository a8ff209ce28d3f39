//go:build linux

package main

import "mosh/internal/corpus"

// form is how a figure of ours is judged.
type form uint8

const (
	ratio      form = iota // ours / theirs at most Goal
	atLeast                // ours at least Goal, whatever theirs
	difference             // ours - theirs at most Goal
	absolute               // ours at most Goal, whatever theirs
	gain                   // ours / theirs at least Goal
	noGoal                 // reported only
)

// figure is one line of the table.
type figure struct {
	Key, Title, Unit string
	Against          string // the side ours is compared with
	Form             form
	Goal             float64
}

// figures are the lines of the table, in its order: the goals of the project.
func figures() []figure {
	f := []figure{
		{"flood-log-cpu", "server CPU for the flood: log", "s", "stock", ratio, 0.15},
		{"flood-sgr-cpu", "server CPU for the flood: coloured", "s", "stock", ratio, 0.2},
		{"flood-cjk-cpu", "server CPU for the flood: CJK", "s", "stock", ratio, 0.2},
		{"flood-log-wall", "time until the prompt is back: log", "s", "ssh", ratio, 0.8},
		{"flood-sgr-wall", "time until the prompt is back: coloured", "s", "ssh", ratio, 0.8},
		{"flood-cjk-wall", "time until the prompt is back: CJK", "s", "ssh", ratio, 0.8},
		{"flood-log-client", "client CPU for the flood: log", "s", "stock", ratio, 0.5},
		{"flood-sgr-client", "client CPU for the flood: coloured", "s", "stock", ratio, 0.5},
		{"flood-cjk-client", "client CPU for the flood: CJK", "s", "stock", ratio, 0.5},
		{"movie-fps", "full-screen program, 200x60, true colour, 60 frames/s: frames shown", "1/s", "stock", atLeast, 55},
		{"movie-server", "the same: server CPU", "s", "stock", ratio, 0.4},
		{"movie-client", "the same: client CPU", "s", "stock", ratio, 0.4},
		{"movie-bytes", "the same: octets per frame shown", "B", "stock", ratio, 0.8},
		{"key-bytes", "octets per key typed in a shell, both ways", "B", "stock", ratio, 0.8},
		{"key-packets", "datagrams per key typed in a shell, both ways", "", "stock", noGoal, 0},
		{"vim-bytes", "octets of a vim session", "B", "stock", ratio, 0.8},
		{"htop-bytes", "octets of htop", "B", "stock", ratio, 0.8},
		{"scroll-bytes", "octets of scrolling a log", "B", "stock", ratio, 0.8},
		{"repaint-bytes", "octets of repaints", "B", "stock", ratio, 0.8},
		{"key-server", "server CPU while typing", "ms/s", "stock", ratio, 0.5},
		{"key-client", "client CPU while typing", "ms/s", "stock", ratio, 0.5},
		{"latency-median", "key to screen on loopback, median", "ms", "ssh", difference, 1.5},
		{"latency-p99", "key to screen on loopback, 99 % of keys", "ms", "ssh", difference, 1.5},
		{"idle-cpu", "idle session: CPU, both ends", "ms/min", "stock", ratio, 0.5},
		{"idle-wakeups", "idle session: wake-ups, both ends", "1/min", "stock", ratio, 0.5},
		{"idle-bytes", "idle session: octets, both ways", "B/min", "stock", ratio, 0.5},
		{"memory-one", "memory (PSS) of one server", "kB", "stock", ratio, 0.6},
		{"memory-server-few", "memory (PSS) per server of ten after 300 lines", "kB", "stock", ratio, 0.45},
		{"memory-client-few", "memory (PSS) per client of ten after 300 lines", "kB", "stock", ratio, 0.5},
		{"memory-server", "memory (PSS) per server of fifty after 300 lines", "kB", "stock", ratio, 0.45},
		{"memory-client", "memory (PSS) per client of fifty after 300 lines", "kB", "stock", ratio, 0.5},
		{"memory-server-dirty", "of that, the server's own pages", "kB", "stock", noGoal, 0},
		{"memory-client-dirty", "of that, the client's own pages", "kB", "stock", noGoal, 0},
		{"start-lan", "whole start, command to prompt, loopback", "ms", "ssh", difference, 60},
		{"start-rtt100", "whole start, command to prompt, RTT 100 ms", "ms", "ssh", difference, 160},
		{"start-true", "of that, what ssh alone takes to run true", "ms", "ssh", noGoal, 0},
		{"exec", "exec to exit: mosh-server --version; floor: an empty Go program", "ms", "stock", noGoal, 0},
		{"launcher-cpu", "CPU of the launcher itself", "ms", "stock", absolute, 15},
		{"server-start", "mosh-server: from start to MOSH CONNECT", "ms", "stock", noGoal, 0},
	}
	for _, s := range corpus.Streams() {
		key := "stream-" + s.Name
		f = append(f, figure{key + "-cpu", "for a second of the server's processor: " + s.Name, "MB", "stock", gain, 8},
			figure{key, "through a whole server: " + s.Name, "MB/s", "stock", gain, 1})
	}
	return append(f,
		figure{"size-mosh", "binary: mosh", "kB", "ours", absolute, 5000},
		figure{"size-mosh-client", "binary: mosh-client", "kB", "ours", absolute, 5000},
		figure{"size-mosh-server", "binary: mosh-server", "kB", "ours", absolute, 5000})
}
