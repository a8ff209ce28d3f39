package display

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"mosh/internal/core/vt"
	"mosh/internal/core/width"
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

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// rowText returns the text of row y of f as the vectors have it: blanks as spaces, none at the end.
func rowText(f *vt.Frame, y int) string {
	var s []byte
	for _, k := range f.Rows[y].Cells {
		switch {
		case k.Content.IsTail():
		case k.Content.Empty():
			s = append(s, ' ')
		default:
			s = f.Interns.AppendContent(s, k.Content)
		}
	}
	return strings.TrimRight(string(s), " ")
}

// deviations are the vectors in which our frame is not stock's, or our diff is longer, each with the reason.
var deviations = map[string]string{
	"icon-only":       "an icon name alone is a change (spec/terminal.md, 10, defect 6)",
	"fallback":        "a mark without a base is dropped, as in xterm (3.4)",
	"clipboard-query": "a query is not a text (10, defect 5)",
	"ris-clipboard":   "RIS leaves the clipboard alone (2.6)",
	"clipboard-same":  "the same text set again is sent again (10, defect 5)",
	"clipboard-p":     "any selection reaches the clipboard of a stock peer (7.2)",
	"wide-overwrite":  "the character on the wide tail is shown (10, defect 4)",
}

func TestDiffVectors(t *testing.T) {
	var file struct {
		Vectors []struct {
			ID            string
			Cols, Rows    int
			BeforeHex     string   `json:"before_hex"`
			ThenHex       string   `json:"then_hex"`
			HoststringHex string   `json:"hoststring_hex"`
			ResultRows    []string `json:"result_rows"`
			ResultCursor  [2]int   `json:"result_cursor"`
		}
	}
	readVectors(t, "terminal-diff.json", &file)
	c := Stock()
	ours, stocks := 0, 0
	for _, v := range file.Vectors {
		t.Run(v.ID, func(t *testing.T) {
			stockWidths := width.Stock
			sender := vt.New(v.Cols, v.Rows, vt.Options{Widths: &stockWidths})
			receiver := vt.New(v.Cols, v.Rows, vt.Options{Receiver: true, Widths: &stockWidths})
			sender.Write(epoch, unhex(t, v.BeforeHex))
			before := sender.Snapshot(epoch)
			receiver.Write(epoch, AppendDiff(nil, &c, vt.NewFrame(v.Cols, v.Rows), before))
			sender.Write(epoch, unhex(t, v.ThenHex))
			want := sender.Snapshot(epoch)
			diff := AppendDiff(nil, &c, before, want)
			receiver.Write(epoch, diff)
			got := receiver.Snapshot(epoch)
			if a, b := show(&c, got, want), show(&c, want, want); strings.Join(a, "\n") != strings.Join(b, "\n") {
				t.Errorf("diff %q\n got %s\nwant %s", diff, a, b)
			}
			stock := unhex(t, v.HoststringHex)
			ours, stocks = ours+len(diff), stocks+len(stock)
			if model := stockDiff(before, want); string(model) != string(stock) && deviations[v.ID] == "" {
				t.Errorf("the model of stock writes %q, stock %q", model, stock)
			}
			bad := ""
			for y, s := range v.ResultRows {
				if s != rowText(want, y) {
					bad = "row"
				}
			}
			if v.ResultCursor != [2]int{want.Cursor.Row, want.Cursor.Col} {
				bad = "cursor"
			}
			if len(diff) > len(stock) || len(stock) > 0 && len(diff) == 0 {
				bad = "longer, or nothing"
			}
			if reason := deviations[v.ID]; (bad != "") != (reason != "") {
				t.Errorf("%s (marked %q):\nours  %q\nstock %q", bad, reason, diff, stock)
			}
		})
	}
	t.Logf("%d octets, stock %d", ours, stocks)
}
