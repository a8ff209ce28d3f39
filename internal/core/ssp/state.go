package ssp

// Shutdown is the state number that ends a session.
const Shutdown = 1<<64 - 1

// Local is a snapshot of the object of this end: an immutable value.
type Local[L any] interface {
	// Equal reports whether the peer need not be told anything to go from one
	// to the other: exactly then the diff is empty.
	Equal(L) bool
	// AppendDiff appends a serialized UserMessage or HostMessage that takes
	// base to the receiver; it appends nothing if there is nothing to say. The
	// same two snapshots must always give the same octets.
	AppendDiff(dst []byte, base L) []byte
}

// Remote is the mirror of the peer's object: an immutable value.
type Remote[R any] interface {
	// Apply returns the state that the diff leads to; the receiver stays as it
	// is. The diff is only read during the call. An error refuses the whole diff.
	Apply(diff []byte) (R, error)
}
