//go:build freebsd || netbsd || openbsd || solaris

package udp

import "errors"

func bindDevice(_ int, o sockOptions) error {
	if o.device != "" {
		return errors.New("this system cannot bind a socket to an interface")
	}
	return nil
}
