// Package vt is the terminal emulator: it holds the screen that a program writes to, as xterm would show
// it (spec/terminal.md, sections 1 to 4 and 8), and hands out snapshots of it.
//
// A Terminal is written to with Write, gives the answers to a program's queries with AppendReplies, and its
// screen with Snapshot. It knows no wire and no clock. Rows are shared between the terminal, its snapshots
// and its clones, and are copied before the first write after a snapshot, so that a snapshot costs a slice
// of pointers and an unchanged row compares by its pointer.
package vt
