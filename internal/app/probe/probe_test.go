package probe

import (
	"bytes"
	"net/netip"
	"os/exec"
	"regexp"
	"strconv"
	"testing"

	"mosh/internal/core/datagram"
	"mosh/internal/core/wire"
	"mosh/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

var connectPattern = regexp.MustCompile(`MOSH CONNECT (\d+) (\S{22})`)

// start runs a stock mosh-server whose program fills the screen with text that does not compress.
func start(t *testing.T, bind string) (uint16, datagram.Key) {
	t.Helper()
	cmd := exec.Command("/usr/bin/mosh-server", "new", "-i", bind, "-c", "8", "-l", "LC_ALL=C.UTF-8", "--",
		"sh", "-c", "LC_ALL=C tr -dc a-zA-Z0-9 </dev/urandom | head -c 4800; sleep 60")
	out, err := cmd.CombinedOutput()
	m := connectPattern.FindSubmatch(out)
	if err != nil || m == nil {
		t.Fatalf("mosh-server: %v\n%s", err, out)
	}
	port, _ := strconv.Atoi(string(m[1]))
	key, err := datagram.ParseKey(string(m[2]))
	if err != nil {
		t.Fatal(err)
	}
	return uint16(port), key
}

// TestProbe measures a stock server on both families, one after the other in one session.
func TestProbe(t *testing.T) {
	port, key := start(t, "::")
	c := New(key)
	defer c.Close()
	for _, address := range []string{"127.0.0.1", "::1"} {
		r := c.Probe(netip.AddrPortFrom(netip.MustParseAddr(address), port))
		t.Logf("%s: %+v", address, r)
		if r.Err != nil || r.Answered < count/2 || r.RTT == 0 {
			t.Errorf("%s: %+v", address, r)
		}
		if r.LargestOut != sizes[0] {
			t.Errorf("%s: largest to the server %d, want %d", address, r.LargestOut, sizes[0])
		}
		if address == "127.0.0.1" && r.LargestIn < 1200 {
			t.Errorf("%s: largest from the server %d", address, r.LargestIn)
		}
	}
}

// TestNobody: nothing listens, which Linux tells.
func TestNobody(t *testing.T) {
	c := New(datagram.Key{})
	defer c.Close()
	r := c.Probe(netip.MustParseAddrPort("127.0.0.1:9"))
	if r.Answered != 0 || !r.Refused {
		t.Errorf("%+v, want no answer and a refusal", r)
	}
}

func TestPayloadSize(t *testing.T) {
	c := New(datagram.Key{})
	defer c.Close()
	for _, size := range sizes {
		c.state++
		if got := len(c.payload(c.state, size)) + datagram.Overhead; got != size {
			t.Errorf("size %d came out as %d", size, got)
		}
	}
}

func FuzzAssembly(f *testing.F) {
	ins := wire.TransportInstruction{Version: wire.Version, New: 5, Ack: 3, Diff: []byte("diff")}
	f.Add(appendFragment(nil, 1, ins.Append(nil)), []byte{})
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1}, []byte{0, 0, 0, 0, 0, 0, 0, 1, 0x80, 1, 2})
	f.Fuzz(func(t *testing.T, first, second []byte) {
		var a assembly
		a.add(first)
		a.add(second)
	})
}

func TestAssembly(t *testing.T) {
	want := wire.TransportInstruction{Version: wire.Version, New: 5, Ack: 3, Diff: bytes.Repeat([]byte("diff"), 9)}
	whole := appendFragment(nil, 7, want.Append(nil))
	half := len(whole)/2 + headerSize/2
	first, second := bytes.Clone(whole[:half]), append(bytes.Clone(whole[:headerSize]), whole[half:]...)
	first[8] &^= 0x80
	second[9] = 1
	for _, order := range [][][]byte{{first, second}, {second, first}, {first, first, second}} {
		var a assembly
		var got wire.TransportInstruction
		complete := 0
		for _, payload := range order {
			if ins, ok := a.add(payload); ok {
				got, complete = ins, complete+1
			}
		}
		if complete != 1 || got.New != want.New || got.Ack != want.Ack || !bytes.Equal(got.Diff, want.Diff) {
			t.Errorf("completed %d times, got %+v", complete, got)
		}
	}
}
