package tty

import "strconv"

// names are paths by which the terminal fd can be opened once more. The first fails if it belongs to another user
// (after su).
func names(fd int) []string {
	n := []string{"/proc/self/fd/" + strconv.Itoa(fd)}
	if isControlling(fd) {
		n = append(n, "/dev/tty")
	}
	return n
}
