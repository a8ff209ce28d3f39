//go:build !linux && !windows

package serverloop

// readAhead is how many slices of the program's output may wait for the loop, which takes all that are there at once.
const readAhead = 4
