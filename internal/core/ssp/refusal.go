package ssp

// Refusal is why something authentic from the peer was not taken. It is an error for counters and notices.
type Refusal uint8

// The refusals. Those marked (abort) end a stock peer.
const (
	ShortFragment     Refusal = iota // payload under 10 octets (abort)
	FragmentConflict                 // fragments of one instruction contradict each other (abort)
	TooLarge                         // more than 4 MiB, compressed or not
	BadZlib                          // not a zlib stream, or a cut one
	BadInstruction                   // not a transport instruction (abort)
	WrongVersion                     // protocol version is not 2
	ThrowawayAboveOld                // would delete the state its own diff needs (abort)
	BadDiff                          // the diff does not apply (abort)
	Refusals                         // how many there are
)

var refusalText = [Refusals]string{
	"a fragment shorter than its header",
	"contradicting fragments",
	"an instruction of more than 4 MiB",
	"damaged compressed data",
	"an instruction that cannot be read",
	"another protocol version; both ends need mosh 1.x",
	"an instruction that throws its own base away",
	"a change that does not apply",
}

func (r Refusal) Error() string { return "peer sent " + refusalText[r] }
