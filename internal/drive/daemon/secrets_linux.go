package daemon

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"
)

func self() (string, error) { return "/proc/self/exe", nil }

// setTitle must come before undumpable, after which only root may write there.
func setTitle() { _ = os.WriteFile("/proc/self/comm", []byte(commandName), 0) }

func undumpable() error {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("cannot make the process undumpable: %w", err)
	}
	return nil
}

func closeRange(first int) error {
	return unix.CloseRange(uint(first), math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC)
}

// wipeEnv overwrites the values of every variable of that name in the block that the kernel set up. The runtime
// copies the environment but not the arguments, which lie just before it: the first of them is the way there.
func wipeEnv(name string) {
	stat, err := os.ReadFile("/proc/self/stat")
	if err != nil || len(os.Args) == 0 || os.Args[0] == "" {
		return
	}
	argStart, argEnd, ok1 := statRange(stat, 48)
	start, end, ok2 := statRange(stat, 50)
	p := unsafe.Pointer(unsafe.StringData(os.Args[0]))
	if !ok1 || !ok2 || uintptr(p) < argStart || uintptr(p) >= argEnd {
		return
	}
	block := unsafe.Slice((*byte)(unsafe.Add(p, int(start)-int(uintptr(p)))), int(end-start))
	prefix := []byte(name + "=")
	for len(block) > 0 {
		entry, rest, _ := bytes.Cut(block, []byte{0})
		if bytes.HasPrefix(entry, prefix) {
			clear(entry[len(prefix):])
		}
		block = rest
	}
}

// statRange reads two addresses, fields n and n+1 of /proc/self/stat (proc_pid_stat(5)): arg_start and arg_end are 48
// and 49, env_start and env_end 50 and 51. They are 0 if we may not know.
func statRange(stat []byte, n int) (start, end uintptr, ok bool) {
	// Field 2, the name, may hold anything; field 3 follows its last parenthesis.
	i := bytes.LastIndexByte(stat, ')')
	f := bytes.Fields(stat[i+1:])
	if i < 0 || len(f) < n-1 {
		return 0, 0, false
	}
	a, err1 := strconv.ParseUint(string(f[n-3]), 10, 64)
	b, err2 := strconv.ParseUint(string(f[n-2]), 10, 64)
	return uintptr(a), uintptr(b), err1 == nil && err2 == nil && a != 0 && a < b
}
