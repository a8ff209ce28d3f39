package wire

import (
	"bytes"
	"encoding/hex"
	"math"
	"reflect"
	"strings"
	"testing"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAppend(t *testing.T) {
	cases := []struct {
		what string
		got  []byte
		want string
	}{
		{"key a", AppendKeystroke(nil, []byte("a")), "0a05 1203 220161"},
		{"resize 80x24", AppendResize(nil, 80, 24), "0a06 1a04 28503018"},
		{"resize 300x200", AppendResize(nil, 300, 200), "0a08 1a06 28ac02 30c801"},
		{"echo ack 1", AppendEchoAck(nil, 1), "0a04 3a02 4001"},
		{"echo ack 2^64-1", AppendEchoAck(nil, math.MaxUint64), "0a0d 3a0b 40ffffffffffffffffff01"},
		{"hello", AppendExtension(nil, Extension{Hello: &Hello{Version: 1, Features: FeatureSet(FeatureTTY, FeatureExit, FeatureScreen), Program: "m"}}),
			"0a0f c23e0c 0a0a 0801 1203010203 1a016d"},
		{"tty", AppendExtension(nil, Extension{TTY: &TTY{Echo: true}}), "0a09 c23e06 1204 0801 1000"},
		{"terminal", AppendExtension(nil, Extension{Terminal: &Terminal{Foreground: 1<<24 | 0xffffff, Kitty: true}}), "0a0e c23e0b 2209 08ffffff0f 1000 1801"},
		{"exit", AppendExtension(nil, Extension{Exit: &Exit{Status: 7}}), "0a09 c23e06 1a04 0807 1000"},
	}
	for _, c := range cases {
		if want := unhex(t, c.want); !bytes.Equal(c.got, want) {
			t.Errorf("%s: got %x, want %x", c.what, c.got, want)
		}
	}
}

// What stock takes, and how it takes it (spec/protocol.md, sections 8 and 10.1; probes).
func TestUserMessageTolerance(t *testing.T) {
	keys := func(s string) Instruction { return Instruction{Kind: Keystroke, Bytes: []byte(s)} }
	cases := []struct {
		what, hex string
		want      []Instruction
		bad       bool
	}{
		{"empty message", "", nil, false},
		{"empty instruction", "0a00", []Instruction{{}}, false},
		{"unknown field of the message", "1005 0a05 1203 220161", []Instruction{keys("a")}, false},
		{"unknown instruction 9", "0a06 4a04 22027a7a", []Instruction{{}}, false},
		{"undeclared field 1", "0a07 0805 1203 220161", []Instruction{keys("a")}, false},
		{"keystroke with wrong wire type", "0a02 1005", []Instruction{{}}, false},
		{"keystroke and resize: keystroke only", "0a0b 1a04 28503018 1203 220161", []Instruction{keys("a")}, false},
		{"resize and extension: resize only", "0a0c 1a04 28503018 c23e 03 120108", []Instruction{{Kind: Resize, Width: 80, Height: 24}}, false},
		{"keys twice: the last", "0a08 1206 220161 220162", []Instruction{keys("b")}, false},
		{"echo ack is not a user's", "0a04 3a02 4001", []Instruction{{}}, false},
		{"instruction with wrong wire type", "0805", nil, false},
		{"group", "0b 0c 0a05 1203 220161", []Instruction{keys("a")}, false},
		{"resize 1x1", "0a06 1a04 28013001", []Instruction{{Kind: Resize, Width: 1, Height: 1}}, false},
		{"resize 0x0", "0a06 1a04 28003000", nil, true},
		{"resize without height", "0a04 1a02 2850", nil, true},
		{"resize negative", "0a0f 1a0d 28ffffffffffffffffff01 3018", nil, true},
		{"length beyond the end", "0a05 1203 2205", nil, true},
		{"field number 0", "0005", nil, true},
		{"not protobuf", "ffffffff", nil, true},
		{"extension that is no protobuf", "0a04 c23e01 ff", []Instruction{{Kind: BadExtension}}, false},
		{"extension with unknown field 31", "0a0a c23e07 fa0100 12020801", []Instruction{{Kind: Extended, Extension: Extension{TTY: &TTY{Echo: true}}}}, false},
	}
	for _, c := range cases {
		var got []Instruction
		var err error
		for ins, e := range UserMessage(unhex(t, c.hex)).Instructions() {
			if err = e; err == nil {
				got = append(got, ins)
			}
		}
		if (err != nil) != c.bad || !c.bad && !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %+v, %v, want %+v", c.what, got, err, c.want)
		}
	}
}

func TestExtensionLimits(t *testing.T) {
	packed := func(n int) []byte {
		return appendBytes(nil, 1, appendBytes(nil, 2, bytes.Repeat([]byte{5}, n)))
	}
	if e, err := ParseExtension(packed(64)); err != nil || e.Hello.Features != FeatureSet(5) {
		t.Errorf("64 features: %+v, %v", e.Hello, err)
	}
	if _, err := ParseExtension(packed(65)); err == nil {
		t.Error("65 features are taken")
	}
	if e, err := ParseExtension(unhex(t, "0a0a 1003 1005 12028101 2007")); err != nil || e.Hello.Features != FeatureSet(3, 5) || e.Hello.Widths != 7 {
		t.Errorf("unpacked features, number 129 ignored: %+v, %v", e.Hello, err)
	}
	if _, err := ParseExtension(appendBytes(nil, 30, make([]byte, MaxExtension-4))); err != nil {
		t.Errorf("4096 octets: %v", err)
	}
	if _, err := ParseExtension(appendBytes(nil, 30, make([]byte, MaxExtension))); err == nil {
		t.Error("an extension of more than 4096 octets is taken")
	}
	for _, p := range []string{strings.Repeat("x", 65), "bell\a", "caf\xc3\xa9"} {
		e, err := ParseExtension(appendBytes(nil, 1, appendBytes(nil, 3, []byte(p))))
		if err != nil || e.Hello.Program != "" {
			t.Errorf("program %q: %+v, %v", p, e.Hello, err)
		}
	}
	want := Extension{Hello: &Hello{Version: 1, Features: FeatureSet(1, 2, 3, 63), Program: "mosh 1", Widths: 3}, TTY: &TTY{Canonical: true}, Exit: &Exit{Status: 1, Signal: 9}}
	if got, err := ParseExtension(want.Append(nil)); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
}

// "All fields optional ... absent numbers read as 0 ... any order; last duplicate wins"
func TestTransportTolerance(t *testing.T) {
	got, err := ParseTransportInstruction(unhex(t, "3a0163 320164 1005 1863 1802 0802 4007 c23e00 2d00000000"))
	want := TransportInstruction{Version: 2, Old: 5, New: 2, Diff: []byte("d"), Chaff: []byte("c"), Probed: 7}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := ParseTransportInstruction(nil); err != nil || !reflect.DeepEqual(got, TransportInstruction{}) {
		t.Errorf("empty: %+v, %v", got, err)
	}
	for _, bad := range []string{"32", "3205", "08", "0007", "ffff"} {
		if _, err := ParseTransportInstruction(unhex(t, bad)); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}
