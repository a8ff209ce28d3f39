package corpus

import (
	"fmt"
	"math/rand/v2"
)

// Program is what no program would write: random text and control functions with random parameters, malformed
// ones and cut ones among them. It is for property tests, where everything has to hold for any input.
func Program(seed uint64, n int) []byte {
	r := rand.New(rand.NewPCG(seed, 0x70726f67))
	var b []byte
	for len(b) < n {
		b = programItem(r, b)
	}
	return b[:n]
}

var programTexts = []string{"中", "文字", "é", "e\u0301", "\u0301", "👍🏽", "👩‍👩‍👧", "🇩🇪", "❤️", "1️⃣", "\u200d", "\ufe0f", "ｱ", "\xe4\xb8",
	"\xff", "─", "한", "🫨", "\u00ad", "क्षि", "\u1112\u1161"} // 🫨 is not known to glibc 2.36

// programFunctions are formats whose %d are filled with small numbers.
var programFunctions = []string{
	"\r", "\n", "\r\n", "\b", "\t", "\x0e", "\x0f", "\a",
	"\x1b7", "\x1b8", "\x1bD", "\x1bE", "\x1bM", "\x1bH", "\x1b6", "\x1b9", "\x1b(0", "\x1b(B", "\x1b)0", "\x1b*0", "\x1bN",
	"\x1bn", "\x1bo", "\x1b=", "\x1b>",
	"\x1b[%dA", "\x1b[%dB", "\x1b[%dC", "\x1b[%dD", "\x1b[%dE", "\x1b[%dF", "\x1b[%dG", "\x1b[%d;%dH", "\x1b[%dd", "\x1b[%da",
	"\x1b[%de", "\x1b[%dI", "\x1b[%dZ", "\x1b[%dg", "\x1b[%dJ", "\x1b[%dK", "\x1b[?%dJ", "\x1b[?%dK", "\x1b[%dX", "\x1b[%d@",
	"\x1b[%dP", "\x1b[%dL", "\x1b[%dM", "\x1b[%dS", "\x1b[%dT", "\x1b[%db", "\x1b[%d;%dr", "\x1b[%d;%ds", "\x1b[s", "\x1b[u",
	"\x1b[%d'}", "\x1b[%d'~", "\x1b[%d @", "\x1b[%d A",
	"\x1b[4h", "\x1b[4l", "\x1b[20h", "\x1b[20l", "\x1b[?6h", "\x1b[?6l", "\x1b[?7h", "\x1b[?7l", "\x1b[?45h", "\x1b[?69h",
	"\x1b[?69l", "\x1b[?25l", "\x1b[?25h", "\x1b[?5h", "\x1b[?2004h", "\x1b[?1006h", "\x1b[?1002h", "\x1b[?40h", "\x1b[?3h",
	"\x1b[?47h", "\x1b[?47l", "\x1b[?1047h", "\x1b[?1047l", "\x1b[?1049h", "\x1b[?1049l", "\x1b[?2026h", "\x1b[?2026l",
	"\x1b[!p", "\x1b#8", "\x1b[%d\"q", "\x1b[%d q",
	"\x1b[%d;%d;%d;%d$z", "\x1b[65;%d;%d;%d;%d$x", "\x1b[%d;%d;%d;%d${", "\x1b[%d;%d;%d;%d;1;%d;%d$v", "\x1b[%d;%d;%d;%d;7$r",
	"\x1b[%d;%d;%d;%d;1$t", "\x1b[2*x", "\x1b[6n", "\x1b[c",
	"\x1b[0m", "\x1b[%dm", "\x1b[3%dm", "\x1b[4%dm", "\x1b[38;5;%dm", "\x1b[48;2;%d;%d;%dm", "\x1b[4:3m", "\x1b[58:5:%dm",
	"\x1b]0;title %d\a", "\x1b]8;;http://x/%d\x1b\\", "\x1b]8;;\a", "\x1b]52;c;QQ==\a", "\x1b]4;%d;rgb:1/2/3\a", "\x1bPq%d\x1b\\", "\x1b_G\x1b\\",
	"\x1b[", "\x1b", "\x1b]", "\x18", "\x1b[999999999%dC", "\x1bc",
}

func programItem(r *rand.Rand, b []byte) []byte {
	switch r.IntN(8) {
	case 0, 1:
		return word(r, b)
	case 2:
		return append(b, programTexts[r.IntN(len(programTexts))]...)
	case 3:
		if r.IntN(4) == 0 {
			return append(b, byte(r.IntN(256)))
		}
		return append(b, ' ')
	}
	f := programFunctions[r.IntN(len(programFunctions))]
	if f == "\x1bc" && r.IntN(8) > 0 { // not so often that nothing ever builds up
		return b
	}
	var args []any
	for i := 0; i+1 < len(f); i++ {
		if f[i] == '%' && f[i+1] == 'd' {
			n := r.IntN(12)
			if r.IntN(10) == 0 {
				n = r.IntN(70000)
			}
			args = append(args, n)
		}
	}
	return fmt.Appendf(b, f, args...)
}
