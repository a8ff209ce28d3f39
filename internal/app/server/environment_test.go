package server

import (
	"slices"
	"strings"
	"testing"
)

// TestLocalize is spec/commands.md, B3 and E1.4: no UTF-8 locale is needed, the environment's own wins, then the client's.
func TestLocalize(t *testing.T) {
	some := []string{"C.UTF-8", "de_DE.utf8"}
	cases := []struct {
		name, env, handed string
		known             []string // locales of the system
		want              string
	}{
		{"the own one is UTF-8", "LANG=C.UTF-8 LC_TIME=C", "LC_ALL=de_DE.UTF-8", some, "LANG=C.UTF-8 LC_TIME=C"},
		{"spelled otherwise", "LC_CTYPE=de_DE.utf8@euro LANG=C", "LANG=C.UTF-8", append(some, "de_DE.utf8@euro"), "LC_CTYPE=de_DE.utf8@euro LANG=C"},
		{"LC_ALL counts before LANG", "LC_ALL=C LANG=C.UTF-8", "LANG=de_DE.UTF-8", some, "LANG=de_DE.UTF-8"},
		{"the client's replaces all", "LANG=C LC_TIME=C", "LANG=de_DE.UTF-8 LC_PAPER=x", some, "LANG=de_DE.UTF-8 LC_PAPER=x"},
		{"the own one is not installed", "LANG=xx_YY.UTF-8", "LANG=C.UTF-8", some, "LANG=C.UTF-8"},
		{"the client's is not installed", "LANG=C", "LC_ALL=xx_YY.UTF-8 LC_TIME=C", some, "LC_TIME=C LC_CTYPE=C.UTF-8 LANG=C.UTF-8"},
		{"the client is a Mac", "LANG=C", "LC_CTYPE=UTF-8", some, "LC_CTYPE=C.UTF-8 LANG=C.UTF-8"},
		{"nothing anywhere", "", "", some, "LC_CTYPE=C.UTF-8 LANG=C.UTF-8"},
		{"no C.UTF-8 either", "LANG=POSIX", "", []string{"en_US.UTF-8"}, "LC_CTYPE=en_US.UTF-8 LANG=en_US.UTF-8"},
		{"none installed", "LANG=POSIX", "", nil, "LC_CTYPE=C.UTF-8 LANG=C.UTF-8"},
		{"what is no locale stays", "HOME=/ LANG=C A=b", "LANG=C.UTF-8", some, "HOME=/ A=b LANG=C.UTF-8"},
	}
	for _, c := range cases {
		known := func(name string) bool {
			return slices.ContainsFunc(c.known, func(k string) bool { return normalLocale(k) == normalLocale(name) })
		}
		got := environment(strings.Fields(c.env)).localize(strings.Fields(c.handed), known)
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s: %q, want %q", c.name, text, c.want)
		}
	}
}
