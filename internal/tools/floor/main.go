//go:build linux

// Command floor is what no program in Go can be below: without arguments it ends at once; with -wait it holds a pty and a
// UDP socket, as a server does, and waits at both. The bench measures it beside ours.
package main

import (
	"fmt"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

func main() {
	if len(os.Args) < 2 || os.Args[1] != "-wait" {
		return
	}
	if err := wait(); err != nil {
		fmt.Fprintln(os.Stderr, "floor:", err)
		os.Exit(1)
	}
}

func wait() error {
	tty, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		return fmt.Errorf("opening a pty: %w", err)
	}
	if err := unix.IoctlSetPointerInt(int(tty.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		return fmt.Errorf("unlocking the pty: %w", err)
	}
	n, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPTN)
	if err != nil {
		return fmt.Errorf("naming the pty: %w", err)
	}
	far, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return fmt.Errorf("opening the other end of the pty: %w", err)
	}
	defer far.Close()
	socket, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return fmt.Errorf("opening a socket: %w", err)
	}
	fmt.Println("READY")
	go func() {
		b := make([]byte, 4096)
		for {
			if _, err := tty.Read(b); err != nil {
				return
			}
		}
	}()
	b := make([]byte, 2048)
	for {
		if _, _, err := socket.ReadFromUDPAddrPort(b); err != nil {
			return fmt.Errorf("reading the socket: %w", err)
		}
	}
}
