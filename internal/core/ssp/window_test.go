package ssp

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"mosh/internal/core/wire"
)

// Whatever order states are extended in, a window is the end of its own diffs and stays so.
func TestWindow(t *testing.T) {
	type state struct {
		w    window
		text string
	}
	states := []state{{}}
	for i := range 400 {
		from := states[i*7%len(states)]
		diff := strings.Repeat(fmt.Sprint(i, ";"), 1+i*i%300)
		text := from.text + diff
		states = append(states, state{from.w.extend([]byte(diff)), text[max(0, len(text)-windowLimit):]})
	}
	for i, s := range states {
		if string(s.w.octets()) != s.text {
			t.Fatalf("state %d: %d octets %.40q, want %d octets %.40q", i, len(s.w.octets()), s.w.octets(), len(s.text), s.text)
		}
		if !s.w.endsWith([]byte(s.text)) {
			t.Errorf("state %d does not end with itself", i)
		}
	}
	w := states[9].w
	w.unknown = true
	if got := string(w.extend([]byte("new")).octets()); got != "new" {
		t.Errorf("after an unknown window: %q", got)
	}
	if !w.extend(nil).unknown {
		t.Error("an empty diff makes an unknown window known")
	}
}

func FuzzWindowed(f *testing.F) {
	f.Add([]byte("what was said before"), []byte("what was said"))
	f.Add([]byte("x"), []byte(""))
	f.Fuzz(func(t *testing.T, w, text []byte) {
		if len(w) == 0 {
			return
		}
		var d deflater
		var z inflater
		b := d.appendPrimed(nil, text, w, 77)
		if name, ok := presetName(b); !ok || name != 77 {
			t.Fatalf("name %d, %v", name, ok)
		}
		if back, err := z.inflate(b, w); err != nil || !bytes.Equal(back, text) {
			t.Errorf("%q came back as %q, %v", text, back, err)
		}
		if _, err := z.inflate(b, nil); err == nil {
			t.Error("inflated without its window")
		}
		_, _ = z.inflate(text, w)
	})
}

// What repeats what was said three states ago takes a fraction of the octets.
func TestWindowIsWorthIt(t *testing.T) {
	var d deflater
	screen := generate("words", 1500, 3)
	w := window{}.extend(screen).extend(generate("words", 1500, 4))
	if plain, primed := len(d.append(nil, screen)), len(d.appendPrimed(nil, screen, w.octets(), 1)); primed*5 > plain {
		t.Errorf("%d octets, %d without a window", primed, plain)
	}
}

// An instruction against a window that we do not have is no error: the peer is told what we have. One against the window of
// another state than its base is refused.
func TestWindowOfUnknownState(t *testing.T) {
	e := newClient(t)
	e.tr.cfg.Policy = Own
	if err := e.hear(0, 1, 0, 0, wire.AppendKeystroke(nil, []byte("a"))); err != nil {
		t.Fatal(err)
	}
	windowed := func(old, num uint64, name uint32) error {
		ins := wire.TransportInstruction{Version: wire.Version, Old: old, New: num, Throwaway: 0, Diff: wire.AppendKeystroke(nil, []byte("b"))}
		b := new(deflater).appendPrimed(nil, ins.Append(nil), wire.AppendKeystroke(nil, []byte("a")), name)
		e.pk.id++
		return e.peer.send(t, e.tr.HandleDatagram, e.pk.payload(fragment{id: e.pk.id, final: true, chunk: b}))
	}
	if err := windowed(5, 6, 5); err != nil || e.tr.RemoteNum() != 1 {
		t.Errorf("unknown window: %v, state %d", err, e.tr.RemoteNum())
	}
	if err := windowed(0, 2, 1); err != BadInstruction {
		t.Errorf("window of another state: %v", err)
	}
	if err := windowed(1, 2, 1); err != nil || e.tr.RemoteNum() != 2 {
		t.Errorf("window of the base: %v, state %d", err, e.tr.RemoteNum())
	}
}
