// Package server is the command mosh-server: it binds a port, prints where and with which key it can be
// reached, and goes into the background, where it runs a program on a terminal for the client that comes
// (spec/commands.md, part B).
//
// What is printed, and where: the line MOSH CONNECT and nothing else goes to stdout; version, notes and
// errors go to stderr, an error with what to do next. After that the program is silent unless -v was given.
package server
