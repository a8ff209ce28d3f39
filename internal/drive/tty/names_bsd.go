//go:build freebsd || netbsd || openbsd || solaris

package tty

// names are paths by which the terminal fd can be opened once more. /dev/fd would only copy the descriptor.
func names(fd int) []string {
	if isControlling(fd) {
		return []string{"/dev/tty"}
	}
	return nil
}
