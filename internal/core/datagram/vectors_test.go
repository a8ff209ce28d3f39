package datagram

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"net/netip"
	"os"
	"strconv"
	"testing"
	"time"
)

// octets is a hex string in a vector file.
type octets []byte

func (o *octets) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	var err error
	*o, err = hex.DecodeString(s)
	return err
}

func readVectors(t testing.TB, name string, into any) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func keyOf(t testing.TB, b []byte) Key {
	t.Helper()
	if len(b) != KeySize {
		t.Fatalf("key of %d octets", len(b))
	}
	return NewKey([KeySize]byte(b))
}

// at is the moment at which a clock shows ms.
func at(ms int64) time.Time { return time.UnixMilli(ms) }

func TestKeyVectors(t *testing.T) {
	var v struct {
		Valid []struct {
			Hex  octets `json:"key_hex"`
			Text string `json:"printable"`
		}
		Invalid []struct {
			Text string `json:"printable"`
			Why  string
		}
	}
	readVectors(t, "keys.json", &v)
	if len(v.Valid) == 0 || len(v.Invalid) == 0 {
		t.Fatal("no vectors")
	}
	for _, c := range v.Valid {
		k, err := ParseKey(c.Text)
		if err != nil || !bytes.Equal(k.b[:], c.Hex) || k.Text() != c.Text {
			t.Errorf("%s: got %x, %q, %v", c.Text, k.b, k.Text(), err)
		}
	}
	for _, c := range v.Invalid {
		if _, err := ParseKey(c.Text); err == nil {
			t.Errorf("%q was accepted: %s", c.Text, c.Why)
		}
	}
}

func TestRTTVectors(t *testing.T) {
	var v struct {
		Runs [][]struct {
			Sample   int `json:"sample_ms"`
			SRTT     float64
			RTTVAR   float64
			RTO      int64
			Interval int64 `json:"frame_interval"`
		}
		Timestamps []struct {
			Clock int64 `json:"clock_ms"`
			Wire  uint16
		}
		Replies []struct {
			Saved uint16
			Held  int64 `json:"held_ms"`
			CE    bool
			Reply uint16
		}
	}
	readVectors(t, "rtt.json", &v)
	for i, run := range v.Runs {
		var r RTT
		for j, s := range run {
			r.Sample(s.Sample)
			srtt, rttvar := r.estimate()
			if srtt != s.SRTT || rttvar != s.RTTVAR || r.RTO().Milliseconds() != s.RTO || r.SendInterval().Milliseconds() != s.Interval {
				t.Errorf("run %d sample %d: got %v %v %v %v, want %+v", i, j, srtt, rttvar, r.RTO(), r.SendInterval(), s)
			}
		}
	}
	for _, c := range v.Timestamps {
		if got := timestamp(at(c.Clock)); got != c.Wire {
			t.Errorf("timestamp at %d: got %d, want %d", c.Clock, got, c.Wire)
		}
	}
	for _, c := range v.Replies {
		var h heldTimestamp
		h.save(at(1000), c.Saved, c.CE)
		if got := h.reply(at(1000 + c.Held)); got != c.Reply {
			t.Errorf("%+v: got %d", c, got)
		}
	}
	var none RTT
	if none.RTO() != time.Second || none.SendInterval() != 250*time.Millisecond || none.Sampled() {
		t.Error("initial values: SRTT 1000, RTO 1000, frame interval 250")
	}
}

// mirror is the end that receives what this end sends.
func (d Direction) mirror() Direction { return 1 - d }

func TestOCBVectors(t *testing.T) {
	var v struct {
		Key  octets
		Mosh []struct {
			Direction Direction `json:"direction_bit"`
			Seq       string
			Plaintext octets
			Datagram  octets
		} `json:"mosh_shape"`
	}
	readVectors(t, "ocb.json", &v)
	if len(v.Mosh) == 0 {
		t.Fatal("no vectors")
	}
	for i, c := range v.Mosh {
		seq, err := strconv.ParseUint(c.Seq, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		e := NewEndpoint(keyOf(t, v.Key), c.Direction)
		n := seq | uint64(c.Direction)<<63
		buf := append(bytes.Clone(c.Plaintext), make([]byte, tagSize)...)
		e.seal.seal(n, buf)
		if !bytes.Equal(buf, c.Datagram[nonceSize:]) {
			t.Errorf("vector %d: got %x, want %x", i, buf, c.Datagram[nonceSize:])
		}
		if !e.open.open(n, buf[:len(buf)-tagSize], buf[len(buf)-tagSize:]) || !bytes.Equal(buf[:len(buf)-tagSize], c.Plaintext) {
			t.Errorf("vector %d does not open again", i)
		}
	}
}

// session is a capture of stock mosh 1.4.0.
type session struct {
	Key       octets `json:"key_hex"`
	Datagrams []struct {
		Datagram  octets    `json:"datagram_hex"`
		Direction Direction `json:"direction_bit"`
		Seq       uint64
		Plaintext octets `json:"plaintext_hex"`
		Timestamp uint16
		Reply     *uint16 `json:"timestamp_reply"`
	}
}

var sessionFiles = []string{"session_server_exit_ipv4.json", "session_client_quit_ipv6.json", "session_loss_ipv4.json"}

// Captured datagrams open to the captured plaintext, and sealing that with the same clock gives the same octets.
func TestSessionsReencrypt(t *testing.T) {
	for _, name := range sessionFiles {
		var s session
		readVectors(t, name, &s)
		if len(s.Datagrams) == 0 {
			t.Fatalf("%s is empty", name)
		}
		for i, d := range s.Datagrams {
			r := NewEndpoint(keyOf(t, s.Key), d.Direction.mirror())
			payload, err := r.Open(at(0), netip.AddrPort{}, false, d.Datagram)
			if err != nil || !bytes.Equal(payload, d.Plaintext[timestampSize:]) {
				t.Fatalf("%s %d: %x, %v", name, i, payload, err)
			}
			e := NewEndpoint(keyOf(t, s.Key), d.Direction)
			e.nextSeq = d.Seq
			if d.Reply != nil {
				e.held = heldTimestamp{held: true, ts: *d.Reply, at: int64(d.Timestamp)}
			}
			got, err := e.AppendSeal(nil, at(int64(d.Timestamp)), payload)
			if err != nil || !bytes.Equal(got, d.Datagram) {
				t.Fatalf("%s %d: sealed %x, %v, want %x", name, i, got, err, d.Datagram)
			}
		}
	}
}
