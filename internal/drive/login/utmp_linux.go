package login

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"path"
	"strings"
)

// A record of utmp(5) as glibc lays it out: type (2 octets), 2 of padding, pid (4), line (32), id (4), user (32),
// host (256), and what is of no interest here. Only the length of the rest depends on the architecture.
const (
	userProcess = 7 // ut_type of a login

	lineAt, lineLen = 8, 32
	userAt, userLen = 44, 32
	hostAt, hostLen = 76, 256
)

// maxUtmp bounds what is read, in records.
const maxUtmp = 10000

// detached returns the host fields of the detached mosh sessions of a user, other than that of server ownPid.
func (p places) detached(user string, ownPid int) []string {
	f, err := os.Open(p.utmp)
	if err != nil {
		return nil
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxUtmp*recordLen))
	if err != nil {
		return nil
	}
	var out []string
	for _, r := range parseUtmp(b) {
		if r.user != user || !strings.HasPrefix(r.host, "mosh ") || !strings.HasSuffix(r.host, "]") ||
			r.host == silentHost(ownPid) || r.line != path.Clean(r.line) || strings.HasPrefix(r.line, "..") {
			continue
		}
		if _, err := os.Stat(path.Join(p.dev, r.line)); err == nil {
			out = append(out, r.host)
		}
	}
	return out
}

type record struct{ line, user, host string }

// parseUtmp returns the logins of a utmp file; an incomplete record at its end is ignored.
func parseUtmp(b []byte) []record {
	var out []record
	for ; len(b) >= recordLen; b = b[recordLen:] {
		if binary.NativeEndian.Uint16(b) == userProcess {
			out = append(out, record{field(b, lineAt, lineLen), field(b, userAt, userLen), field(b, hostAt, hostLen)})
		}
	}
	return out
}

// field is a string that ends at a NUL or fills its field. Control characters, which the terminal would obey, end
// it too.
func field(b []byte, at, n int) string {
	f := b[at : at+n]
	if i := bytes.IndexFunc(f, func(r rune) bool { return r < 0x20 || r == 0x7f }); i >= 0 {
		f = f[:i]
	}
	return string(f)
}
