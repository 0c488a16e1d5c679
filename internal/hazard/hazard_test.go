package hazard

import (
	"sync/atomic"
	"unsafe"

	"hazptr/internal/fence"
)

type object struct {
	value int
	_     [48]byte
}

// A guard is what the root makes of a GuardSlot.
type guard[T any] struct {
	p    *T
	slot *GuardSlot
}

func acquire[T any](src *atomic.Pointer[T]) guard[T] {
	p, slot, _ := Acquire((*unsafe.Pointer)(unsafe.Pointer(src)))
	return guard[T]{(*T)(p), slot}
}

func (g guard[T]) release() {
	if g.slot != nil && g.slot.End() {
		g.slot.Ended()
	}
}

// set publishes p in a Holder's slot.
func set[T any](slot *Slot, p *T) { fence.Publish(&slot.Hazard, uintptr(unsafe.Pointer(p))) }

// clearSlot ends what a Holder's slot protects.
func clearSlot(slot *Slot) { fence.Release(&slot.Hazard, 0) }
