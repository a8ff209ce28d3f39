//go:build !linux

package udp

// attachFilter: everything passes, and is found out by its tag.
func attachFilter(int, Filter) error { return nil }
