package trim

import (
	"os"
	"testing"
	"time"
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

// What the heap has grown by goes back, however little was shown meanwhile.
func TestTrimmerGivesBack(t *testing.T) {
	var tr Trimmer
	now := time.Unix(1000, 0)
	tr.Worked(now, enough)
	tr.Tick(now.Add(quiet))
	var keep [][]byte
	for range 64 {
		p := make([]byte, 128<<10)
		for i := range p {
			p[i] = 1 // memory is what was touched
		}
		keep = append(keep, p)
	}
	full := memory()
	if full < tr.held+growth {
		t.Fatalf("%d octets for %d", full, len(keep)*len(keep[0]))
	}
	clear(keep)
	tr.Worked(now, 1)
	tr.Tick(now.Add(quiet))
	if left := memory(); left > full-(4<<20) {
		t.Errorf("%d octets before, %d after", full, left)
	}
}
