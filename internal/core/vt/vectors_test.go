package vt

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// vector is a case of terminal-emulation.json; its format is explained in the file.
type vector struct {
	ID, Title, Implement string
	Cols, Rows           int
	InputHex             string `json:"input_hex"`
	Stock, Xterm         *struct {
		Rows     []string
		Cursor   *[2]int
		ReplyHex string `json:"reply_hex"`
	}
}

// text returns the rows of f as the vectors write them: trailing blanks trimmed.
func text(f *Frame) []string {
	rows := make([]string, f.Height)
	for i, r := range f.Rows {
		var b []byte
		for _, c := range r.Cells {
			if c.Content.Empty() {
				b = append(b, ' ')
			}
			b = f.Interns.AppendContent(b, c.Content)
		}
		rows[i] = strings.TrimRight(string(b), " ")
	}
	return rows
}

func TestVectors(t *testing.T) {
	// What differs from xterm and why.
	deviations := map[string]string{
		"comb-pending": "xterm composes to NFC, we keep code points as they come",
		"comb-limit":   "xterm composes to NFC and stops at two marks, we at 64 octets",
		"screen-title": "the title of ESC k is swallowed",
		"utf8-bad3":    "maximal-subpart replacement of Unicode chapter 3",
		"emoji-zwj":    "the joiner is part of the cluster",
		"da":           "the answers say what we have",
		"vs16":         "the variation selector makes the cluster wide",
	}
	var file struct{ Vectors []vector }
	data, err := os.ReadFile("testdata/terminal-emulation.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	for _, v := range file.Vectors {
		t.Run(v.ID, func(t *testing.T) {
			input, err := hex.DecodeString(v.InputHex)
			if err != nil {
				t.Fatal(err)
			}
			want := v.Xterm
			if want == nil {
				want = v.Stock
			}
			term := New(v.Cols, v.Rows, Options{})
			term.Write(time.Time{}, input)
			f := term.Snapshot(time.Time{}.Add(SyncLimit))
			got := text(f)
			reply := hex.EncodeToString(term.AppendReplies(nil))
			same := slices.Equal(got, want.Rows) && reply == want.ReplyHex &&
				(want.Cursor == nil || *want.Cursor == [2]int{f.Cursor.Row, f.Cursor.Col})
			if reason, ok := deviations[v.ID]; ok {
				if same {
					t.Errorf("is no deviation any more (%s)", reason)
				}
				return
			}
			if !slices.Equal(got, want.Rows) {
				t.Errorf("%s (%s)\n got %q\nwant %q", v.Title, v.Implement, got, want.Rows)
			}
			if c := want.Cursor; c != nil && *c != [2]int{f.Cursor.Row, f.Cursor.Col} {
				t.Errorf("%s (%s): cursor %v, want %v", v.Title, v.Implement, f.Cursor, *c)
			}
			if reply != want.ReplyHex {
				t.Errorf("%s: reply %q, want %q", v.Title, reply, want.ReplyHex)
			}
		})
	}
}
