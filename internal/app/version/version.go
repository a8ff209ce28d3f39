// Package version holds what the three commands say of themselves with --version.
package version

import (
	"fmt"
	"runtime/debug"
	"strings"
)

// Number is this implementation's own version.
const Number = "0.1.0"

// Compatible says with whom these programs can talk. Stock versions 1.2 to 1.4 share protocol version 2
// (spec/protocol.md); 1.4.0 is the one every test runs against.
const Compatible = "Speaks mosh protocol version 2: works with mosh 1.2 to 1.4 clients and servers (tested with 1.4.0)."

// Text is the version block of command: "mosh", "mosh-client" or "mosh-server". Its first line has stock's form
// (spec/commands.md, A2, B1, C1), which scripts cut apart.
func Text(command string) string {
	name := "mosh " + Number
	if command != "mosh" {
		name = fmt.Sprintf("%s (mosh %s)", command, Number)
	}
	return fmt.Sprintf(`%s [build %s]
%s
License MIT: free software, no warranty, to the extent permitted by law.
`, name, Revision(), Compatible)
}

// Revision is the commit the program was built from, "+" behind it when the tree was changed; "unknown" outside git.
func Revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	revision, changed := "unknown", false
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			revision = s.Value[:min(12, len(s.Value))]
		case "vcs.modified":
			changed = s.Value == "true"
		}
	}
	return strings.TrimSpace(revision + map[bool]string{true: "+"}[changed])
}
