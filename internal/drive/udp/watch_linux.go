package udp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

// The groups of rtnetlink(7) that tell of links, addresses, routes and routing rules. The last is a bit that x/sys has
// no name for: RTNLGRP_IPV6_RULE is group 19.
const newsGroups = unix.RTMGRP_LINK | unix.RTMGRP_IPV4_IFADDR | unix.RTMGRP_IPV4_ROUTE | unix.RTMGRP_IPV4_RULE |
	unix.RTMGRP_IPV6_IFADDR | unix.RTMGRP_IPV6_ROUTE | 1<<(19-1)

func openNews() (io.ReadCloser, func([]byte) bool, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, nil, fmt.Errorf("udp: %w", os.NewSyscallError("socket", err))
	}
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: newsGroups}); err != nil {
		unix.Close(fd)
		return nil, nil, fmt.Errorf("udp: %w", os.NewSyscallError("bind", err))
	}
	n := &netlink{links: map[int32]uint32{}, addrs: map[ifAddr]uint8{}}
	return os.NewFile(uintptr(fd), "netlink"), n.changed, nil
}

func isOverrun(err error) bool { return errors.Is(err, unix.ENOBUFS) }

// netlink remembers what was reported, to tell changes from repetitions: router advertisements renew addresses every
// few minutes, and wireless links report all the time. What is met for the first time counts as a change.
type netlink struct {
	links map[int32]uint32 // state flags of each interface
	addrs map[ifAddr]uint8 // state flags of each address
}

type ifAddr struct {
	link uint32
	addr netip.Addr
}

const (
	linkState = unix.IFF_UP | unix.IFF_RUNNING | unix.IFF_LOWER_UP
	addrState = unix.IFA_F_TENTATIVE | unix.IFA_F_DADFAILED | unix.IFA_F_DEPRECATED
)

// changed reports whether one of the messages in b tells of a change.
func (n *netlink) changed(b []byte) bool {
	any := false
	for len(b) >= unix.SizeofNlMsghdr {
		size := int(binary.NativeEndian.Uint32(b))
		if size < unix.SizeofNlMsghdr || size > len(b) {
			return true // cannot be read: better once too often
		}
		if n.message(binary.NativeEndian.Uint16(b[4:]), b[unix.SizeofNlMsghdr:size]) {
			any = true
		}
		b = b[min(align(size), len(b)):]
	}
	return any
}

func align(n int) int { return (n + 3) &^ 3 }

func (n *netlink) message(kind uint16, b []byte) bool {
	switch kind {
	case unix.RTM_NEWLINK, unix.RTM_DELLINK:
		return n.link(kind == unix.RTM_DELLINK, b)
	case unix.RTM_NEWADDR, unix.RTM_DELADDR:
		return n.addr(kind == unix.RTM_DELADDR, b)
	case unix.RTM_NEWROUTE, unix.RTM_DELROUTE:
		return isRoute(b)
	case unix.RTM_NEWRULE, unix.RTM_DELRULE:
		return true
	}
	return false
}

// link reads an ifinfomsg.
func (n *netlink) link(gone bool, b []byte) bool {
	if len(b) < unix.SizeofIfInfomsg {
		return false
	}
	index := int32(binary.NativeEndian.Uint32(b[4:]))
	state := binary.NativeEndian.Uint32(b[8:]) & linkState
	if gone {
		delete(n.links, index)
		return true
	}
	old, known := n.links[index]
	n.links[index] = state
	return !known || old != state
}

// addr reads an ifaddrmsg and its attributes. An address that is still being tested for duplicates cannot be used yet:
// the kernel reports it again when it can.
func (n *netlink) addr(gone bool, b []byte) bool {
	if len(b) < unix.SizeofIfAddrmsg {
		return false
	}
	state := b[2] & addrState
	key := ifAddr{link: binary.NativeEndian.Uint32(b[4:])}
	for attrs := b[unix.SizeofIfAddrmsg:]; len(attrs) >= unix.SizeofRtAttr; {
		size := int(binary.NativeEndian.Uint16(attrs))
		if size < unix.SizeofRtAttr || size > len(attrs) {
			break
		}
		kind := binary.NativeEndian.Uint16(attrs[2:])
		a, ok := netip.AddrFromSlice(attrs[unix.SizeofRtAttr:size])
		// IFA_LOCAL is our end of a point-to-point link, IFA_ADDRESS the other; else they are the same.
		if ok && (kind == unix.IFA_LOCAL || kind == unix.IFA_ADDRESS && !key.addr.IsValid()) {
			key.addr = a
		}
		attrs = attrs[min(align(size), len(attrs)):]
	}
	if gone {
		delete(n.addrs, key)
		return true
	}
	old, known := n.addrs[key]
	n.addrs[key] = state
	return state&unix.IFA_F_TENTATIVE == 0 && (!known || old != state)
}

// isRoute reads an rtmsg, and reports whether it is of a route to other machines.
func isRoute(b []byte) bool {
	if len(b) < unix.SizeofRtMsg {
		return false
	}
	table, kind, flags := b[4], b[7], binary.NativeEndian.Uint32(b[8:])
	switch kind {
	case unix.RTN_LOCAL, unix.RTN_BROADCAST, unix.RTN_ANYCAST, unix.RTN_MULTICAST:
		return false
	}
	return table != unix.RT_TABLE_LOCAL && flags&unix.RTM_F_CLONED == 0
}
