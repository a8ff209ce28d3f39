package ssp

import "mosh/internal/core/datagram"

// Stats counts what a transport did and refused.
type Stats struct {
	datagram.Stats
	InstructionsSent     uint64
	InstructionsReceived uint64
	EmptyAcks            uint64
	Retransmits          uint64 // instructions that repeat a state already sent
	Oversize             uint64 // changes of more than 4 MiB, which no peer would take
	Refused              [Refusals]uint64
	PayloadLimit         int     // largest UDP payload at present, in octets
	KeptSent             int     // states kept of our object
	KeptReceived         int     // states kept of the peer's
	Loss                 float64 // estimated share of the peer's datagrams that do not arrive
}

// RefusedTotal is the sum over all refusals.
func (s *Stats) RefusedTotal() uint64 {
	var sum uint64
	for _, n := range s.Refused {
		sum += n
	}
	return sum
}
