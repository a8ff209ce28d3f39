// Package mosh is the launcher: it logs in with ssh, starts mosh-server there and becomes mosh-client
// (spec/commands.md, part A).
//
// The steps, each in its own file: the command line and what else sets options (settings); asking ssh what its
// configuration holds (sshconfig); which of three ways leads to the UDP address (plan); the command for the remote
// login shell (remote, quote); reading what ssh and the server print (startup); what to say when no session came of
// it (failure); the choice of address and the change into the client (launch).
//
// # What is printed, and where
//
// The terminal belongs to ssh until the session starts: what it and the remote side print goes to stdout unchanged,
// and prompts are untouched because ssh makes them on the terminal itself. The launcher's own lines go to stderr and
// begin with "mosh: "; an error is one sentence with its cause and what to do next. Help and version go to stdout.
// The key is never printed and never in an argument: it stands in the environment of the client only.
package mosh
