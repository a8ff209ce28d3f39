//go:build arm64 || loong64

package login

// recordLen is the length of a utmp record where glibc gives the time in it 64 bits.
const recordLen = 400
