//go:build linux

package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"mosh/internal/core/vt"
)

// person types at a program in a pty, and writes down what happens. The times of the keys are drawn from what people
// do; the recording itself does not wait for them.
type person struct {
	rng     *rand.Rand
	trace   trace
	clock   time.Duration // of the keys
	pressed time.Time     // when the newest key was really sent
	pty     *os.File
	out     chan []byte
	term    *vt.Terminal // answers the program's queries
	echo    bool
	canon   bool
	err     error
}

// record runs every script and writes its trace into dir.
func record(dir, only string, seed uint64) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, s := range scripts() {
		if only != "" && s.name != only {
			continue
		}
		t, err := recordOne(s, seed)
		if err != nil {
			return fmt.Errorf("recording %s: %w", s.name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, s.name+".trace"), t.appendTo(nil), 0o644); err != nil {
			return err
		}
		fmt.Printf("%-16s %4d keys\n", s.name, len(t.steps)-1)
	}
	return nil
}

// home is where the recorded programs think they are at home. Its name is in the traces.
const home = "/tmp/home"

func recordOne(s script, seed uint64) (trace, error) {
	os.RemoveAll(home)
	if err := os.MkdirAll(home, 0o755); err != nil {
		return trace{}, err
	}
	defer os.RemoveAll(home)
	for name, text := range s.files {
		p := filepath.Join(home, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			return trace{}, err
		}
		if err := os.WriteFile(p, []byte(text), 0o755); err != nil {
			return trace{}, err
		}
	}
	path, err := exec.LookPath(s.argv[0])
	if err != nil {
		return trace{}, fmt.Errorf("%w: install %s", err, s.argv[0])
	}
	cmd := exec.Command(path, s.argv[1:]...)
	cmd.Dir = home
	cmd.Env = append([]string{"TERM=xterm-256color", "HOME=" + home, "PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8",
		"PS1=$ ", "USER=user", "HISTFILE=", "PYTHON_HISTORY=/dev/null", "SHELL=/bin/bash"}, s.env...)
	width, height := 80, 24
	f, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)})
	if err != nil {
		return trace{}, err
	}
	h := fnv64(s.name)
	p := &person{rng: rand.New(rand.NewPCG(seed, h)), pty: f, out: make(chan []byte, 64),
		term: vt.New(width, height, vt.Options{}), echo: true, canon: true,
		trace: trace{name: s.name, width: width, height: height, steps: []step{{}}}}
	p.pressed = time.Now()
	go p.read()
	for tries := 0; len(p.trace.steps[0].host) == 0 && tries < 10; tries++ {
		p.wait(2*time.Second, 700*time.Millisecond)
	}
	s.run(p)
	f.Close()
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	return p.trace, p.err
}

func fnv64(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

func (p *person) read() {
	for {
		b := make([]byte, 16384)
		n, err := p.pty.Read(b)
		if err != nil {
			close(p.out)
			return
		}
		p.out <- b[:n]
	}
}

// wait writes down the host's answer: it is over when nothing came for quiet, or nothing at all for first.
func (p *person) wait(first, quiet time.Duration) {
	start := p.pressed
	deadline := time.Now().Add(first)
	for time.Now().Before(deadline) {
		p.look(start)
		select {
		case b, ok := <-p.out:
			if !ok {
				return
			}
			p.took(start, b)
			deadline = time.Now().Add(quiet)
		case <-time.After(4 * time.Millisecond):
		}
	}
	p.look(start)
}

// took writes down output.
func (p *person) took(start time.Time, b []byte) {
	last := &p.trace.steps[len(p.trace.steps)-1]
	last.host = append(last.host, answer{after: time.Since(start).Round(time.Millisecond), output: b})
	p.term.Write(time.Time{}, b)
	if r := p.term.AppendReplies(nil); len(r) > 0 {
		if _, err := p.pty.Write(r); err != nil && p.err == nil {
			p.err = err
		}
	}
}

// look writes down a change of the tty's state.
func (p *person) look(start time.Time) {
	t, err := unix.IoctlGetTermios(int(p.pty.Fd()), unix.TCGETS)
	if err != nil {
		return
	}
	echo, canon := t.Lflag&unix.ECHO != 0, t.Lflag&unix.ICANON != 0
	if echo == p.echo && canon == p.canon {
		return
	}
	p.echo, p.canon = echo, canon
	last := &p.trace.steps[len(p.trace.steps)-1]
	last.host = append(last.host, answer{after: time.Since(start).Round(time.Millisecond), echo: echo, canonical: canon})
}

// press sends b gap after the key before.
func (p *person) press(gap time.Duration, b string, secret bool) {
	p.clock += gap
	if last := p.trace.steps[len(p.trace.steps)-1].at; p.clock <= last {
		p.clock = last + time.Millisecond // nobody types backwards, however hasty
	}
	p.trace.steps = append(p.trace.steps, step{keys: []byte(b), secret: secret, at: p.clock.Round(time.Millisecond)})
	p.pressed = time.Now()
	if _, err := p.pty.Write([]byte(b)); err != nil && p.err == nil {
		p.err = err
	}
	switch b {
	case "\r", "\n":
		// A program may take its time; a person waits for its prompt, or for long enough.
		p.wait(800*time.Millisecond, 150*time.Millisecond)
		for tries := 0; p.term.Snapshot(time.Time{}).Cursor.Col == 0 && tries < 4; tries++ {
			p.wait(400*time.Millisecond, 150*time.Millisecond)
		}
		last := p.trace.steps[len(p.trace.steps)-1]
		if n := len(last.host); n > 0 {
			p.clock += last.host[n-1].after
		}
	default:
		p.wait(450*time.Millisecond, 40*time.Millisecond)
	}
}

// settles waits until the program has nothing more to say: it is starting something.
func (p *person) settles() {
	p.wait(1500*time.Millisecond, 700*time.Millisecond)
	if last := p.trace.steps[len(p.trace.steps)-1]; len(last.host) > 0 {
		p.clock += last.host[len(last.host)-1].after
	}
}

// around draws a pause: people's are distributed like the exponential of a normal, here within a factor of four.
func (p *person) around(ms float64) time.Duration {
	f := min(max(p.rng.NormFloat64()*0.4, -1.4), 1.4)
	return time.Duration(ms * exp(f) * float64(time.Millisecond))
}

func exp(x float64) float64 {
	sum, term := 1.0, 1.0
	for i := 1; i < 20; i++ {
		term *= x / float64(i)
		sum += term
	}
	return sum
}

// think is the pause before something new.
func (p *person) think() { p.clock += p.around(1100) }

// types writes text as a good typist does: about 70 words a minute, with slips that are noticed at once or some
// characters later.
func (p *person) types(text string) {
	rs := []rune(text)
	for i := range rs {
		gap := p.around(150)
		if i > 0 && rs[i-1] == ' ' {
			gap = p.around(190)
		}
		if rs[i] >= 'a' && rs[i] <= 'z' && p.rng.Float64() < 0.025 {
			p.slip(rs[i:], gap)
			gap = p.around(200)
		}
		p.press(gap, string(rs[i]), false)
	}
}

// slip types a neighbour of the first of rest, perhaps goes on, and takes it all back.
func (p *person) slip(rest []rune, gap time.Duration) {
	p.press(gap, neighbour(p.rng, rest[0]), false)
	n := 1
	for n <= p.rng.IntN(3) && n < len(rest) && rest[n] >= 'a' && rest[n] <= 'z' {
		p.press(p.around(140), string(rest[n]), false)
		n++
	}
	p.clock += p.around(250)
	for range n {
		p.press(p.around(130), "\x7f", false)
	}
}

func neighbour(rng *rand.Rand, r rune) string {
	for _, row := range []string{"qwertyuiop", "asdfghjkl", "zxcvbnm"} {
		if i := strings.IndexRune(row, r); i >= 0 {
			if i == 0 || i+1 < len(row) && rng.IntN(2) == 0 {
				return row[i+1 : i+2]
			}
			return row[i-1 : i]
		}
	}
	return "x"
}

// hides writes a secret.
func (p *person) hides(text string) {
	for _, r := range text {
		p.press(p.around(170), string(r), true)
	}
}

func (p *person) enter() { p.press(p.around(220), "\r", false) }

// line types a command and runs it, after thinking.
func (p *person) line(text string) {
	p.think()
	p.types(text)
	p.enter()
}

// key presses a key that is no character n times, the first after a short look.
func (p *person) key(b string, n int) {
	p.clock += p.around(200)
	for range n {
		p.press(p.around(140), b, false)
	}
}

// holds keeps a key down for n repeats.
func (p *person) holds(b string, n int) {
	p.press(p.around(300), b, false)
	for range n {
		p.press(33*time.Millisecond, b, false)
	}
}

// pick returns n of all, in a drawn order.
func pick(p *person, n int, all []string) []string {
	all = slices.Clone(all)
	p.rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:min(n, len(all))]
}
