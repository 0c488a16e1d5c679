package hazptr

import (
	"sync/atomic"
	"unsafe"

	"hazptr/internal/fence"
	"hazptr/internal/perp"
	"hazptr/internal/yield"
)

// A Guard protects one object for one use. It is a value that can be returned, stored and sent on; whoever has it may release it,
// on any goroutine:
//
//	g := hazptr.Acquire(&current)
//	defer g.Release()
//	if c := g.Ptr(); c != nil {
//		serve(request, c)
//	}
//
// Exactly one copy of a Guard must be released, and from then on none of them used. An object whose Guard is forgotten stays protected for ever. The zero
// Guard protects nothing.
//
// Acquire and Release cost a few nanoseconds, on any number of cores; a goroutine that reads again and again does it cheaper with a [Holder]. Any
// number of Guards may be held at once.
//
// In the terminology of the Go memory model, whatever "happens before" the Release of a Guard "synchronizes before" the reclaim function of its object.
//
// It is what the kernel's hazptr_acquire, hazptr_detach and hazptr_release (2026) are together.
type Guard[T any] struct {
	check guardCheck

	p    *T
	slot *guardSlot
	turn uintptr
}

const guardReleased = "hazptr: Release of a Guard of which a copy has been released already"

// Acquire loads *src and protects the object that it points to. Where *src is nil, the Guard's Ptr is nil and releasing it does nothing. The
// object must be retired only after *src has been changed to something else.
//
// It may be called by any goroutine. Acquire is lock-free but for the rare call that makes room for more Guards.
func Acquire[T any](src *atomic.Pointer[T]) Guard[T] {
	p, slot, turn := acquire((*unsafe.Pointer)(unsafe.Pointer(src)))
	g := Guard[T]{p: (*T)(p), slot: slot, turn: turn}
	if checking {
		g.check = newGuardCheck(p, unsafe.Pointer(src))
	}
	return g
}

// An atomic.Pointer is a pointer and nothing else; acquire relies on it.
var _ [0]struct{} = [unsafe.Sizeof(atomic.Pointer[int]{}) - unsafe.Sizeof(unsafe.Pointer(nil))]struct{}{}

func acquire(src *unsafe.Pointer) (unsafe.Pointer, *guardSlot, uintptr) {
	// An address, not a pointer, until it is protected: the calls below may be preempted or block, and a pointer that is live there into memory
	// that is unmapped meanwhile, and the heap's later, would make the garbage collector throw.
	p := uintptr(atomic.LoadPointer(src))
	if p == 0 {
		return nil, nil, 0
	}
	// The two calls that pin are most of the cost, and what follows is not to add another.
	var slot *guardSlot
	var turn uintptr
	if bank := guards.banks.Of(perp.Pin()); bank != nil {
		if latest := bank.latest.Load(); latest != nil && latest.free() {
			slot, turn = latest, bank.latestGroup.Load().take(latest, p) // [publish]
		}
	}
	perp.Unpin()
	if slot == nil {
		slot, turn = guards.claim(p) // [publish]
	}
	for {
		if yield.Enabled {
			yield.Here("validate")
		}
		q := atomic.LoadPointer(src) // [validate]
		if uintptr(q) == p {
			if traces.on.Load() != 0 {
				traces.guard(slot, turn)
			}
			return q, slot, turn
		}
		p = uintptr(q)
		if p == 0 {
			fence.Release(&slot.hazard, 0)
			return nil, nil, 0
		}
		// The slot isn't zero, so it is ours: we need not be pinned to publish in it again.
		fence.Publish(&slot.hazard, p) // [publish]
	}
}

// Ptr returns the object, or nil where the source was nil. It must not be called after Release, and the pointer must not be used after it.
func (g *Guard[T]) Ptr() *T {
	if checking {
		g.check.use()
	}
	return g.p
}

// Release ends the protection. It may be called by any goroutine. Again on the same variable it does nothing; on another copy of a Guard
// that was released it panics. (That is not promised where two goroutines release two copies at the same time.)
func (g *Guard[T]) Release() {
	slot := g.slot
	if slot == nil {
		return
	}
	if checking {
		g.check.release()
	}
	if slot.hazard != uintptr(unsafe.Pointer(g.p)) || slot.turn != g.turn {
		panic(guardReleased)
	}
	// A pointer into memory that is unmapped now and the heap's later would make the garbage collector throw.
	g.p, g.slot = nil, nil
	fence.Release(&slot.hazard, 0) // pairs with [look]
}
