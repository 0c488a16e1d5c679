package hazptr

import (
	"sync/atomic"
	"unsafe"

	"hazptr/internal/check"
	"hazptr/internal/hazard"
)

// A Guard protects one object for one use. It is a value that can be returned,
// stored and sent on; any goroutine that has it may release it:
//
//	g := hazptr.Acquire(&current)
//	defer g.Release()
//	if c := g.Ptr(); c != nil {
//		serve(request, c)
//	}
//
// Exactly one copy of a Guard must be released, and from then on none of them
// used. An object whose Guard is forgotten stays protected for ever. The
// [Default] domain logs an object that was replaced and stays protected for
// longer than a minute. The zero Guard protects nothing.
//
// Acquire and Release cost a few nanoseconds, on any number of cores. A
// goroutine that reads again and again does it cheaper with a [Holder]. Any
// number of Guards may be held at once.
//
// In the terminology of the Go memory model, whatever "happens before" the
// Release of a Guard "synchronizes before" the reclaim function of its object.
//
// It is what the kernel's hazptr_acquire, hazptr_detach and hazptr_release
// (2026) are together.
type Guard[T any] struct {
	check check.Guard

	p    *T
	slot *hazard.GuardSlot
	turn uintptr
}

// Acquire loads *src and protects the object that it points to. Where *src is
// nil, the Guard's Ptr is nil and releasing it does nothing. The object must be
// retired only after *src has been changed to something else.
//
// It may be called by any goroutine. Acquire is lock-free but for the rare call
// that makes room for more Guards.
func Acquire[T any](src *atomic.Pointer[T]) Guard[T] {
	p, slot, turn := hazard.Acquire((*unsafe.Pointer)(unsafe.Pointer(src)))
	g := Guard[T]{p: (*T)(p), slot: slot, turn: turn}
	if check.Enabled {
		g.check = check.NewGuard(p, unsafe.Pointer(src))
	}
	return g
}

// An atomic.Pointer is a pointer and nothing else; Acquire relies on it.
var _ [0]struct{} = [unsafe.Sizeof(atomic.Pointer[int]{}) - unsafe.Sizeof(unsafe.Pointer(nil))]struct{}{}

// Ptr returns the object, or nil where the source was nil. It must not be
// called after Release, and the pointer must not be used after it.
func (g *Guard[T]) Ptr() *T {
	if check.Enabled {
		g.check.Use()
	}
	return g.p
}

// Share returns a second Guard of the same object, which protects it on its
// own. The object stays until both have been released, in any order and by any
// goroutine. Share is for work that goes on when the caller's own use ends:
//
//	go func(g hazptr.Guard[Config]) {
//		defer g.Release()
//		log(g.Ptr())
//	}(g.Share())
//
// Share may be called by several goroutines at the same time, and of a Guard
// that was itself shared. It takes some three Acquires' time. Of the zero
// Guard, and of a variable that was released, it returns the zero Guard. It
// panics for another copy of a Guard that was released.
func (g *Guard[T]) Share() Guard[T] {
	if check.Enabled {
		g.check.Use()
	}
	slot, turn := g.slot.Share(uintptr(unsafe.Pointer(g.p)), g.turn)
	other := Guard[T]{p: g.p, slot: slot, turn: turn}
	if check.Enabled {
		other.check = check.NewGuard(unsafe.Pointer(g.p), nil)
	}
	return other
}

// Keep protects p, which the caller has found in a read section of package rcu
// or srcu that is under way, beyond the end of that section. If p is nil it
// returns the zero Guard. So one walk through a structure costs no hazard
// pointer a step, and what it has found can be used for as long as is needed:
//
//	r.ReadLock()
//	n := table.lookup(key)
//	g := hazptr.Keep(n)
//	r.ReadUnlock()
//	defer g.Release()
//
// The updater must unlink the object, wait for a grace period, and only then
// retire it:
//
//	domain.Call(func() { hazptr.Retire(n, (*node).free) })
//
// An object that is retired without the grace period may end under a Guard that
// Keep has returned.
func Keep[T any](p *T) Guard[T] {
	if p == nil {
		return Guard[T]{}
	}
	// The store of the hazard comes before the store that ends the section,
	// which comes before the end of the grace period, which comes before the
	// fence of the pass that looks for the hazard.
	slot, turn := hazard.Keep(unsafe.Pointer(p))
	g := Guard[T]{p: p, slot: slot, turn: turn}
	if check.Enabled {
		g.check = check.NewGuard(unsafe.Pointer(p), nil)
	}
	return g
}

// Release ends the protection. It may be called by any goroutine. With
// [Config].ReclaimInline it may call reclaim functions of what nothing protects
// any more.
//
// Again on the same variable Release does nothing; on another copy of a Guard
// that was released it panics, and the copy is empty then. (That is not
// promised where two goroutines release two copies at the same time.)
func (g *Guard[T]) Release() {
	old := *g
	// A pointer into memory that is unmapped now and the heap's later would
	// make the garbage collector throw.
	*g = Guard[T]{}
	if check.Enabled {
		g.check = old.check
		if old.slot != nil {
			old.check.Release()
		}
	}
	old.slot.Release(uintptr(unsafe.Pointer(old.p)), old.turn)
}
