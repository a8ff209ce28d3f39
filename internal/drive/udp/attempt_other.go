//go:build !linux && !windows

package udp

import "golang.org/x/sys/unix"

// message is nothing here: package unix makes what sendmsg(2) is given.
type message struct{}

// attempt sends once.
func (t *sender) attempt(fd int) error {
	var to unix.Sockaddr = &t.sa4
	if t.s.inet6 {
		to = &t.sa6
	}
	_, err := unix.SendmsgN(fd, t.b, t.oob, to, unix.MSG_DONTWAIT)
	return err
}
