package hazard

import (
	"sync/atomic"
	"unsafe"

	"hazptr/internal/caller"
	"hazptr/internal/fence"
)

// Guards share a protection so: the hazard stays in the slot of the Guard that
// was acquired, the owner, until the last of them is released. A look sees one
// slot that goes from the object to zero, as it does without shares. (If the
// protection went from slot to slot, a look might see the new one before and
// the old one after.)
//
// The owner counts the others. Each of these has a slot too, and its turn,
// which tell it from a copy of an earlier one; the hazard there is the owner's
// address, which is no object's.

// A slot's Turn goes up by turnStep. What is below says, in an owner's, that
// Release must look at the count. The last of the Guards goes on to a turn that
// no Guard has: the slot still has the object then, and a copy of the one that
// was acquired must not be taken for it.
const (
	turnShared   = 1 << iota // it has been shared
	turnReleased             // and the Guard that was acquired was released

	turnStep
)

// Share returns the slot and the turn of another Guard that protects p, which
// the caller's does. It panics if that has been released.
func (slot *GuardSlot) Share(p, turn uintptr) (share *GuardSlot, itsTurn uintptr) {
	if slot == nil {
		return nil, 0
	}
	owner := slot.owner(p, turn)
	if owner == nil {
		panic("hazptr: Share of a Guard that has been released")
	}
	if owner == slot && atomic.LoadUintptr(&slot.Turn) == turn {
		// Unless another Share has done it.
		atomic.CompareAndSwapUintptr(&slot.Turn, turn, turn|turnShared)
	}
	owner.others.Add(1)
	return guards.take(uintptr(unsafe.Pointer(owner)))
}

// owner returns the slot that protects p for a Guard, or nil if the Guard has
// been released.
func (slot *GuardSlot) owner(p, turn uintptr) *GuardSlot {
	hazard, now := atomic.LoadUintptr(&slot.Hazard), atomic.LoadUintptr(&slot.Turn)
	switch {
	case hazard == p && now&^turnShared == turn:
		return slot
	case hazard != p && hazard != 0 && now == turn:
		return *(**GuardSlot)(unsafe.Pointer(&hazard)) // slots are never freed
	}
	return nil
}

// releaseShared releases a Guard of a shared protection, or one that has been
// released, for which it panics.
//
//go:noinline
func (slot *GuardSlot) releaseShared(p, turn uintptr) {
	owner := slot.owner(p, turn)
	switch {
	case owner == nil,
		owner == slot && !atomic.CompareAndSwapUintptr(&slot.Turn, turn|turnShared, turn|turnShared|turnReleased):
		panic(caller.Of() + " of which a copy has been released already")
	case owner != slot:
		fence.Release(&slot.Hazard, 0)
	}
	// What each of them did comes before the addition of the last one.
	if owner.others.Add(^uintptr(0)) == ^uintptr(0) {
		owner.others.Store(0)
		atomic.StoreUintptr(&owner.Turn, (atomic.LoadUintptr(&owner.Turn)|(turnStep-1))+1)
		if owner.End() { // [clear], [watched?]
			owner.Ended()
		}
	}
}

// Keep protects p, which is not nil and which another mechanism keeps from
// being retired until the caller has come back, and longer.
func Keep(p unsafe.Pointer) (*GuardSlot, uintptr) {
	slot, turn := guards.take(uintptr(p)) // [publish]
	if Tracing() {
		traces.guard(slot, turn)
	}
	return slot, turn
}
