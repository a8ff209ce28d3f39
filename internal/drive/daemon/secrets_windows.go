package daemon

import "os"

// NoDump has nothing to do: Windows writes no core files. There is no soft limit to give back.
func NoDump() (soft uint64, err error) { return 0, nil }

// TakeEnv removes a variable from the environment and returns its value.
func TakeEnv(name string) (value []byte, ok bool) {
	text, ok := os.LookupEnv(name)
	os.Unsetenv(name)
	return []byte(text), ok
}
