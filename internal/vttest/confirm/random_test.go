package confirm

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"mosh/internal/core/vt"
	"mosh/internal/vttest"
)

// both are functions that xterm and we have to do alike whatever came before.
var both = []string{
	"\r", "\n", "\r\n", "\b", "\t", "\x1b7", "\x1b8", "\x1bD", "\x1bE", "\x1bM", "\x1bH", "\x1b6", "\x1b9", "\x1b(0", "\x1b(B",
	"\x1b)0", "\x0e", "\x0f",
	"\x1b[%dA", "\x1b[%dB", "\x1b[%dC", "\x1b[%dD", "\x1b[%dE", "\x1b[%dF", "\x1b[%dG", "\x1b[%d;%dH", "\x1b[%dd", "\x1b[%da",
	"\x1b[%de", "\x1b[%dI", "\x1b[%dZ", "\x1b[%dg", "\x1b[%dJ", "\x1b[%dK", "\x1b[?%dJ", "\x1b[?%dK", "\x1b[%dX", "\x1b[%d@",
	"\x1b[%dP", "\x1b[%dL", "\x1b[%dM", "\x1b[%dS", "\x1b[%dT", "\x1b[%d;%dr", "\x1b[%d;%ds", "\x1b[s", "\x1b[u",
	"\x1b[%d'}", "\x1b[%d'~", "\x1b[%d @", "\x1b[%d A",
	"\x1b[4h", "\x1b[4l", "\x1b[20h", "\x1b[20l", "\x1b[?6h", "\x1b[?6l", "\x1b[?7h", "\x1b[?7l", "\x1b[?69h", "\x1b[?69l",
	"\x1b[?47h", "\x1b[?47l", "\x1b[?1047h", "\x1b[?1047l", "\x1b[?1049h", "\x1b[?1049l", "\x1b#8", "\x1b[%d\"q",
	"\x1b[%d;%d;%d;%d$z", "\x1b[65;%d;%d;%d;%d$x", "\x1b[%d;%d;%d;%d${", "\x1b[%d;%d;%d;%d;1;%d;%d$v",
	"\x1b[0m", "\x1b[1m", "\x1b[4m", "\x1b[7m", "\x1b[3%dm",
}

// random returns a program of n items. It has no wide characters: xterm leaves halves of them behind, which
// the scripts are about.
func random(r *rand.Rand, n int) []string {
	var items []string
	for range n {
		var b []byte
		if r.IntN(2) == 0 {
			for range 1 + r.IntN(12) {
				b = append(b, 'a'+byte(r.IntN(26)))
			}
			items = append(items, string(b))
			continue
		}
		f := both[r.IntN(len(both))]
		var args []any
		for range strings.Count(f, "%d") {
			n := r.IntN(8)
			if f == "\x1b[%dT" {
				n++ // xterm does nothing for zero
			}
			args = append(args, n)
		}
		items = append(items, string(fmt.Appendf(b, f, args...)))
	}
	return items
}

// TestRandom runs random programs in both terminals. Of a program that gives different screens only what is
// needed for that is shown.
func TestRandom(t *testing.T) {
	t.Parallel()
	const width, height, programs = 12, 6, 200
	x := startXterm(t, startX(t), width, height)
	for seed := range uint64(programs) {
		items := random(rand.New(rand.NewPCG(seed, 1)), 30)
		if difference(x, width, height, items) == "" {
			continue
		}
		for i := 0; i < len(items); {
			less := slices.Delete(slices.Clone(items), i, i+1)
			if difference(x, width, height, less) != "" {
				items = less
			} else {
				i++
			}
		}
		t.Errorf("seed %d: %s\n%s", seed, vttest.Encode([]byte(strings.Join(items, ""))), difference(x, width, height, items))
	}
}

// difference says how the screens after a program differ; it is empty if they do not.
func difference(x *xterm, width, height int, items []string) string {
	program := []byte(strings.Join(items, ""))
	term := vt.New(width, height, vt.Options{})
	term.Write(time.Time{}, program)
	x.write([]byte(fresh))
	x.write(program)
	f, page := term.Snapshot(time.Time{}), x.page()
	if got, want := plain(vttest.Rows(f)), pageRows(page); !slices.Equal(got, want) {
		return fmt.Sprintf("ours\n%s\nxterm\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	term.Write(time.Time{}, []byte("\x1b[6n"))
	if got, want := string(term.AppendReplies(nil)), x.write([]byte("\x1b[6n")); got != want {
		return fmt.Sprintf("cursor %q, xterm %q", got, want)
	}
	if got, want := renditions(f, f), renditions(f, pageFrame(page, width, height)); !slices.Equal(got, want) {
		return fmt.Sprintf("renditions %q, xterm %q", got, want)
	}
	return ""
}
