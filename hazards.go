package hazptr

import (
	"sync/atomic"
	"unsafe"

	"hazptr/internal/perp"
)

// The hazard pointers of the process. There is one set of them, whatever the domain that an object is retired in, so that no reader can
// protect in the wrong place.
var (
	holders holderSlots
	guards  = guardSlots{banks: perp.NewLocal[guardBank]()}
)

// hazardSlots returns how many slots eachHazard looks at.
func hazardSlots() int { return holders.opened() + int(guards.made.Load()) }

func eachHazard(look func(hazard *uintptr)) {
	holders.each(look)
	guards.each(look)
}

// appendHazards appends every address that a slot holds, some of them more than once.
//
// The caller has unlinked what it asks about, and then called fence.Heavy. A reader whose validation found the object still linked had stored its hazard
// before that, and the fence has made the store visible. So the load here sees it, or a later value of the same slot: zero or another address, stored
// when that reader was done with the first. The load is an acquire, so that what the reader did before comes before what the caller does next.
//
// One fence is enough however often an object is looked for: protection is never copied from slot to slot, so once an object is unlinked and
// the fence has passed, the slots that hold it validly only become fewer.
func appendHazards(to []uintptr) []uintptr {
	eachHazard(func(hazard *uintptr) {
		if p := atomic.LoadUintptr(hazard); p != 0 { // [look]
			to = append(to, p)
		}
	})
	return to
}

// holding returns the slots that hold p. By the same rule as in appendHazards no other will, validly.
func holding(p unsafe.Pointer) (slots []*uintptr) {
	eachHazard(func(hazard *uintptr) {
		if atomic.LoadUintptr(hazard) == uintptr(p) { // [look]
			slots = append(slots, hazard)
		}
	})
	return slots
}
