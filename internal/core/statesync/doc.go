// Package statesync has the two objects that a session keeps equal at both ends (spec/protocol.md,
// section 8, and docs/extensions.md): the user's input, from client to server, and the screen, from
// server to client. Each has a local form, of which the sender keeps snapshots and makes diffs, and a
// remote form, to which the receiver applies them.
//
// All values are immutable snapshots; the input of a session lives once, in an InputLog, of which a
// snapshot is a length.
package statesync
