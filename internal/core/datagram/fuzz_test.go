package datagram

import (
	"bytes"
	"testing"
)

func FuzzParseKey(f *testing.F) {
	f.Add("YAkdo0Ck8p1T/LeMd24i3Q")
	f.Add("AAECAwQFBgcICQoLDA0ODx")
	f.Add("AAECAwQFBgcICQoLDA0O\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		k, err := ParseKey(text)
		if err == nil && k.Text() != text {
			t.Errorf("%q is read as %q", text, k.Text())
		}
	})
}

// Only what was sealed opens: any other octets are refused and change nothing.
func FuzzOpen(f *testing.F) {
	c, _ := pair()
	f.Add(mustSeal(f, c, at(1), "payload"))
	f.Add(make([]byte, 60))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		_, s := pair()
		p, err := s.Open(at(1), home, false, b)
		if err != nil {
			if s.HasPeer() || s.expected != 0 {
				t.Error("a refused datagram changed the endpoint")
			}
			return
		}
		c, _ := pair()
		c.nextSeq = s.expected - 1
		again := mustSeal(t, c, at(1), string(p))
		if len(again) != len(b) || !bytes.Equal(again[:nonceSize], b[:nonceSize]) {
			t.Errorf("%x opens but was not sealed like that", b)
		}
	})
}
