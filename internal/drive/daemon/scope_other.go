//go:build !windows && !linux

package daemon

// SurviveLogout has nothing to do where there is no systemd.
func SurviveLogout(int) error { return nil }
