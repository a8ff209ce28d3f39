// Package predict shows a person's keys before the host has answered (spec/prediction.md, sections 1 to 6 and 11).
//
// An Engine is told of every read of the keyboard (Keys) and of every pass over the newest server frame (Frame), and
// lays what it expects over that frame (Apply). It holds two sets of rules. Stock is the engine of mosh 1.4.0, kept
// as the base line that tests and the trace replay compare with. Own is ours: docs/prediction.md says each of its
// rules, why it is safe, and what it was measured to bring.
//
// Keys of one read travel in one client state. A key is certain to have been given to the host when the server's ack
// covers that state, and its effect is certain to be in the frame when the echo ack does.
package predict
