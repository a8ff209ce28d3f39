package udp

// The two low bits of the IPv4 TOS octet and of the IPv6 traffic class (RFC 3168, section 5).
const (
	ecnMask = 0x03
	ecnCE   = 0x03
	ect0    = 0x02 // what we send: ECT(0), DSCP 0
)
