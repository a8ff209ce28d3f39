//go:build netbsd || openbsd || solaris

package tty

// iutf8: the line discipline of these systems has no such mode.
const iutf8 = 0
