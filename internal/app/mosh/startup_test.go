package mosh

import (
	"bytes"
	"io"
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"mosh/internal/app/version"
)

const key = "AAAAAAAAAAAAAAAAAAAAAA"

func TestStartupSplitAnywhere(t *testing.T) {
	text := "motd\r\n\nMOSH IP tok 192.0.2.1,2001:db8::1\nMOSH SSH_CONNECTION 1.2.3.4 5 ::ffff:192.0.2.9 22\r\nlast\nprompt$ MOSH CONNECT 60001 " + key + "\r\nnever seen"
	for split := range len(text) {
		var out bytes.Buffer
		st := &startup{out: &out, token: "tok"}
		for _, part := range []string{text[:split], text[split:]} {
			if st.done() {
				break
			}
			if err := st.take([]byte(part)); err != nil {
				t.Fatal(err)
			}
		}
		if out.String() != "motd\r\n\nlast\nprompt$ \n" {
			t.Fatalf("split at %d: shown %q", split, out.String())
		}
		if st.port != 60001 || string(st.key) != key || joinAddresses(st.proxy) != "192.0.2.1,2001:db8::1" || st.ssh.String() != "192.0.2.9" {
			t.Fatalf("split at %d: got %+v", split, st)
		}
	}
}

func TestStartupLastLineWithoutEnd(t *testing.T) {
	st := &startup{out: io.Discard}
	if err := st.take([]byte("MOSH CONNECT 60001 " + key)); err != nil || st.done() {
		t.Fatalf("done early: %v", err)
	}
	if err := st.end(); err != nil || st.port != 60001 {
		t.Fatalf("port %d, %v", st.port, err)
	}
}

func TestStartupEndlessLine(t *testing.T) {
	var out bytes.Buffer
	st := &startup{out: &out}
	for range 100 {
		if err := st.take(bytes.Repeat([]byte("x"), 4096)); err != nil {
			t.Fatal(err)
		}
	}
	if len(st.rest) > longestLine {
		t.Errorf("%d octets are held back", len(st.rest))
	}
}

// The line that holds the key is what the expression of spec/commands.md, A7, matches.
func FuzzCutConnect(f *testing.F) {
	for _, line := range []string{
		"MOSH CONNECT 60001 " + key, "prompt$ MOSH CONNECT 1 " + key + " \r", "MOSH CONNECT 1 MOSH CONNECT 2 " + key,
		"MOSH CONNECT 60001 " + key + "A", "MOSH CONNECT 60001 " + key[1:], "MOSH CONNECT  " + key, "MOSH CONNECT 6x " + key,
		"MOSH CONNECT 1 " + key[1:] + "-", "MOSH CONNECT 1 " + key + " x", "MOSH CONNECT " + key, "MOSH CONNECT 1 2 " + key, "",
	} {
		f.Add([]byte(line))
	}
	pattern := regexp.MustCompile(`MOSH CONNECT ([0-9]+) ([A-Za-z0-9/+]{22})\s*$`)
	f.Fuzz(func(t *testing.T, line []byte) {
		m := pattern.FindSubmatch(line)
		before, port, key, ok := cutConnect(line)
		if ok != (m != nil) {
			t.Fatalf("%q: %v, the expression says %v", line, ok, m != nil)
		}
		if ok && (string(port) != string(m[1]) || string(key) != string(m[2]) || string(before) != string(line[:pattern.FindIndex(line)[0]])) {
			t.Errorf("%q: %q %q %q, the expression finds %q", line, before, port, key, m)
		}
	})
}

func FuzzStartup(f *testing.F) {
	f.Add([]byte("MOSH IP tok 1.2.3.4\nMOSH SSH_CONNECTION 1 2 ::1 4\nMOSH CONNECT 60001 " + key + "\n"))
	f.Add([]byte("MOSH CONNECT 0 x\n"))
	f.Add([]byte("MOSH UNREACHABLE tok why\r\n\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		st := &startup{out: io.Discard, token: "tok"}
		if st.take(b) == nil && !st.done() {
			st.end()
		}
		if st.done() && (st.port < 1 || st.port > 65535 || len(st.key) != 22) {
			t.Errorf("%q: port %d, key of %d characters", b, st.port, len(st.key))
		}
	})
}

func TestArrange(t *testing.T) {
	mixed := []netip.Addr{netip.MustParseAddr("::1"), netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("::2"), netip.MustParseAddr("192.0.2.2")}
	cases := []struct {
		family string
		all    []netip.Addr
		want   string
	}{
		{"inet", mixed, "192.0.2.1,192.0.2.2"},
		{"inet6", mixed, "::1,::2"},
		{"prefer-inet", mixed, "192.0.2.1,192.0.2.2,::1,::2"},
		{"prefer-inet6", mixed, "::1,::2,192.0.2.1,192.0.2.2"},
		{"all", mixed, "::1,192.0.2.1,::2,192.0.2.2"},
		{"auto", mixed, "error: has IPv4 and IPv6 addresses"},
		{"auto", mixed[:1], "::1"},
		{"inet", mixed[:1], "error: has no IPv4 address"},
		{"inet6", mixed[1:2], "error: has no IPv6 address"},
	}
	for _, c := range cases {
		got, err := arrange(c.all, c.family)
		if gist, wantError := strings.CutPrefix(c.want, "error: "); wantError {
			if err == nil || !strings.Contains(err.Error(), gist) {
				t.Errorf("%s: error %v, want %q", c.family, err, gist)
			}
		} else if err != nil || joinAddresses(got) != c.want {
			t.Errorf("%s: got %v, %v, want %s", c.family, got, err, c.want)
		}
	}
}

func FuzzParseConfig(f *testing.F) {
	f.Add("Host a !b\nport 5\nssh = \"ssh -v\"\n#x\n", "a")
	f.Fuzz(func(t *testing.T, text, host string) {
		parseConfig("config", text, host)
		parseSSHConfig(text)
	})
}

// ssh is only ended early for a server that has left it: ours, after it has said so.
func TestDetached(t *testing.T) {
	connect := "\r\n\nMOSH CONNECT 60001 AAAAAAAAAAAAAAAAAAAAAA\r\n"
	ours := "\r\n" + strings.ReplaceAll(version.Text("mosh-server"), "\n", "\r\n") + "\r\n[mosh-server detached, pid = 77]\r\n"
	for text, want := range map[string]bool{
		ours: true,
		"\r\nmosh-server (mosh 1.4.0) [build mosh 1.4.0]\r\nCopyright 2012\r\n\r\n[mosh-server detached, pid = 77]\r\n": false,
		"": false,
		strings.TrimSuffix(ours, "[mosh-server detached, pid = 77]\r\n"): false,
	} {
		for cut := range len(connect + text) {
			st := &startup{out: io.Discard}
			if err := st.take([]byte((connect + text)[:cut])); err != nil {
				t.Fatal(err)
			}
			got := false
			if rest := []byte((connect + text)[cut:]); !st.done() {
				if err := st.take(rest); err != nil {
					t.Fatal(err)
				}
				got = st.detached(nil)
			} else {
				got = st.detached(nil) || st.detached(rest)
			}
			if got != want {
				t.Fatalf("%q cut at %d: %v", text, cut, got)
			}
		}
	}
}
