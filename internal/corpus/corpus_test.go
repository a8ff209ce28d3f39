package corpus

import (
	"bytes"
	"testing"
	"unicode/utf8"
)

func TestStreams(t *testing.T) {
	for _, s := range Streams() {
		a, b := s.Make(1, 20000), s.Make(1, 20000)
		if !bytes.Equal(a, b) {
			t.Errorf("%s: not the same for the same seed", s.Name)
		}
		if len(a) > 20000 || len(a) < 16000 {
			t.Errorf("%s: %d octets", s.Name, len(a))
		}
		if !utf8.Valid(a) {
			t.Errorf("%s: cut inside a character", s.Name)
		}
		if s.Name != "yes" && bytes.Equal(a, s.Make(2, 20000)) {
			t.Errorf("%s: the seed changes nothing", s.Name)
		}
	}
}
