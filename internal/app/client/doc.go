// Package client is the command mosh-client: it shows the session of a mosh-server in the user's terminal
// (spec/commands.md, part C).
//
// What is printed, and where: before the terminal is taken and after it is given back, errors go to stderr,
// each with what to do next, and "[mosh is exiting.]" to stdout; in between everything that a person has to
// know stands in the bar at the top of the screen. With -v a log goes to stderr, which must not be the terminal.
package client
