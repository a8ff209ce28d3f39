// Package width says how many columns a character or a grapheme cluster takes, by named tables
// (spec/terminal.md, sections 3 and 7.2). Both ends of a connection must count alike, or the text of a
// line is shifted: that is why the tables have numbers that go over the wire, and why Doubtful tells where
// a peer with another table may count differently.
//
// The tables are constants, made by internal/tools/widthgen.
package width

//go:generate go run mosh/internal/tools/widthgen testdata/glibc-2.36.txt tables.go
