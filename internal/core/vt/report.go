package vt

import "fmt"

// reportSize is the report of mode 2048. Pixels are not known here.
func (t *Terminal) reportSize() {
	t.reply(fmt.Sprintf("\x1b[48;%d;%d;0;0t", t.height, t.width))
}
