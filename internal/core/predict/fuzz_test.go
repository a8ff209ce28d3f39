package predict

import (
	"testing"
	"time"
)

// FuzzEngine plays any sequence of keys and host output. Each octet below 0x10 is an event, what follows up to the next
// one is typed or printed. Whatever happens: no panic, the server's frame is never written to, and once the echo ack
// covers every key and the host is quiet, the screen is the server's.
func FuzzEngine(f *testing.F) {
	f.Add([]byte("\x02$ \x04\x01ls\x02ls\x04\x01\r\x02\r\n$ \x05\x01echo\x1b[D\x7f\x04"))
	f.Add([]byte("\x01日本\x02日本\x05\x01\x7f\x04\x01e\xcc\x81\x04"))
	f.Add([]byte("\x02\x1b[1;18Hab\x04\x01cdefgh\x02cdefgh\x04\x06\x01\x1b[200~x\x1b[201~\x04\x07\x08"))
	f.Add([]byte("\x01\x01\x04\x01\x05\x04\x01\x17\x04\x01\x1bb\x04\x02\x1b[2J\x1b[H\x04\x01\x1b[A\x05\x09\x01x"))
	f.Add([]byte("\x02\x1b[4;1H\x04\x01aaaaaaaaaaaaaaaaaaaaaaaaaa\x02aaaaaaaaaaaaaaaaaaaaaaaaaa\x03\x04\x01\rb"))
	f.Fuzz(func(t *testing.T, script []byte) {
		for _, rules := range []Rules{Own, Stock} {
			for _, p := range []Preference{Always, Experimental} {
				fuzzOne(t, script, rules, p)
			}
		}
	})
}

func fuzzOne(t *testing.T, script []byte, rules Rules, p Preference) {
	w := newWorld(t, p, false, rules)
	event := byte(0)
	for i, c := range script {
		if c < 0x0B && c != '\r' {
			event = c
			w.event(c)
			continue
		}
		switch event {
		case 1: // one read per octet
			w.keys(string(script[i : i+1]))
		case 2:
			w.prints(string(script[i : i+1]))
		}
		w.sane()
	}
	// Healed: the server has everything, and says so.
	w.echoes()
	w.advance(10 * time.Second)
	w.echoes()
	w.same()
}

func (w *world) event(c byte) {
	switch c {
	case 3: // acked up to some state
		w.acked += (w.sent - w.acked + 1) / 2
		w.arrive()
	case 4:
		w.echoes()
	case 5:
		w.acks()
	case 6:
		w.advance(300 * time.Millisecond)
	case 7:
		w.host.Resize(15, 3)
		w.arrive()
	case 8:
		w.e.SetTTY(true, true, true)
		w.arrive()
	case 9:
		w.e.SetTTY(true, false, true)
		w.arrive()
	case 10:
		w.e.Reset()
	}
}

// sane checks what holds at any time.
func (w *world) sane() {
	f := w.e.Apply(w.frame)
	if f.Width != w.frame.Width || f.Height != w.frame.Height || len(f.Rows) != f.Height {
		w.t.Fatalf("frame of %dx%d with %d rows", f.Width, f.Height, len(f.Rows))
	}
	if c := f.Cursor; c.Row < 0 || c.Row >= f.Height || c.Col < 0 || c.Col >= f.Width {
		w.t.Fatalf("cursor at %d,%d", c.Row, c.Col)
	}
	for r, row := range f.Rows {
		if len(row.Cells) != f.Width {
			w.t.Fatalf("row %d has %d cells", r, len(row.Cells))
		}
		for i, c := range row.Cells {
			if c.Content.IsTail() != (i > 0 && row.Cells[i-1].Content.Wide()) && w.e.rules == Own {
				w.t.Fatalf("row %d column %d: half of a wide character", r, i)
			}
		}
	}
	if w.e.rules == Own && w.e.own.secret() && f != w.frame && !f.Equal(w.frame, true) {
		w.t.Fatal("something is shown while the host does not echo")
	}
}

// The server's frame is shared: painting must not touch it.
func TestApplyLeavesFrameAlone(t *testing.T) {
	for _, rules := range []Rules{Own, Stock} {
		w := newWorld(t, Experimental, false, rules)
		w.prints("ab\x1b[D")
		w.arrive()
		copied := w.frame.Edit()
		for i := range copied.Rows {
			copied.Rows[i] = w.frame.Rows[i].Clone()
		}
		w.each("xyz\x7f")
		if w.e.Apply(w.frame) == w.frame {
			t.Error("nothing was predicted")
		}
		if !copied.Equal(w.frame, true) {
			t.Error("the server's frame was written to")
		}
	}
}
