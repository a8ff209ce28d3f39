//go:build netbsd || openbsd

package udp

// ipRecvTOS: these systems cannot tell the TOS octet of a received datagram.
const ipRecvTOS = 0
