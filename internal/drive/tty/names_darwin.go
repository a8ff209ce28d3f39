package tty

// names: Darwin's kqueue does not take /dev/tty.
func names(int) []string { return nil }
