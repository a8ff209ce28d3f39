// Package client is the whole of mosh-client without I/O: the user's input, the server's screen, prediction,
// the notification bar, the escape key, and the paths on which datagrams go (docs/design.md, section 2;
// spec/protocol.md, sections 4.1 and 7.9; spec/commands.md, part C).
//
// The driver's duty: after any method that takes now, send what AppendDatagrams gives, each on its path
// (opening a socket for a path it does not know), close the paths that AppendRetired gives, paint Frame
// when the terminal is free, and arm a timer for NextTimeout. Spurious calls are harmless. An error of
// HandleDatagram is for counters and logs; Done tells the end.
package client
