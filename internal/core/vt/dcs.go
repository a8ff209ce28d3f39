package vt

// deviceControl runs a device control string. None is known: they are swallowed.
func (t *Terminal) deviceControl() {}

// stringControl runs APC, PM, SOS and ESC k. None is known: they are swallowed.
func (t *Terminal) stringControl() {}
