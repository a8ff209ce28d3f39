// Package e2e drives the real programs through a real sshd and a real shell, with tmux as the observer:
// ours with ours, ours with stock mosh 1.4.0, and stock with ours. It holds test support only; the tests
// are beside it. What it starts, it ends, by process id.
package e2e
