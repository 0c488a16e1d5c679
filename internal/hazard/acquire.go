package hazard

import (
	"sync/atomic"
	"unsafe"

	"hazptr/internal/perproc"
	"hazptr/internal/yield"
)

// Acquire loads *src and protects the object that it points to. It returns the
// object, the slot that protects it and the slot's turn; or nil, with nothing
// protected, where *src is nil.
func Acquire(src *unsafe.Pointer) (unsafe.Pointer, *GuardSlot, uintptr) {
	// An address, not a pointer, until it is protected. The calls below may be
	// preempted or block. A pointer that is live there into memory that is
	// unmapped meanwhile, and the heap's later, would make the garbage
	// collector throw.
	p := uintptr(atomic.LoadPointer(src))
	if p == 0 {
		return nil, nil, 0
	}
	// The two calls that pin are most of the cost, and what follows is not to
	// add another. The ifs are nested for the compiler, which makes a value of
	// an && that has an inlined call.
	if bank := guards.banks.Of(perproc.Pin()); bank != nil {
		if latest := bank.latest.Load(); latest != nil {
			if latest.free() {
				turn := bank.latestGroup.Load().take(latest, p) // [publish]
				perproc.Unpin()
				if yield.Enabled {
					yield.Here("validate")
				}
				if q := atomic.LoadPointer(src); uintptr(q) == p { // [validate]
					if !Tracing() {
						return q, latest, turn
					}
				}
				return validate(src, p, latest, turn)
			}
		}
	}
	perproc.Unpin()
	slot, turn := guards.claim(p) // [publish]
	return validate(src, p, slot, turn)
}

// validate returns the object that *src points to once the slot, which has p,
// protects it.
func validate(src *unsafe.Pointer, p uintptr, slot *GuardSlot, turn uintptr) (unsafe.Pointer, *GuardSlot, uintptr) {
	for {
		if yield.Enabled {
			yield.Here("validate")
		}
		q := atomic.LoadPointer(src) // [validate]
		if uintptr(q) == p {
			if Tracing() {
				traces.guard(slot, turn)
			}
			return q, slot, turn
		}
		p = uintptr(q)
		if p == 0 {
			if slot.End() {
				slot.left()
			}
			return nil, nil, 0
		}
		// The slot isn't zero, so it is this Guard's: the caller need not be
		// pinned to publish in it again.
		if slot.Replace(p) { // [publish]
			// It calls no reclaim function, since the slot holds an object that
			// is not validated.
			slot.left()
		}
	}
}
