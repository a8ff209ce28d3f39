package vt

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"
	"time"
)

func TestTranslatorVectors(t *testing.T) {
	var file struct {
		Vectors []struct {
			Title string
			Out   string `json:"application_output_hex"`
			In    string `json:"user_input_hex"`
			Want  string `json:"to_application_hex"`
		}
	}
	data, err := os.ReadFile("testdata/terminal-userinput.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Vectors) == 0 {
		t.Fatal("no vectors")
	}
	for _, v := range file.Vectors {
		out, _ := hex.DecodeString(v.Out)
		in, _ := hex.DecodeString(v.In)
		term := New(80, 24, Options{})
		term.Write(time.Time{}, out)
		var tr Translator
		var got []byte
		for i := range in { // byte by byte: the state survives
			got = tr.Append(got, in[i:i+1], term.AppCursor(), 0)
		}
		if hex.EncodeToString(got) != v.Want {
			t.Errorf("%s: got %q, want %s", v.Title, got, v.Want)
		}
	}
}

func TestTranslatorKittyIsRaw(t *testing.T) {
	var tr Translator
	got := tr.Append(nil, []byte("\x1bO"), false, 0)
	got = tr.Append(got, []byte("A\x1bOA"), false, 1)
	if string(got) != "\x1bOA\x1bOA" {
		t.Errorf("got %q", got)
	}
}
