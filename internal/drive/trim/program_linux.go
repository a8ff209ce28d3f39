package trim

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// dropProgram takes the pages of the program's own file out of this process: its code and constants, not its
// variables. The kernel maps 64 KiB around each octet that is touched, so that a start maps nearly the whole file;
// what a waiting session needs comes back by itself, from the page cache. Nothing is lost if it fails.
func dropProgram() {
	self, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	var buf [4096]byte // the program's own mappings come first
	f, err := os.Open("/proc/self/maps")
	if err != nil {
		return
	}
	n, _ := f.Read(buf[:])
	f.Close()
	for line := range strings.Lines(string(buf[:n])) {
		if from, to, ok := constant(line, self); ok {
			_, _, _ = unix.RawSyscall(unix.SYS_MADVISE, from, to-from, unix.MADV_DONTNEED)
		}
	}
}

// constant reads a line of /proc/self/maps (proc_pid_maps(5)) and says whether it is a mapping of file that nobody writes to.
func constant(line, file string) (from, to uintptr, ok bool) {
	f := strings.Fields(line)
	if len(f) < 6 || f[5] != file || strings.Contains(f[1], "w") {
		return 0, 0, false
	}
	a, b, _ := strings.Cut(f[0], "-")
	start, err := strconv.ParseUint(a, 16, 64)
	end, err2 := strconv.ParseUint(b, 16, 64)
	return uintptr(start), uintptr(end), err == nil && err2 == nil && end > start
}

// memory is what the process has in memory besides pages of files, in octets: of proc_pid_statm(5), for the runtime's
// own statistics take more than they tell of.
func memory() int {
	var buf [128]byte
	f, err := os.Open("/proc/self/statm")
	if err != nil {
		return 0
	}
	n, _ := f.Read(buf[:])
	f.Close()
	words := strings.Fields(string(buf[:n]))
	if len(words) < 3 {
		return 0
	}
	resident, _ := strconv.Atoi(words[1])
	shared, _ := strconv.Atoi(words[2])
	return (resident - shared) * os.Getpagesize()
}
