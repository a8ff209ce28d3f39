//go:build linux

package main

import (
	"os"
	"strconv"
	"strings"
	"time"

	"mosh/internal/corpus"
)

// movie is the full-screen program: each frame a picture in true colour that moves, with its number at the top.
// It is run as this program again, with -movie, on the far end's terminal.
func movie(frames int) {
	tick := time.NewTicker(time.Second / corpus.FilmRate)
	defer tick.Stop()
	_, _ = os.Stdout.WriteString("\x1b[?1049h\x1b[?25l")
	var out []byte
	for n := range frames {
		<-tick.C
		out = corpus.AppendFilm(out[:0], n)
		_, _ = os.Stdout.Write(out)
	}
	_, _ = os.Stdout.WriteString("\x1b[m\x1b[2J\x1b[HMOVIE ENDS")
	time.Sleep(time.Minute) // until the session is closed
}

// frameNumber reads the number of the frame on the screen, -1 if there is none.
func (s *session) frameNumber() int {
	rest, ok := strings.CutPrefix(line(s.term.Snapshot(time.Now()), 0), " frame ")
	if !ok {
		return -1
	}
	n, err := strconv.Atoi(rest[:6])
	if err != nil {
		return -1
	}
	return n
}

// showMovie counts the frames that reach the screen.
func showMovie(b *bench, x side) (map[string]float64, error) {
	frames := int(b.movieTime.Seconds() * corpus.FilmRate)
	// The shell waits for a key, so that the start is not part of the measurement.
	program := []string{"sh", "-c", "printf READY; stty raw -echo; head -c1 >/dev/null; exec " +
		quote([]string{b.self, "-movie", strconv.Itoa(frames)})}
	s, err := b.open(x, want{program: program, columns: corpus.FilmWidth, rows: corpus.FilmHeight, counted: true})
	if err != nil {
		return nil, err
	}
	defer s.close()
	if err := s.awaitText(startLimit, "READY"); err != nil {
		return nil, err
	}
	time.Sleep(300 * time.Millisecond) // what follows a start has died down
	shown, last := 0, -1
	s.mu.Lock()
	s.chunk = func(s *session) {
		if n := s.frameNumber(); n >= 0 && n != last {
			shown, last = shown+1, n
		}
	}
	s.mu.Unlock()
	server, client, octets := cpu(s.server), cpu(s.client), s.relay.octets.Load()
	if err := s.keys("x"); err != nil {
		return nil, err
	}
	if err := s.awaitText(b.movieTime+startLimit, "MOVIE ENDS"); err != nil {
		return nil, err
	}
	seconds := float64(frames) / corpus.FilmRate
	return map[string]float64{
		"movie-fps":    float64(shown) / seconds,
		"movie-server": (cpu(s.server) - server).Seconds(),
		"movie-client": (cpu(s.client) - client).Seconds(),
		"movie-bytes":  float64(s.relay.octets.Load()-octets) / float64(max(1, shown)),
	}, nil
}
