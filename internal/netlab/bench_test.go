//go:build linux

package netlab

import (
	"net/netip"
	"slices"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// BenchmarkRoundTrip shows how exact the link is: the excess of a UDP round trip over the delay asked for, with
// blocking sockets on locked threads so that the Go scheduler at the ends does not count.
func BenchmarkRoundTrip(b *testing.B) {
	for _, delay := range []time.Duration{0, 10 * time.Millisecond, 50 * time.Millisecond} {
		b.Run((2 * delay).String(), func(b *testing.B) {
			l := New(b, Config{Up: Path{Delay: delay}, Down: Path{Delay: delay}})
			server, client := blocking(b, l.Server, server4), blocking(b, l.Client, client4)
			go func() {
				buf := make([]byte, 2000)
				for {
					n, from, err := unix.Recvfrom(server, buf, 0)
					if err != nil {
						return
					}
					unix.Sendto(server, buf[:n], 0, from)
				}
			}()
			buf := make([]byte, 100)
			var excess []time.Duration
			var before, after syscall.Rusage
			syscall.Getrusage(syscall.RUSAGE_SELF, &before)
			b.ResetTimer()
			for b.Loop() {
				t := time.Now()
				unix.Sendto(client, buf, 0, &unix.SockaddrInet4{Port: 60001, Addr: ServerV4.As4()})
				unix.Recvfrom(client, buf, 0)
				excess = append(excess, time.Since(t)-2*delay)
			}
			syscall.Getrusage(syscall.RUSAGE_SELF, &after)
			unix.Shutdown(server, unix.SHUT_RDWR)
			slices.Sort(excess)
			n := len(excess)
			b.ReportMetric(float64(excess[n/2].Microseconds()), "µs-excess-median")
			b.ReportMetric(float64(excess[n*99/100].Microseconds()), "µs-excess-p99")
			p := l.Punctuality()
			b.ReportMetric(100*float64(p.Late)/float64(p.Delivered), "%-late")
			cpu := after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano()
			b.ReportMetric(float64(cpu)/float64(n)/1000, "µs-cpu/op")
		})
	}
}

func blocking(b *testing.B, h *Host, at netip.AddrPort) (fd int) {
	err := h.Do(func() (err error) {
		fd, err = unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return err
		}
		return unix.Bind(fd, &unix.SockaddrInet4{Port: int(at.Port()), Addr: at.Addr().As4()})
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { unix.Close(fd) })
	return fd
}
