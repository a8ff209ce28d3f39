package mosh

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestQuoteSurvivesLoginShells lets each shell do what sshd makes it do: read one string with -c.
func TestQuoteSurvivesLoginShells(t *testing.T) {
	words := []string{
		"plain", "", "two words", "tab\there", "it's", "'", "''", `\`, `a\b`, `\\`, `\'`, `ends in \`, `"double"`, "`x`", "$HOME", "${x}", "$(id)",
		"a!b", "!!", `\!`, "wow!", "*", "?", "[a]", "{a,b}", "~", "~root", "#no", "a;b", "a&b", "a|b", "<>", "(a)", "%1", "^x^y", "=ls", "-n", "ü€🙂",
		"sh -c 'echo \"it'\\''s\"'", "\x01\x7f",
	}
	for _, shell := range []string{"bash", "dash", "zsh", "fish", "tcsh"} {
		out, err := exec.Command(shell, "-c", "/usr/bin/printf '%s\\036' "+quoteAll(words)).CombinedOutput()
		got := strings.Split(strings.TrimSuffix(string(out), "\x1e"), "\x1e")
		if err != nil || !slices.Equal(got, words) {
			t.Errorf("%s: %v\ngot  %q\nwant %q", shell, err, got, words)
		}
	}
}

func TestSplitWords(t *testing.T) {
	cases := []struct {
		in   string
		want []string // nil: an error
	}{
		{"ssh -p 2222", []string{"ssh", "-p", "2222"}},
		{"  ssh\t-v\n", []string{"ssh", "-v"}},
		{`ssh -o "Name with blanks" 'a"b' c\ d`, []string{"ssh", "-o", "Name with blanks", `a"b`, "c d"}},
		{`a"b"'c'd`, []string{"abcd"}},
		{`'' ""`, []string{"", ""}},
		{`"\$\"\\\x"`, []string{`$"\\x`}},
		{"$HOME *", []string{"$HOME", "*"}}, // "no expansion"
		{"ssh 'x", nil},
		{`ssh "x`, nil},
		{`ssh x\`, nil},
	}
	for _, c := range cases {
		got, err := splitWords(c.in)
		if (err != nil) != (c.want == nil) || !slices.Equal(got, c.want) {
			t.Errorf("%q: got %q, %v, want %q", c.in, got, err, c.want)
		}
	}
}

func FuzzSplitWords(f *testing.F) {
	f.Add(`ssh -o "a b" 'c' \d`)
	f.Fuzz(func(t *testing.T, s string) {
		words, err := splitWords(s)
		if err != nil || strings.ContainsAny(s, "\x00") {
			return
		}
		again, err := splitWords(quoteAll(words))
		if err != nil || !slices.Equal(words, again) {
			t.Errorf("%q: %q became %q, %v", s, words, again, err)
		}
	})
}
