package netlab

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const (
	nsDir    = "/run/netns"
	device   = "tun0"
	killWait = 5 * time.Second // for processes that were sent SIGKILL
)

// Host is one end of a link: a network namespace with lo and tun0.
type Host struct {
	Name string // as in `ip netns exec NAME ...`

	congestion string // route option that gives TCP Linux' own default, whatever this machine's is
}

func newHost(name string) (*Host, error) {
	h := &Host{Name: name}
	available, err := os.ReadFile("/proc/sys/net/ipv4/tcp_available_congestion_control")
	if err != nil {
		return nil, err
	}
	// By route: the namespace's own setting may be restricted to what the machine allows unprivileged programs.
	if strings.Contains(string(available), "cubic") {
		h.congestion = "congctl cubic"
	}
	return h, ip("netns", "add", name)
}

// Do runs f on a thread inside the namespace: sockets it opens and processes it starts belong there, whatever becomes
// of them later. f must not leave the work to goroutines it starts.
func (h *Host) Do(f func() error) error {
	runtime.LockOSThread()
	own, err := unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		runtime.UnlockOSThread()
		return fmt.Errorf("opening the own network namespace: %w", err)
	}
	defer unix.Close(own)
	ns, err := unix.Open(filepath.Join(nsDir, h.Name), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		runtime.UnlockOSThread()
		return fmt.Errorf("opening network namespace %s: %w", h.Name, err)
	}
	defer unix.Close(ns)
	if err := unix.Setns(ns, unix.CLONE_NEWNET); err != nil {
		runtime.UnlockOSThread()
		return fmt.Errorf("entering network namespace %s: %w", h.Name, err)
	}
	defer func() {
		// A thread that cannot go back stays locked, so that it ends with its goroutine.
		if unix.Setns(own, unix.CLONE_NEWNET) == nil {
			runtime.UnlockOSThread()
		}
	}()
	return f()
}

// Command is exec.Command with cmd.Start replaced by h.Do(cmd.Start) and output collected, for short helpers.
func (h *Host) Command(name string, args ...string) (string, error) {
	var out bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := h.Do(cmd.Start); err != nil {
		return "", fmt.Errorf("starting %s in %s: %w", name, h.Name, err)
	}
	err := cmd.Wait()
	if err != nil {
		err = fmt.Errorf("%s in %s: %w: %s", name, h.Name, err, out.Bytes())
	}
	return out.String(), err
}

// Sysctl sets a kernel parameter of the namespace, for example "net.ipv4.tcp_rmem".
func (h *Host) Sysctl(key, value string) error {
	path := "/proc/sys/" + strings.ReplaceAll(key, ".", "/")
	return h.Do(func() error { return os.WriteFile(path, []byte(value), 0) })
}

// SetAddrs replaces the addresses of tun0 by these, with a default route for each family that has one. The new ones
// come before the old ones go.
func (h *Host) SetAddrs(addrs ...netip.Addr) error {
	old, err := h.addrs()
	if err != nil {
		return err
	}
	keep := map[netip.Addr]bool{}
	var script strings.Builder
	for _, a := range addrs {
		keep[a] = true
		if !old[a] {
			fmt.Fprintf(&script, "addr add %s/%d dev %s%s\n", a, a.BitLen(), device, map[bool]string{true: " nodad"}[a.Is6()])
		}
	}
	for a := range old {
		if !keep[a] {
			fmt.Fprintf(&script, "addr del %s/%d dev %s\n", a, a.BitLen(), device)
		}
	}
	// The kernel takes the routes away with the last address of a family.
	for _, a := range addrs {
		fmt.Fprintf(&script, "route replace %s dev %s %s\n", map[bool]string{true: "::/0", false: "0.0.0.0/0"}[a.Is6()],
			device, h.congestion)
	}
	return ipBatch(h.Name, script.String())
}

func (h *Host) addrs() (map[netip.Addr]bool, error) {
	out, err := exec.Command("ip", "-n", h.Name, "-o", "addr", "show", "dev", device).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("addresses of %s: %w: %s", h.Name, err, out)
	}
	set := map[netip.Addr]bool{}
	for line := range strings.Lines(string(out)) {
		// 2: tun0    inet 10.91.0.1/32 scope global tun0 ...
		if f := strings.Fields(line); len(f) > 3 {
			if p, err := netip.ParsePrefix(f[3]); err == nil {
				set[p.Addr()] = true
			} else if a, err := netip.ParseAddr(f[3]); err == nil {
				set[a] = true
			}
		}
	}
	return set, nil
}

// openTUN makes the device and returns the descriptor that is its other side.
func (h *Host) openTUN() (fd int, err error) {
	err = h.Do(func() error {
		fd, err = unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
		if err != nil {
			return fmt.Errorf("opening /dev/net/tun: %w", err)
		}
		ifr, err := unix.NewIfreq(device)
		if err != nil {
			return err
		}
		ifr.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
		if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, ifr); err != nil {
			unix.Close(fd)
			return fmt.Errorf("making %s in %s: %w", device, h.Name, err)
		}
		// No link-local address: the kernel then sends no router solicitations, which would count as traffic.
		return os.WriteFile("/proc/sys/net/ipv6/conf/"+device+"/addr_gen_mode", []byte("1"), 0)
	})
	if err != nil {
		return -1, err
	}
	return fd, ipBatch(h.Name, "link set lo up\nlink set "+device+" up\n")
}

// Pids returns the processes in the namespace, without this one.
func (h *Host) Pids() ([]int, error) {
	out, err := exec.Command("ip", "netns", "pids", h.Name).Output()
	if err != nil {
		return nil, fmt.Errorf("processes in %s: %w", h.Name, err)
	}
	var pids []int
	for f := range strings.FieldsSeq(string(out)) {
		if p, err := strconv.Atoi(f); err == nil && p != os.Getpid() {
			pids = append(pids, p)
		}
	}
	return pids, nil
}

// remove ends the processes in the namespace and deletes it.
func (h *Host) remove() error {
	if _, err := os.Stat(filepath.Join(nsDir, h.Name)); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for end := time.Now().Add(killWait); ; time.Sleep(10 * time.Millisecond) {
		pids, err := h.Pids()
		if err != nil {
			return err
		}
		alive := 0
		for _, p := range pids {
			if !isZombie(p) && unix.Kill(p, unix.SIGKILL) == nil {
				alive++
			}
		}
		if alive == 0 {
			break
		}
		if time.Now().After(end) {
			return fmt.Errorf("processes %v in %s survive SIGKILL", pids, h.Name)
		}
	}
	return ip("netns", "del", h.Name)
}

func ip(args ...string) error {
	out, err := exec.Command("ip", args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("ip %s: %w: %s", strings.Join(args, " "), err, bytes.TrimSpace(out))
	}
	return nil
}

func ipBatch(ns, script string) error {
	cmd := exec.Command("ip", "-n", ns, "-batch", "-")
	cmd.Stdin = strings.NewReader(script)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("ip -n %s: %w: %s\n%s", ns, err, bytes.TrimSpace(out), script)
	}
	return nil
}
