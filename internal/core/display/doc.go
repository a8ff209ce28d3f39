// Package display makes the bytes that take a receiver of terminal output from one frame to another: the
// peer's emulator, for which they are the host bytes of a diff, or the user's real terminal.
//
// The result is a pure function of what the receiver can do (Caps), the frame it shows and the frame it shall
// show (spec/terminal.md, 5.11). It is exact: a copy of the receiver's rows is carried along and every
// sequence changes it as the receiver changes its own, so that a bad guess costs bytes and never a wrong cell.
// It is small: where there are several ways, they are written out one after the other and the shortest stays.
//
// What every receiver is trusted with: deferred wrap at the right margin, autowrap on, origin and insert mode
// off, full margins between two diffs. What none is trusted with: whether a wrap is pending at the start of a
// diff, and what is left of a wide character when one half of it was overwritten.
package display
