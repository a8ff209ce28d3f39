package udp

import "errors"

// setOptions: Windows sets neither DF nor a traffic class unless asked to by its own interfaces.
func setOptions(_ int, o sockOptions) error {
	if o.device != "" {
		return errors.New("this system cannot bind a socket to an interface")
	}
	return nil
}
