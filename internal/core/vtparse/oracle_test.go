package vtparse

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// TestAgainstOracle compares with another parser on well-formed programs: what it does about malformed
// ones differs (it keeps neither two intermediates, nor the discarding of an aborted OSC, nor limits).
func TestAgainstOracle(t *testing.T) {
	for seed := range uint64(2000) {
		program := wellFormed(rand.New(rand.NewPCG(seed, 1)))
		var p Parser
		got := slices.DeleteFunc(actions(&p, []byte(program)), func(s string) bool { return s == "" })
		if want := oracle(program); !slices.Equal(got, want) {
			t.Fatalf("seed %d: %q\ngot    %q\noracle %q", seed, program, got, want)
		}
	}
}

// wellFormed returns a random program.
func wellFormed(r *rand.Rand) string {
	var b strings.Builder
	pick := func(s string) byte { return s[r.IntN(len(s))] }
	params := func() {
		for range r.IntN(8) {
			if r.IntN(4) > 0 {
				fmt.Fprint(&b, r.IntN(1000))
			}
			b.WriteByte(pick(";;;:"))
		}
		fmt.Fprint(&b, r.IntN(300)) // the oracle does not count an absent last parameter
	}
	for range 1 + r.IntN(12) {
		switch r.IntN(8) {
		case 0:
			b.WriteString("plain text"[:1+r.IntN(9)])
		case 1:
			b.WriteString([]string{"é", "中文", "😀", "\u00a0", "\uffff"}[r.IntN(5)])
		case 2:
			b.WriteByte(pick("\r\n\t\b\x0e\x0f"))
		case 3:
			b.WriteString("\x1b[")
			if r.IntN(3) == 0 {
				b.WriteByte(pick("?<=>"))
			}
			params()
			if r.IntN(3) == 0 {
				b.WriteByte(pick(" !\"$'*"))
			}
			b.WriteByte(pick("ABCDHJKmhlrpqtux@`{}~"))
		case 4:
			b.WriteByte(0x1b)
			if r.IntN(3) == 0 {
				b.WriteByte(pick("()*+#%"))
			}
			b.WriteByte(pick("78=>DEHMNOcn|}~"))
		case 5:
			fmt.Fprintf(&b, "\x1b]%d;text 中\a", r.IntN(200))
		case 6:
			fmt.Fprintf(&b, "\x1b]%d;text\x1b\\", r.IntN(200))
		case 7:
			b.WriteString("\x1bP")
			params()
			b.WriteString("+qabcd\x1b\\")
		}
	}
	return b.String()
}

// oracle is actions by the other parser.
func oracle(program string) (out []string) {
	sequence := func(cmd ansi.Cmd, params ansi.Params) string {
		var s string
		if c := cmd.Prefix(); c != 0 {
			s = string(rune(c))
		}
		separator := ""
		params.ForEach(-1, func(_, v int, more bool) {
			s += separator
			if v >= 0 {
				s += fmt.Sprint(v)
			}
			separator = ";"
			if more {
				separator = ":"
			}
		})
		if c := cmd.Intermediate(); c != 0 {
			s += string(rune(c))
		}
		return s + string(rune(cmd.Final()))
	}
	add := func(s string) { out = append(out, s) }
	terminator := "" // x/ansi does not tell it; the program is looked at
	p := ansi.NewParser()
	text := false
	p.SetHandler(ansi.Handler{
		Print: func(r rune) {
			if r >= 0x80 {
				text = false
				add(fmt.Sprintf("rune %04X", r))
				return
			}
			if text {
				out[len(out)-1] += string(r)
			} else {
				add("text " + string(r))
			}
			text = true
		},
		Execute:   func(b byte) { text = false; add(fmt.Sprintf("exec %02X", b)) },
		HandleCsi: func(c ansi.Cmd, ps ansi.Params) { text = false; add("csi " + sequence(c, ps)) },
		HandleEsc: func(c ansi.Cmd) {
			if c.Final() != '\\' {
				text = false
				add("esc " + sequence(c, nil))
			}
		},
		HandleOsc: func(_ int, data []byte) { text = false; add(fmt.Sprintf("osc %q%s", data, terminator)) },
		HandleDcs: func(c ansi.Cmd, ps ansi.Params, data []byte) {
			text = false
			add(fmt.Sprintf("dcs %s %q", sequence(c, ps), data))
		},
	})
	for i := range len(program) {
		terminator = ""
		if program[i] == 0x07 {
			terminator = " bel"
		}
		p.Advance(program[i])
	}
	return out
}
