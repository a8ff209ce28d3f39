package ssp

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"encoding/json"
	"hash/crc32"
	"io"
	"os"
	"slices"
	"testing"
)

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

// generate makes the texts of testdata/zlib.json.
func generate(kind string, n int, seed uint64) []byte {
	words := []string{"the", " ", "\x1b[0;38;5;12m", "error", "\r\n", "file_", "\x1b[K", "0123", "$ ", "ls -l", "\u2500", "drwxr-xr-x", "\x1b[24;80H"}
	x := seed
	var out []byte
	for len(out) < n {
		x = x*6364136223846793005 + 1442695040888963407
		r := x >> 33
		word := words[r%uint64(len(words))]
		switch kind {
		case "random":
			out = append(out, byte(r))
		case "ascii":
			out = append(out, byte(97+r%26))
		case "words":
			out = append(out, word...)
		case "skew":
			out = append(out, min(byte(r), byte(r>>8), byte(r>>16), byte(r>>4))/3)
		case "zero":
			out = append(out, 0)
		case "mixed":
			if len(out)/5000%2 == 1 {
				out = append(out, byte(r))
			} else {
				out = append(out, word...)
			}
		case "repeat":
			if len(out) > 10 && r%3 != 0 {
				d := 1 + int(r>>8)%min(len(out), 40000)
				for range 3 + int(r>>3)%300 {
					out = append(out, out[len(out)-d])
				}
			} else {
				out = append(out, byte(r>>5)&0x7f)
			}
		case "fib":
			k := 0
			for k < 25 && r>>k&1 == 1 {
				k++
			}
			out = append(out, byte(k*7))
		}
	}
	return out[:n]
}

// "re-compressing with ordinary zlib reproduces the stock bytes": ours are those of zlib.
func TestDeflateIsZlib(t *testing.T) {
	var v struct {
		Cases []struct {
			Kind    string
			Length  int
			Seed    uint64
			TextCRC uint32 `json:"text_crc32"`
			Size    int    `json:"zlib_length"`
			CRC     uint32 `json:"zlib_crc32"`
		}
	}
	readVectors(t, "zlib.json", &v)
	if len(v.Cases) == 0 {
		t.Fatal("no cases")
	}
	var d deflater
	var z inflater
	for _, c := range v.Cases {
		text := generate(c.Kind, c.Length, c.Seed)
		if crc32.ChecksumIEEE(text) != c.TextCRC {
			t.Fatalf("%s %d: the generator differs", c.Kind, c.Length)
		}
		got := d.append(nil, text)
		if len(got) != c.Size || crc32.ChecksumIEEE(got) != c.CRC {
			t.Errorf("%s %d: %d octets, zlib makes %d", c.Kind, c.Length, len(got), c.Size)
		}
		back, err := z.inflate(got, nil)
		if err != nil || !bytes.Equal(back, text) {
			t.Errorf("%s %d does not inflate: %v", c.Kind, c.Length, err)
		}
	}
}

// Every instruction of the captured sessions compresses to what stock sent.
func TestDeflateSessions(t *testing.T) {
	var d deflater
	for _, name := range sessionFiles {
		for i, x := range readSession(t, name).Datagrams {
			if x.Instruction == nil {
				continue
			}
			if got := d.append(nil, x.Instruction.Protobuf); !bytes.Equal(got, x.Instruction.Compressed) {
				t.Errorf("%s %d: %x, want %x", name, i, got, x.Instruction.Compressed)
			}
		}
	}
}

func FuzzDeflate(f *testing.F) {
	f.Add([]byte("hello hello hello"))
	f.Add(generate("words", 3000, 1))
	f.Add(slices.Repeat([]byte{0, 1}, 400))
	f.Fuzz(func(t *testing.T, text []byte) {
		var d deflater
		r, err := zlib.NewReader(bytes.NewReader(d.append(nil, text)))
		if err != nil {
			t.Fatal(err)
		}
		back, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(back, text) {
			t.Errorf("%q came back as %q, %v", text, back, err)
		}
	})
}

// A quick deflater loses nothing, whatever the text, and little of the size of long ones.
func TestQuickDeflater(t *testing.T) {
	exact, quick := deflater{}, deflater{quick: true}
	for _, kind := range []string{"random", "ascii", "words", "skew", "zero", "mixed", "repeat", "fib"} {
		for _, n := range []int{0, 1, 100, longText - 1, longText, 20000, 70000} {
			text := generate(kind, n, 1)
			got := quick.append(nil, text)
			r, err := zlib.NewReader(bytes.NewReader(got))
			if err != nil {
				t.Fatal(err)
			}
			back, err := io.ReadAll(r)
			if err != nil || !bytes.Equal(back, text) {
				t.Fatalf("%s, %d octets: not what was compressed (%v)", kind, n, err)
			}
			want := len(exact.append(nil, text))
			if n < longText && len(got) != want || len(got) > want+want*3/10 {
				t.Errorf("%s, %d octets: %d octets instead of %d", kind, n, len(got), want)
			}
		}
	}
}
