//go:build linux

package netlab

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"mosh/internal/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

// listen opens a UDP socket at one end; addr may have port 0.
func listen(t *testing.T, h *Host, addr netip.AddrPort) *net.UDPConn {
	t.Helper()
	var c *net.UDPConn
	err := h.Do(func() (err error) {
		c, err = net.ListenUDP("udp", net.UDPAddrFromAddrPort(addr))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// echo answers every datagram and remembers the sources in order of their first datagram.
type echo struct {
	*net.UDPConn
	mu      sync.Mutex
	sources []netip.AddrPort
}

func startEcho(t *testing.T, l *Link, addr netip.AddrPort) *echo {
	e := &echo{UDPConn: listen(t, l.Server, addr)}
	done := make(chan struct{})
	t.Cleanup(func() { e.Close(); <-done })
	go func() {
		defer close(done)
		b := make([]byte, 65536)
		for {
			n, from, err := e.ReadFromUDPAddrPort(b)
			if err != nil {
				return
			}
			e.mu.Lock()
			if len(e.sources) == 0 || e.sources[len(e.sources)-1] != from {
				e.sources = append(e.sources, from)
			}
			e.mu.Unlock()
			e.WriteToUDPAddrPort(b[:n], from)
		}
	}()
	return e
}

func (e *echo) seen() []netip.AddrPort {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]netip.AddrPort(nil), e.sources...)
}

// ask sends until the answer to what it sent is back.
func ask(t *testing.T, c *net.UDPConn, to netip.AddrPort, what string) {
	t.Helper()
	b := make([]byte, 65536)
	for range 200 {
		c.WriteToUDPAddrPort([]byte(what), to)
		c.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		for {
			n, err := c.Read(b)
			if err != nil {
				break
			}
			if string(b[:n]) == what {
				return
			}
		}
	}
	t.Fatalf("no answer from %v to %.20q", to, what)
}

func TestUDPAndTCPBothFamilies(t *testing.T) {
	l := New(t, Config{Up: Path{Delay: 2 * time.Millisecond}, Down: Path{Delay: 2 * time.Millisecond}})
	for _, server := range []netip.AddrPort{server4, server6} {
		startEcho(t, l, server)
		c := listen(t, l.Client, netip.AddrPortFrom(netip.IPv6Unspecified(), 0))
		ask(t, c, server, "hello")

		var ln, conn net.Conn
		var lis net.Listener
		must(t, l.Server.Do(func() (err error) {
			lis, err = net.Listen("tcp", netip.AddrPortFrom(server.Addr(), 60001).String())
			return err
		}))
		defer lis.Close()
		must(t, l.Client.Do(func() (err error) {
			conn, err = net.Dial("tcp", lis.Addr().String())
			return err
		}))
		ln, err := lis.Accept()
		must(t, err)
		sent := bytes.Repeat([]byte("0123456789"), 50000)
		go func() {
			conn.Write(sent)
			conn.Close()
		}()
		got, err := io.ReadAll(ln)
		must(t, err)
		if !bytes.Equal(got, sent) {
			t.Errorf("TCP delivered %d of %d octets", len(got), len(sent))
		}
		ln.Close()
	}
	n := l.Tally(60001)
	if n[Up].Packets < 300 || n[Up].Payload < 1e6 || n[Up].Fate[Delivered] != n[Up].Packets || n[Down].Packets == 0 {
		t.Errorf("counted %+v", n)
	}
}

func TestNATRebindingAndRoaming(t *testing.T) {
	l := New(t, Config{NAT: true})
	e := startEcho(t, l, netip.AddrPortFrom(netip.IPv6Unspecified(), 60001))
	c := listen(t, l.Client, netip.AddrPort{})
	ask(t, c, server4, "one")
	l.Rebind()
	ask(t, c, server4, "two")
	must(t, l.Client.SetAddrs(ClientV4b))
	ask(t, c, server4, "three")
	must(t, l.Client.SetAddrs(ClientV6))
	if _, err := c.WriteToUDPAddrPort([]byte("x"), server4); err == nil {
		t.Error("IPv4 without an address: sent")
	}
	ask(t, c, server6, "four")
	must(t, l.Client.SetAddrs(ClientV4, ClientV6))
	ask(t, c, server4, "five")
	var got []string
	ports := map[uint16]bool{}
	for _, s := range e.seen() {
		got = append(got, s.Addr().Unmap().String())
		ports[s.Port()] = true
	}
	want := fmt.Sprint([]netip.Addr{ClientV4, ClientV4, ClientV4b, ClientV6, ClientV4})
	if fmt.Sprint(got) != want || len(ports) != 4 {
		t.Errorf("the server saw %v from %d ports, want %v from 4", e.seen(), len(ports), want)
	}
}

func TestOutage(t *testing.T) {
	l := New(t, Config{Down: Path{Delay: 20 * time.Millisecond}})
	startEcho(t, l, server4)
	c := listen(t, l.Client, netip.AddrPort{})
	ask(t, c, server4, "before")
	before := l.Tally(60001)
	c.WriteToUDPAddrPort([]byte("under way"), server4)
	until(t, "the answer to be under way", func() bool { return l.Tally(60001).Sub(before)[Down].Packets == 1 })
	l.Cut()
	c.WriteToUDPAddrPort([]byte("lost"), server4)
	until(t, "the loss to be counted", func() bool { return l.Tally(60001)[Up].Fate[Outage] == 1 })
	l.Restore()
	b := make([]byte, 100)
	go c.WriteToUDPAddrPort([]byte("after"), server4)
	c.SetReadDeadline(time.Now().Add(10 * time.Second))
	for {
		n, err := c.Read(b)
		must(t, err)
		if s := string(b[:n]); s == "after" {
			break
		} else if s == "lost" {
			t.Error("sent into the outage and delivered")
		}
	}
}

func TestMTUAtTheSockets(t *testing.T) {
	l := New(t, Config{Up: Path{MTU: 1300}})
	startEcho(t, l, server4)
	startEcho(t, l, server6)
	c := listen(t, l.Client, netip.AddrPort{})
	rc, err := c.SyscallConn()
	must(t, err)
	big := strings.Repeat("x", 1400)
	discover := func(mode int) {
		rc.Control(func(fd uintptr) {
			err = errors.Join(unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_MTU_DISCOVER, mode),
				unix.SetsockoptInt(int(fd), unix.IPPROTO_IPV6, unix.IPV6_MTU_DISCOVER, mode))
		})
		must(t, err)
	}
	discover(unix.IP_PMTUDISC_DONT)
	ask(t, c, server4, big) // in fragments
	ask(t, c, server6, big) // the kernel fragments once it knows
	discover(unix.IP_PMTUDISC_DO)
	for _, server := range []netip.AddrPort{server4, server6} {
		until(t, "the kernel to know the path MTU", func() bool {
			_, err := c.WriteToUDPAddrPort([]byte(big), server)
			return errors.Is(err, syscall.EMSGSIZE)
		})
	}
	l.SetPaths(Path{MTU: 1200, Silent: true}, Path{})
	discover(unix.IP_PMTUDISC_DONT)
	lost := l.Tally(60001)[Up].Fate[TooBig]
	c.WriteToUDPAddrPort([]byte(big[:1250]), server4)
	until(t, "the black hole to swallow", func() bool { return l.Tally(60001)[Up].Fate[TooBig] == lost+1 })
	ask(t, c, server4, big[:1100])
}

// TestRemoval runs this test binary as a process that opens a link, and ends it in three ways.
func TestRemoval(t *testing.T) {
	if os.Getenv("NETLAB_HOLD") != "" {
		hold(t)
		return
	}
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGKILL} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestRemoval$")
		cmd.Env = append(os.Environ(), "NETLAB_HOLD=1")
		out, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		line, err := bufio.NewReader(out).ReadString('\n')
		must(t, err)
		var child int
		var name string
		if _, err := fmt.Sscan(line, &name, &child); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if _, err := os.Stat(nsDir + "/" + name); err != nil || syscall.Kill(child, 0) != nil {
			t.Fatalf("%s or its process %d is not there", name, child)
		}
		must(t, cmd.Process.Signal(sig))
		stuck := time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() })
		io.Copy(io.Discard, out)
		err = cmd.Wait()
		stuck.Stop()
		if ws, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !ws.Signaled() || ws.Signal() != sig {
			t.Errorf("after %v the process ended with %v", sig, err)
		}
		if sig == syscall.SIGKILL {
			New(t, Config{}) // sweeps
		}
		if _, err := os.Stat(nsDir + "/" + name); !os.IsNotExist(err) {
			t.Errorf("after %v %s is still there", sig, name)
		}
		until(t, "the process inside to be gone", func() bool { return isZombie(child) })
	}
}

func hold(t *testing.T) {
	l, err := Open(Config{})
	must(t, err)
	sleeper := exec.Command("sleep", "1000")
	must(t, l.Client.Do(sleeper.Start))
	fmt.Println(l.Client.Name, sleeper.Process.Pid)
	select {}
}

func TestClosePutsEverythingAway(t *testing.T) {
	l, err := Open(Config{})
	must(t, err)
	cmd := exec.Command("sleep", "1000")
	must(t, l.Server.Do(cmd.Start))
	must(t, l.Close())
	if err := cmd.Wait(); err == nil {
		t.Error("a process at the server outlived Close")
	}
	for _, h := range []*Host{l.Client, l.Server} {
		if _, err := os.Stat(nsDir + "/" + h.Name); !os.IsNotExist(err) {
			t.Errorf("%s is still there", h.Name)
		}
	}
	must(t, l.Close())
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func until(t *testing.T, what string, cond func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !cond(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
