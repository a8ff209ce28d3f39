package trim

import (
	"os"
	"testing"
)

func TestConstant(t *testing.T) {
	for line, want := range map[string]bool{
		"00400000-0057a000 r-xp 00000000 fe:00 1234 /usr/bin/mosh-server":    true,
		"0057a000-006f0000 r--p 0017a000 fe:00 1234 /usr/bin/mosh-server":    true,
		"006f0000-00720000 rw-p 002f0000 fe:00 1234 /usr/bin/mosh-server":    false,
		"7f0000000000-7f0000021000 r--p 00000000 fe:00 99 /usr/lib/other.so": false,
		"c000000000-c000400000 rw-p 00000000 00:00 0":                        false,
		"7ffd1000-7ffd2000 r-xp 00000000 00:00 0 [vdso]":                     false,
	} {
		if from, to, ok := constant(line, "/usr/bin/mosh-server"); ok != want || ok && from >= to {
			t.Errorf("%s: %x to %x, %v", line, from, to, ok)
		}
	}
}

// A program goes on without its pages, and variables keep what they hold.
func TestDropProgram(t *testing.T) {
	variable = os.Getpid()
	for range 3 {
		dropProgram()
	}
	if variable != os.Getpid() {
		t.Error("a variable was lost")
	}
}

var variable = 1
