package udp

import (
	"os"

	"golang.org/x/sys/unix"
)

// udpHeader is what the filter sees before the payload, in octets.
const udpHeader = 8

// attachFilter sets a classic BPF program, which needs no privilege.
func attachFilter(fd int, f Filter) error {
	if f.Min == 0 {
		return nil
	}
	p := program(f)
	fprog := &unix.SockFprog{Len: uint16(len(p)), Filter: &p[0]}
	return os.NewSyscallError("setsockopt", unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, fprog))
}

// program returns 0, drop, or the most that is kept of a datagram. One longer than MaxDatagram goes too: it would be
// dropped later.
func program(f Filter) []unix.SockFilter {
	const drop, pass = 0, 1 << 18
	return []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_LEN},
		{Code: unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K, K: uint32(udpHeader + f.Min), Jf: 4},
		{Code: unix.BPF_JMP | unix.BPF_JGT | unix.BPF_K, K: udpHeader + MaxDatagram, Jt: 3},
		{Code: unix.BPF_LD | unix.BPF_H | unix.BPF_ABS, K: udpHeader},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: uint32(f.Head), Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: pass},
		{Code: unix.BPF_RET | unix.BPF_K, K: drop},
	}
}
