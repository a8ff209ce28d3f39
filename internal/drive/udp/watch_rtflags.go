//go:build darwin || freebsd || netbsd || solaris

package udp

// rtFlagsAt is where rtm_flags is in struct rt_msghdr.
const rtFlagsAt = 8
