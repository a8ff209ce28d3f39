// Package datagram is the lowest layer of the protocol: one encrypted UDP
// payload, its nonce, its two timestamps, and what they tell about the path
// (spec/protocol.md, sections 1 to 4).
//
//	offset  size
//	0       8     nonce: direction (1 bit), sequence number (63 bits), big-endian
//	8       2     timestamp: the sender's clock in milliseconds mod 2^16
//	10      2     timestamp reply: the newest timestamp of the peer plus the time it was held; ffff: none
//	12      n     payload: a fragment, see package ssp
//	12+n    16    tag
//
// Octets from 8 on are AES-128-OCB (RFC 7253) with a 128-bit tag, no associated
// data, and the 12-octet nonce 00 00 00 00 followed by octets 0 to 7.
//
// An Endpoint is one end of a session: it seals and opens, counts, estimates
// the round trip and, on the server, follows the client's address. Nothing
// that does not authenticate changes it. An Endpoint has one owner and is not
// safe for concurrent use.
package datagram
