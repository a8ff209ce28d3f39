package login

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// entry makes a utmp record.
func entry(kind uint16, line, user, host string) []byte {
	b := make([]byte, recordLen)
	binary.NativeEndian.PutUint16(b, kind)
	copy(b[lineAt:lineAt+lineLen], line)
	copy(b[userAt:userAt+userLen], user)
	copy(b[hostAt:hostAt+hostLen], host)
	return b
}

func TestDetachedSessions(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "pts"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "pts/1"), "")
	p := places{utmp: filepath.Join(dir, "utmp"), dev: filepath.Join(dir)}
	for _, c := range []struct {
		name   string
		record []byte
		want   []string
	}{
		{"detached", entry(userProcess, "pts/1", "ann", "mosh [71]"), []string{"mosh [71]"}},
		{"connected", entry(userProcess, "pts/1", "ann", "192.0.2.1 via mosh [71]"), nil},
		{"ours", entry(userProcess, "pts/1", "ann", "mosh [7]"), nil},
		{"of somebody else", entry(userProcess, "pts/1", "bob", "mosh [71]"), nil},
		{"dead", entry(8, "pts/1", "ann", "mosh [71]"), nil},
		{"terminal gone", entry(userProcess, "pts/2", "ann", "mosh [71]"), nil},
		{"outside of /dev", entry(userProcess, "../"+filepath.Base(dir)+"/pts/1", "ann", "mosh [71]"), nil},
		{"no end", entry(userProcess, "pts/1", "ann", "mosh [71"), nil},
		{"escape sequence", entry(userProcess, "pts/1", "ann", "mosh \x1b[2J]"), nil},
		{"cut off", entry(userProcess, "pts/1", "ann", "mosh [71]")[:recordLen-1], nil},
		{"full fields", entry(userProcess, strings.Repeat("l", 50), "ann", "mosh ["+strings.Repeat("1", 300)+"]"), nil},
	} {
		b := append(entry(1, "~", "reboot", "kernel"), c.record...)
		if err := os.WriteFile(p.utmp, b, 0o644); err != nil {
			t.Fatal(err)
		}
		if got := p.detached("ann", 7); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func FuzzUtmp(f *testing.F) {
	f.Add(entry(userProcess, "pts/1", "ann", "mosh [71]"))
	f.Add([]byte{7})
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, r := range parseUtmp(b) {
			if strings.ContainsAny(r.line+r.user+r.host, "\x00\x1b\n") {
				t.Errorf("control characters in %+v", r)
			}
		}
	})
}

// TestHelper sees how the helper is called: with the terminal as input, and only for news.
func TestHelper(t *testing.T) {
	dir := t.TempDir()
	log := filepath.Join(dir, "log")
	helper := filepath.Join(dir, "helper")
	script := "#!/bin/sh\nif [ -t 0 ] && [ -t 1 ]; then tty=yes; fi\necho \"$tty $# $*\" >>" + log + "\n"
	if err := os.WriteFile(helper, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	defer slave.Close()
	var want strings.Builder
	r := Begin(Session{User: "ann", Pid: 5, Master: master, Helper: func() string { return helper }})
	for _, step := range []struct {
		do   func()
		line string
	}{
		{func() {}, "yes 2 add mosh [5]\n"},
		{func() { r.Connected(netip.MustParseAddr("192.0.2.1")) }, "yes 2 add 192.0.2.1 via mosh [5]\n"},
		{func() { r.Connected(netip.MustParseAddr("192.0.2.1")); r.Silent() }, "yes 2 add mosh [5]\n"},
		{func() { r.Back(netip.MustParseAddr("2001:db8::1")) }, "yes 2 add 2001:db8::1 via mosh [5]\n"},
		{r.End, "yes 1 del\n"},
	} {
		step.do()
		want.WriteString(step.line)
		until(t, func() bool {
			b, _ := os.ReadFile(log)
			return string(b) == want.String()
		}, func() string {
			b, _ := os.ReadFile(log)
			return fmt.Sprintf("calls:\n%s\nwant:\n%s", b, want.String())
		})
	}
}

// until waits for a condition, and fails with what is seen instead.
func until(t *testing.T, cond func() bool, seen func() string) {
	t.Helper()
	if !poll(cond) {
		t.Fatal(seen())
	}
}

// poll waits for a condition, and reports whether it came true within a generous limit.
func poll(cond func() bool) bool {
	for end := time.Now().Add(30 * time.Second); !cond(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

// TestUtempter uses the real helper, in a mount namespace with a utmp file of its own, and reads what it wrote.
func TestUtempter(t *testing.T) {
	if FindHelper() == "" {
		t.Fatal("libutempter's helper is missing: apt-get install libutempter0")
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"--mount", "sh", "-c",
		"mount -t tmpfs none /run && : >/run/utmp && chmod 666 /run/utmp && exec " + exe + " -records"}
	if os.Getuid() != 0 {
		args = append([]string{"--user", "--map-root-user"}, args...)
	}
	out, err := exec.Command("unshare", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	u, err := Current()
	if err != nil {
		t.Fatal(err)
	}
	if os.Getuid() != 0 {
		u.Name = "root"
	}
	// The host field loses brackets if the helper does not like them: it must not.
	want := fmt.Sprintf("%[1]s mosh [4711]\n%[1]s 192.0.2.1 via mosh [4711]\ndetached [mosh [4711]]\nnone\n", u.Name)
	if string(out) != want {
		t.Errorf("got\n%swant\n%s", out, want)
	}
}

// playRecords goes through the life of a session and prints what utmp says of it.
func playRecords() int {
	master, slave, err := pty.Open()
	if err != nil {
		fmt.Println(err)
		return 1
	}
	line := strings.TrimPrefix(slave.Name(), "/dev/")
	// show waits until utmp has a fitting record for our line.
	show := func(is func(record) bool) {
		poll(func() bool {
			b, _ := os.ReadFile("/run/utmp")
			for _, r := range parseUtmp(b) {
				if r.line == line && is(r) {
					fmt.Println(r.user, r.host)
					return true
				}
			}
			return false
		})
	}
	r := Begin(Session{User: "x", Pid: 4711, Master: master, Helper: FindHelper})
	show(func(r record) bool { return r.host == "mosh [4711]" })
	r.Connected(netip.MustParseAddr("192.0.2.1"))
	show(func(r record) bool { return strings.Contains(r.host, "via") })
	r.Silent()
	u, _ := Current()
	p := system()
	poll(func() bool { return len(p.detached(u.Name, 1)) > 0 })
	fmt.Println("detached", p.detached(u.Name, 1))
	r.End()
	b, _ := os.ReadFile("/run/utmp")
	for _, r := range parseUtmp(b) {
		fmt.Println("left behind:", r)
	}
	fmt.Println("none")
	return 0
}
