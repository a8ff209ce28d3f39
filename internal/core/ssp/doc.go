// Package ssp is the State Synchronization Protocol: it keeps a copy of one
// end's object at the other end over datagrams that may be lost, doubled and
// reordered (spec/protocol.md, sections 5 to 7).
//
// A datagram's payload is a fragment:
//
//	offset  size
//	0       8     instruction id, big-endian
//	8       2     final (1 bit), fragment number (15 bits), big-endian
//	10      n     chunk
//
// The chunks of one id, in order, are a zlib stream that holds one
// wire.TransportInstruction, whose diff takes a numbered state of the sender's
// object to another. An end sends diffs from the state it assumes the peer to
// have; the peer acknowledges the highest number it holds; what is not
// acknowledged is sent again, as a diff to the newest state, never as the old
// datagram.
//
// A Transport is one end. The duty of whoever drives it: after any Handle...,
// Changed, StartShutdown or Advance, take AppendDatagrams and send them, then
// call Advance again at NextTimeout at the latest. Superfluous calls do no
// harm. Nothing that the peer sends ends a session or panics: what is refused
// is counted by Refusal.
//
// The timing is stock's (section 7.2), one state machine per end:
//
//	unsent change    CollectDelay after it was first seen, SendInterval after the last transmission
//	presumed lost    SendInterval after the last transmission
//	not yet acked    RTO + 100 ms after the last transmission
//	ack owed         100 ms after the scheduling pass that follows
//	nothing          3 s after the last transmission
package ssp
