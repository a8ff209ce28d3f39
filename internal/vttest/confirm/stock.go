package confirm

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"mosh/internal/core/client"
	"mosh/internal/core/datagram"
	"mosh/internal/core/ssp"
	"mosh/internal/core/vt"
	"mosh/internal/vttest"
)

// stock is a stock mosh-server in which a shell shows what we write into a fifo, connected to a client core of
// ours that is to it a stock client. Its emulator is known by the frames that it sends.
type stock struct {
	t       *testing.T
	conn    *net.UDPConn
	session *client.Session
	fifo    *os.File    // what the program writes
	got     chan []byte // what the program is answered
	asks    bool        // answers are wanted
	marks   int
}

const stockServer = "/usr/bin/mosh-server"

var (
	connectLine  = regexp.MustCompile(`MOSH CONNECT (\d+) (\S{22})`)
	detachedLine = regexp.MustCompile(`pid = (\d+)`)
)

func startStock(t *testing.T) *stock {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
	for _, f := range []string{in, out} {
		if err := syscall.Mkfifo(f, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	show := fmt.Sprintf("stty raw -echo; exec 3<&0; cat <&3 >%s & exec cat %s", out, in)
	c := exec.Command(stockServer, "new", "-i", "127.0.0.1", "-p", freePort(t), "-c", "256", "--", "sh", "-c", show)
	c.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	text, err := c.CombinedOutput()
	connect, detached := connectLine.FindSubmatch(text), detachedLine.FindSubmatch(text)
	if err != nil || connect == nil || detached == nil {
		t.Fatalf("starting stock mosh-server (see .ci/deps): %v\n%s", err, text)
	}
	pid, _ := strconv.Atoi(string(detached[1]))
	t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGKILL) })
	x := &stock{t: t, got: make(chan []byte, 64)}
	x.connect(string(connect[1]), string(connect[2]))
	x.fifo, err = os.OpenFile(in, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	answers, err := os.OpenFile(out, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.fifo.Close(); answers.Close() })
	go func() {
		for {
			b := make([]byte, 4096)
			n, err := answers.Read(b)
			if err != nil {
				return
			}
			x.got <- b[:n]
		}
	}()
	return x
}

// freePort returns a UDP port that was free a moment ago.
func freePort(t *testing.T) string {
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return strconv.Itoa(c.LocalAddr().(*net.UDPAddr).Port)
}

func (x *stock) connect(port, key string) {
	k, err := datagram.ParseKey(key)
	if err != nil {
		x.t.Fatal(err)
	}
	if x.conn, err = net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}); err != nil {
		x.t.Fatal(err)
	}
	x.t.Cleanup(func() { x.conn.Close() })
	server := netip.MustParseAddrPort("127.0.0.1:" + port)
	x.session = client.New(time.Now(), client.Config{Key: k, Servers: []netip.AddrPort{server}, Width: 80, Height: 24,
		Rand: rand.New(rand.NewPCG(1, 1)), Policy: ssp.Stock})
}

// until serves the connection until cond is true.
func (x *stock) until(what string, cond func() bool) {
	end := time.Now().Add(limit)
	b := make([]byte, 1<<16)
	var out []client.Datagram
	for {
		now := time.Now()
		x.session.Advance(now)
		out = x.session.AppendDatagrams(now, out[:0])
		for _, d := range out {
			_, _ = x.conn.WriteToUDPAddrPort(d.B, d.Path.Remote)
		}
		if cond() {
			return
		}
		if now.After(end) {
			x.t.Fatalf("stock mosh-server: never happened: %s; title %q", what, x.session.Final().Title)
		}
		wake := now.Add(5 * time.Millisecond)
		if next := x.session.NextTimeout(); !next.IsZero() && next.Before(wake) {
			wake = next
		}
		_ = x.conn.SetReadDeadline(wake)
		if n, from, err := x.conn.ReadFromUDPAddrPort(b); err == nil {
			_ = x.session.HandleDatagram(time.Now(), 0, from, false, b[:n])
		}
	}
}

// write writes b and waits for a frame with all of it: one with the title that is set after it, which is one of
// the few things that leave a pending wrap as it is.
func (x *stock) write(b []byte) (replies string) {
	x.marks++
	mark := fmt.Sprint("mark ", x.marks)
	b = fmt.Appendf(b[:len(b):len(b)], "\x1b]2;%s\a", mark)
	if x.asks {
		b = append(b, "\x1b[5n"...)
	}
	if _, err := x.fifo.Write(b); err != nil {
		x.t.Fatal(err)
	}
	x.until("the title "+mark, func() bool { return x.session.Final().Title == mark })
	if !x.asks {
		return ""
	}
	x.until("an answer", func() bool {
		for len(x.got) > 0 {
			replies += string(<-x.got)
		}
		return strings.HasSuffix(replies, "\x1b[0n")
	})
	return strings.TrimSuffix(replies, "\x1b[0n")
}

// fresh makes the terminal as it was at its start, in the given size. asks says that answers are wanted.
func (x *stock) fresh(width, height int, asks bool) {
	x.asks = asks
	x.resize(width, height)
	if _, err := x.fifo.WriteString("\x18\x1bc"); err != nil {
		x.t.Fatal(err)
	}
}

func (x *stock) resize(width, height int) {
	there := func() bool { f := x.session.Final(); return f.Width == width && f.Height == height }
	if !there() {
		x.session.Resize(time.Now(), width, height)
		x.until("the new size", there)
	}
}

func (x *stock) rows() []string { return plain(vttest.Rows(x.session.Final())) }

func (x *stock) cursor() (row, col int, ok bool) {
	c := x.session.Final().Cursor
	return c.Row, c.Col, true
}

func (x *stock) frame(_, _ int) *vt.Frame { return x.session.Final() }
