package server

// threads is how many may run Go code at once. Every wait is on the runtime's poller here, and a second thread would
// mostly be woken to find nothing to do.
const threads = 1
