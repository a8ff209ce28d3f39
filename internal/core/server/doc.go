// Package server is the whole of mosh-server without I/O: a session, which is one terminal with one
// program behind it, and a set of peers, each with its own key and transport (docs/design.md, sections 2
// and 7; spec/protocol.md, sections 4.2, 7.9 and 8).
//
// The driver's duty: after any method that takes now, send what AppendDatagrams gives, write HostInput to
// the program and report it with HostWritten, carry out TakeResize, then arm a timer for NextTimeout.
// Spurious calls are harmless. An error of HandleDatagram is for counters and logs and never ends the
// session; Done tells its end.
package server
