// Package simnet runs cores on a virtual clock over a simulated network, for
// tests: no goroutine, no real time, the same run for the same seed.
//
// A Net has nodes with addresses, and a Link for each ordered pair of
// addresses: delay, jitter, loss, bursts of loss, duplication, reordering, a
// rate with a drop-tail queue and congestion marks, a largest datagram,
// outages. Addresses can be translated and the translation changed (NAT
// rebinding), nodes can change address (roaming). Run steps from one event to
// the next: arrival, scheduled action or deadline of a node. A Watch looks at
// every datagram on its way out and checks what must hold whatever the network
// does; it keeps a readable trace for the failure's text.
package simnet
