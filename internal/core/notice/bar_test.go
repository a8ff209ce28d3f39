package notice

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"mosh/internal/core/vt"
)

var start = time.Unix(1000, 0)

var server = netip.MustParseAddrPort("192.0.2.7:60001")

func at(d time.Duration) time.Time { return start.Add(d) }

func newBar(quit string) *Bar {
	return New(start, Config{QuitKey: quit, TitlePrefix: true,
		Servers: []netip.AddrPort{server}, Host: "example"})
}

// row returns the text of row r.
func row(f *vt.Frame, r int) string {
	var b []byte
	for _, c := range f.Rows[r].Cells {
		if c.Content.Empty() {
			b = append(b, ' ')
		}
		b = f.Interns.AppendContent(b, c.Content)
	}
	return strings.TrimRight(string(b), " ")
}

func TestTexts(t *testing.T) {
	const s = time.Second
	const ms = time.Millisecond
	hint, early := " [To quit: Ctrl-^ .]", " [To quit: Ctrl-C]"
	connected := func(b *Bar) { b.Connected(start); b.Late(start) }
	cases := []struct {
		name string
		do   func(*Bar)
		at   time.Duration
		want string
	}{
		{"quiet while fresh", connected, 6500 * ms, ""},
		{"server late", connected, 6501 * ms, "mosh: Last contact 6 seconds ago." + hint},
		{"a minute", connected, 61 * s, "mosh: Last contact 1:01 ago." + hint},
		{"an hour", connected, 3600*s + 61*s, "mosh: Last contact 1:01:01 ago." + hint},
		{"reply late only", func(b *Bar) { b.Connected(at(9 * s)) }, 10001 * ms, "mosh: Last reply 10 seconds ago." + hint},
		{"reply not late", func(b *Bar) { b.Connected(at(9 * s)) }, 10 * s, ""},
		{"both late names contact", func(b *Bar) { b.Connected(at(s)) }, 11 * s, "mosh: Last contact 10 seconds ago." + hint},
		{"connecting, first quarter second", func(*Bar) {}, 250 * ms, ""},
		{"connecting", func(*Bar) {}, 251 * ms, "mosh: Nothing received from server on UDP port 60001." + early},
		{"connecting, with the address", func(*Bar) {}, 2 * s,
			"mosh: Nothing received from 192.0.2.7 on UDP port 60001." + early},
		{"connecting, count-up", func(*Bar) {}, 7 * s,
			"mosh: Nothing received from 192.0.2.7 on UDP port 60001. (7 s without contact.)" + early},
		{"connecting, advice", func(*Bar) {}, 10 * s,
			"mosh: UDP port 60001 is silent: a firewall? Check: mosh --doctor example. Tried 192.0.2.7. (10 s without contact.)" + early},
		{"refused", func(b *Bar) { b.Refused(server) }, s,
			"mosh: Nothing listens on 192.0.2.7 UDP port 60001: has the server ended?" + early},
		{"refused, advice", func(b *Bar) { b.Refused(server); b.NetworkError(start, "sendto: x") }, 10 * s,
			"mosh: Nothing listens on 192.0.2.7 UDP port 60001: has the server ended? Check: mosh --doctor example (10 s without contact.)" + early},
		{"refused, then answered", func(b *Bar) { b.Refused(server); connected(b) }, s, ""},
		{"leaving silences the count-up", func(b *Bar) { connected(b); b.Permanent("Exiting on user request...") }, 60 * s,
			"mosh: Exiting on user request..." + hint},
		{"help without hint", func(b *Bar) { connected(b); b.Help("Commands: x") }, s, "mosh: Commands: x"},
		{"help cleared", func(b *Bar) { connected(b); b.Help("Commands: x"); b.ClearMessage() }, s, ""},
		{"network error", func(b *Bar) { connected(b); b.NetworkError(start, "sendto: Network is unreachable") }, 3 * s,
			"mosh: sendto: Network is unreachable" + hint},
		{"network error over", func(b *Bar) { connected(b); b.NetworkError(start, "sendto: x") }, 3100 * ms, ""},
		{"network error, then fine", func(b *Bar) {
			connected(b)
			b.NetworkError(start, "sendto: x")
			b.NetworkOK(at(s))
		}, 2 * s, ""},
		{"network error while late", func(b *Bar) { connected(b); b.NetworkError(at(7*s), "sendto: x") }, 8 * s,
			"mosh: sendto: x (8 s without contact.)" + hint},
		{"crypto", func(b *Bar) { connected(b); b.CryptoError(start, "bad tag") }, 500 * ms, "mosh: Crypto exception: bad tag" + hint},
	}
	for _, c := range cases {
		b := newBar("Ctrl-^")
		c.do(b)
		if got := b.Text(at(c.at)); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
	b := newBar("")
	b.Connected(start)
	if got := b.Text(at(8 * s)); got != "mosh: Last contact 8 seconds ago." {
		t.Errorf("without escape key: %q", got)
	}
}

// The bar appears on the deadline itself: stock shows it at whatever wake-up follows (spec section 7, [R]).
func TestDeadlines(t *testing.T) {
	b := newBar("Ctrl-^")
	b.Connected(at(time.Second))
	b.Late(at(time.Second))
	var shown []time.Duration
	was := ""
	for now := at(2 * time.Second); now.Before(at(12 * time.Second)); {
		if text := b.Text(now); (text == "") != (was == "") {
			shown = append(shown, now.Sub(start))
			was = text
		}
		next := b.NextTimeout(now)
		if !next.After(now) {
			t.Fatalf("at %v the next timeout is %v", now.Sub(start), next.Sub(start))
		}
		now = next
	}
	if len(shown) != 1 || shown[0] != 7501*time.Millisecond {
		t.Errorf("bar changed at %v", shown)
	}
	if d := b.NextTimeout(at(2 * time.Minute)).Sub(at(2 * time.Minute)); d != 3*time.Second {
		t.Errorf("after a minute it counts every %v", d)
	}
	idle := newBar("Ctrl-^")
	idle.Permanent("Exiting...")
	if !idle.NextTimeout(at(time.Minute)).IsZero() {
		t.Error("a permanent text needs no timer")
	}
}

func TestApply(t *testing.T) {
	f := vt.NewFrame(20, 3)
	f.Cursor = vt.Cursor{Row: 0, Col: 3}
	b := newBar("Ctrl-^")
	out := b.Apply(at(time.Second), f)
	// [M]: 20 columns show "mosh: Nothing receiv".
	if got := row(out, 0); got != "mosh: Nothing receiv" {
		t.Errorf("row 0: %q", got)
	}
	want := vt.Rendition{FG: vt.PaletteColor(7), BG: vt.PaletteColor(4), Attr: vt.Bold}
	if got := out.Cell(0, 0).Rendition; got != want {
		t.Errorf("rendition %+v", got)
	}
	if out.Modes.CursorVisible {
		t.Error("cursor is under the bar and visible")
	}
	if out.Rows[1] != f.Rows[1] || out.Rows[2] != f.Rows[2] || f.Rows[0] == out.Rows[0] {
		t.Error("the bar covers row 0 and nothing else")
	}
	f.Cursor.Row = 1
	if !b.Apply(at(time.Second), f).Modes.CursorVisible {
		t.Error("cursor below the bar is hidden")
	}
	b.Connected(at(time.Second))
	if b.Apply(at(time.Second), f) != f {
		t.Error("nothing to show, but a copy was made")
	}
}

func TestWideText(t *testing.T) {
	f := vt.NewFrame(10, 1)
	b := newBar("")
	b.Message(start, "ab日本", time.Second)
	b.Connected(start)
	if got := row(b.Apply(start, f), 0); got != "mosh: ab日" {
		t.Errorf("row 0: %q", got)
	}
}

func TestTitle(t *testing.T) {
	cases := []struct {
		name, title, icon, wantTitle, wantIcon string
		set, prefix                            bool
	}{
		{"both equal", "x", "x", "[mosh] x", "[mosh] x", true, true},
		{"icon differs", "x", "y", "[mosh] x", "y", true, true},
		{"never set", "", "", "", "", false, true},
		{"switched off", "x", "x", "x", "x", true, false},
	}
	for _, c := range cases {
		f := vt.NewFrame(10, 2)
		f.Title, f.Icon, f.TitleSet = c.title, c.icon, c.set
		b := New(start, Config{TitlePrefix: c.prefix})
		b.Connected(start)
		out := b.Apply(start, f)
		if out.Title != c.wantTitle || out.Icon != c.wantIcon {
			t.Errorf("%s: title %q icon %q", c.name, out.Title, out.Icon)
		}
	}
}

func TestStatus(t *testing.T) {
	s := Status{RTT: 123 * time.Millisecond, Loss: 0.05, Contact: start, Keys: 200, Shown: 180, Wrong: 1, Peer: "mosh-server 1.4.0"}
	want := "RTT 123 ms, loss 5 %, contact 2 s ago, 200 keys, 180 predicted, 1 wrong, mosh-server 1.4.0."
	if got := s.Text(at(2 * time.Second)); got != want {
		t.Errorf("got %q", got)
	}
	b := newBar("Ctrl-^")
	b.Connected(start)
	b.ShowStatus(start, s)
	if got := b.Text(at(time.Second)); !strings.HasPrefix(got, "mosh: RTT 123 ms") {
		t.Errorf("bar: %q", got)
	}
}
