package hazptr

import (
	"runtime"
	"sync/atomic"
	"unsafe"

	"hazptr/internal/check"
	"hazptr/internal/fence"
	"hazptr/internal/hazard"
	"hazptr/internal/perproc"
)

// A Holder is a hazard pointer that one goroutine owns. It protects one object
// at a time, and doing so costs two plain stores:
//
//	h := hazptr.NewHolder[Config]()
//	defer h.Close()
//	for request := range requests {
//		c := h.Protect(&current) // c stays as it is ...
//		serve(request, c)
//		h.Clear() // ... until here
//	}
//
// A Holder is worth making for a goroutine that reads again and again;
// NewHolder and Close cost a hundred nanoseconds or so. For single reads, and
// where the reader is not known in advance, take a [Guard].
//
// All methods must be called by one goroutine at a time, with a happens-before
// edge between one owner's calls and the next one's. Protect, TryProtect and
// Set end what the Holder protected before. To walk a structure from node to
// node use two or more Holders in turn: protection must not be handed from one
// to another by copying the pointer with Set.
//
// The end of a protection notifies where it is waited for, by a domain or by
// Synchronize: with Clear and Close at once. Protect, TryProtect and Set do not
// notify, so what they leave is found when it is looked for, some 50µs later
// and up to 10ms where it was protected for long. A loop that protects again
// and again need not Clear, but an object ends sooner if it does.
//
// After Close every other method panics. A Holder must not be copied. One that
// the garbage collector finds without Close is counted in [Stats].Leaked; what
// it protected stays protected for ever.
//
// In the terminology of the Go memory model, whatever a goroutine does with an
// object between the Protect that returned it and the next call that ends the
// protection "synchronizes before" the object's reclaim function.
//
// It is the kernel's struct hazptr_context (include/linux/hazptr.h), folly's
// hazptr_holder, and the hazard pointer of Michael, "Hazard Pointers: Safe
// Memory Reclamation for Lock-Free Objects" (IEEE TPDS 15(6), 2004).
type Holder[T any] struct {
	_ noCopy

	// hazard is the address of the word in the process's table that scans look
	// at; nil after Close.
	hazard *uintptr

	check  check.Holder
	slot   *hazard.Slot
	lease  *hazard.Lease // of the slot; its cleanup notices a forgotten Holder
	closed bool
}

// noCopy makes go vet report copies.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}

// inlined makes the compiler inline what it calls in a reader's code, too. The
// compiler hands a function on to the importers of this package only if it has
// inlined it here, outside generic code. TestCompiledCode notices.
func inlined(hazard *uintptr) {
	fence.Publish(hazard, 0)
	fence.Release(hazard, 0)
}

var _ = inlined

const holderClosed = "hazptr: Holder used after Close, or not made by NewHolder"

// NewHolder returns a Holder that protects nothing. It should be closed after
// its last use.
func NewHolder[T any]() *Holder[T] {
	lease := hazard.Open()
	h := perproc.Apart[Holder[T]]()
	h.hazard, h.slot, h.lease = &lease.Hazard, lease.Slot, lease
	if check.Enabled {
		h.check = check.NewHolder(h.hazard)
	}
	return h
}

// Protect loads *src and protects the object that it points to, which it
// returns, until the next call of a method of h. The object must be retired
// only after *src has been changed to something else. Where *src is nil,
// Protect returns nil and protects nothing.
//
// Protect is lock-free: it starts over when *src changes while it runs.
func (h *Holder[T]) Protect(src *atomic.Pointer[T]) *T {
	// The methods must stay within the inliner's budget as they are;
	// TestCompiledCode tells.
	hazard := h.hazard
	if hazard == nil {
		if check.Enabled {
			h.check.Refuse()
		}
		panic(holderClosed)
	}
	for {
		p := src.Load()
		// [publish] pairs with [look], by Heavy.
		fence.Publish(hazard, uintptr(unsafe.Pointer(p)))
		// [validate] pairs with the updater's unlink, by Heavy.
		if src.Load() == p {
			// Up to here the lease's cleanup must not take the slot back.
			runtime.KeepAlive(h)
			if check.Enabled {
				h.check.Protect(unsafe.Pointer(p), unsafe.Pointer(src))
			}
			return p
		}
	}
}

// TryProtect protects p, which the caller has loaded from *src, and reports
// whether *src still pointed to it then. When it reports false, h protects
// nothing and p must not be used.
func (h *Holder[T]) TryProtect(p *T, src *atomic.Pointer[T]) bool {
	hazard := h.hazard
	if hazard == nil {
		if check.Enabled {
			h.check.Refuse()
		}
		panic(holderClosed)
	}
	fence.Publish(hazard, uintptr(unsafe.Pointer(p))) // [publish]
	same := src.Load() == p                           // [validate]
	if !same {
		fence.Release(hazard, 0)
	}
	if check.Enabled && same {
		h.check.Protect(unsafe.Pointer(p), unsafe.Pointer(src))
	}
	runtime.KeepAlive(h)
	return same
}

// Set announces p in h without looking whether p may be protected. It is for
// sources that are not an atomic.Pointer[T]: tagged pointers, links in off-heap
// memory, pointers under a lock. The caller must then find, by an atomic load
// or under the lock, that p had not been unlinked when Set returned; before
// that p must not be used. That another Holder or Guard protects p is not
// enough: protection must not be copied.
func (h *Holder[T]) Set(p *T) {
	hazard := h.hazard
	if hazard == nil {
		if check.Enabled {
			h.check.Refuse()
		}
		panic(holderClosed)
	}
	fence.Publish(hazard, uintptr(unsafe.Pointer(p))) // [publish]
	if check.Enabled {
		h.check.Protect(unsafe.Pointer(p), nil)
	}
	runtime.KeepAlive(h)
}

// Clear ends the protection. With [Config].ReclaimInline it may call reclaim
// functions of what nothing protects any more.
func (h *Holder[T]) Clear() {
	slot := h.slot
	if check.Enabled && slot == nil {
		h.check.Refuse()
	}
	if slot == nil || slot.End() { // [clear], [watched?]
		slot.Ended()
	}
}

// Close ends the protection, as Clear does, and gives the hazard pointer back.
// Closing a closed Holder does nothing.
func (h *Holder[T]) Close() {
	slot, lease := h.slot, h.lease
	switch {
	case h.closed:
		return
	case slot == nil:
		h.Clear() // which says why that is wrong
	}
	watched := slot.End() // [clear], [watched?]
	if check.Enabled {
		h.check.Close(h.hazard)
	}
	h.hazard, h.slot, h.lease, h.closed = nil, nil, nil, true
	hazard.Close(lease)
	if watched { // at last: it may call reclaim functions
		slot.Ended()
	}
}
