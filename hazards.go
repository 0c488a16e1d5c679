package hazptr

import (
	"hazptr/internal/perp"
)

// The hazard pointers of the process. There is one set of them, whatever the domain that an object is retired in, so that no reader can
// protect in the wrong place.
var (
	holders holderSlots
	guards  = guardSlots{banks: perp.NewLocal[guardBank]()}
)

// A hazard is what a look has found in a slot.
type hazard struct {
	slot    *uintptr
	address uintptr
	next    int // index of the next one with this address, or none
}

const none = -1
