//go:build !linux

package mosh

import (
	"errors"
	"net"
	"net/netip"
)

// offerWorks: the proxy connects, and carries what ssh says.
const offerWorks = false

func offerConnection(string, []netip.Addr, string) (withdraw func()) { return func() {} }

func passOffered(Process) bool { return false }

func passConnection(*net.TCPConn) error { return errors.ErrUnsupported }
