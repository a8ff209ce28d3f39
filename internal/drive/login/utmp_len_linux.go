//go:build !arm64 && !loong64

package login

// recordLen is the length of a utmp record where glibc keeps it the same for 32 and 64 bits.
const recordLen = 384
