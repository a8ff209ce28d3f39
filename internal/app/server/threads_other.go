//go:build !windows && !linux

package server

// threads is how many may run Go code at once: one may be held by a reader that waits in poll(2).
const threads = 2
