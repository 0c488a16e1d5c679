package hazptr

import (
	"context"
	"fmt"
	"reflect"
	"sync/atomic"
	"unsafe"

	"hazptr/internal/check"
	"hazptr/internal/hazard"
	"hazptr/internal/perproc"
)

// A Pointer is an atomic pointer to an object that is replaced while it is read
// and must end when its last reader has left:
//
//	var current = hazptr.NewPointer(hazptr.PointerConfig[Database]{
//		Reclaim: (*Database).Unmap,
//	}, first)
//
//	func lookup(ip netip.Addr) (r Record, err error) {
//		if !current.Do(func(db *Database) { r, err = db.Lookup(ip) }) {
//			return r, errNone // the Pointer is nil
//		}
//		return r, err
//	}
//
//	func reload(next *Database) { current.Replace(next) }
//
//	func shutdown(ctx context.Context) error {
//		current.Replace(nil) // retires the last object
//		return hazptr.Default().Barrier(ctx)
//	}
//
// The last object ends only if it is replaced by nil. To wait for its end call
// Barrier of the Pointer's domain, or Close, which panics for [Default].
//
// A Pointer is made by NewPointer or Init. The zero Pointer is nil and cannot
// be replaced. A Pointer must not be copied.
//
// The [Default] domain logs an object that was replaced and stays protected for
// longer than a minute.
//
// In the terminology of the Go memory model, a Pointer is an atomic variable:
// the call that stores an object "synchronizes before" the Do, Acquire or
// Protect that finds it.
type Pointer[T any] struct {
	_      noCopy
	source atomic.Pointer[T]
	config PointerConfig[T]
}

// A PointerConfig says how a Pointer's objects end.
type PointerConfig[T any] struct {
	// Reclaim is called once for each object that was replaced, when no reader
	// protects it any more. What it may do is told at [Retire]. It is required.
	Reclaim func(*T)

	// Bytes returns what an object holds outside the Go heap, for
	// [Config].MaxPendingBytes and [Stats]. It is called when the object is
	// replaced, perhaps more than once. Nil means 0.
	Bytes func(*T) int64

	// Domain is where the objects are retired. Nil means [Default].
	Domain *Domain
}

// NewPointer returns a Pointer to first, which may be nil. It panics if Reclaim
// is nil, for a T of size zero, and for a Domain that NewDomain did not make,
// or that belongs to another bubble of testing/synctest.
func NewPointer[T any](c PointerConfig[T], first *T) *Pointer[T] {
	p := perproc.Apart[Pointer[T]]()
	p.init("NewPointer", c, first)
	return p
}

// Init is NewPointer for a Pointer that is a variable or a field. It is called
// once, before anything else. A second Init panics.
func (p *Pointer[T]) Init(c PointerConfig[T], first *T) {
	if p.config.Reclaim != nil {
		panic("hazptr: Init of a Pointer that is made already")
	}
	p.init("Pointer.Init", c, first)
}

func (p *Pointer[T]) init(method string, c PointerConfig[T], first *T) {
	var zero T
	switch {
	case unsafe.Sizeof(zero) == 0:
		panic("hazptr: " + method + " with a zero-size type, whose objects share an address")
	case c.Reclaim == nil:
		panic("hazptr: " + method + " without PointerConfig.Reclaim")
	case c.Domain == nil:
		c.Domain = defaultDomain
	}
	c.Domain.mustBeHere(method)
	p.config = c
	p.source.Store(first)
}

// Do calls use with the object and reports true. The object is not reclaimed
// until use has returned, panicked or called runtime.Goexit. If the Pointer is
// nil, Do calls nothing and reports false.
//
// Use must not keep the pointer, nor anything that ends with the object. It may
// do anything else, for as long as it likes. It may also replace the object and
// use it again. With [Config].ReclaimInline, Do may call reclaim functions
// afterwards.
func (p *Pointer[T]) Do(use func(*T)) bool {
	if check.Enabled {
		g := p.Acquire()
		defer g.Release()
		if g.Ptr() != nil {
			use(g.Ptr())
		}
		return g.Ptr() != nil
	}
	object, slot, _ := hazard.Acquire((*unsafe.Pointer)(unsafe.Pointer(&p.source)))
	if object == nil {
		return false
	}
	defer func() { // there is no copy that could have been released
		if slot.End() { // [clear], [watched?]
			slot.Ended()
		}
	}()
	use((*T)(object))
	return true
}

// Acquire protects the object beyond a call, as the function [Acquire] does.
func (p *Pointer[T]) Acquire() Guard[T] { return Acquire(&p.source) }

// Protect protects the object with h, for a goroutine that reads again and
// again, as [Holder.Protect] does, and returns it.
func (p *Pointer[T]) Protect(h *Holder[T]) *T { return h.Protect(&p.source) }

// Replace stores next, which may be nil, and retires the object that was there.
// Next must not be one that was replaced before and is not yet reclaimed: it
// would be retired twice, and end twice. With -tags hazptr_debug the Replace
// that retires it again panics while it is pending.
//
// Readers find next at once. Replace may then be slowed down by the domain's
// bounds, as [Retire] is, so it should not be called under a lock that Reclaim
// takes.
//
// It panics, before it changes anything, if the Pointer is not made, if the
// domain is closed, and if next is there already.
func (p *Pointer[T]) Replace(next *T) {
	if old, bytes := p.swap("Replace", next); old != nil {
		retire(p.config.Domain, old, bytes, p.config.Reclaim)
	}
}

// CompareAndReplace is Replace if the object is old, and reports whether it is.
// The caller protects old, or is the only goroutine that replaces it. If old is
// nil, nothing is retired.
func (p *Pointer[T]) CompareAndReplace(old, next *T) bool {
	p.mustRetire("CompareAndReplace", old, next)
	bytes := p.bytes(old)
	if !p.source.CompareAndSwap(old, next) {
		return false
	}
	if old != nil {
		retire(p.config.Domain, old, bytes, p.config.Reclaim)
	}
	return true
}

// ReplaceAndWait stores next, which may be nil, waits until no reader protects
// the object that was there, and returns that: the caller ends it, and Reclaim
// is not called. If ctx ends first, ReplaceAndWait retires the object and
// returns nil and an error that wraps ctx's; next is in place all the same.
//
// It must not be called by a goroutine that protects the object, which it would
// wait for. It panics as Replace does, and if ctx is nil.
func (p *Pointer[T]) ReplaceAndWait(ctx context.Context, next *T) (old *T, err error) {
	ended := doneOf(ctx, "ReplaceAndWait")
	old, bytes := p.swap("ReplaceAndWait", next)
	if old == nil {
		return nil, nil
	}
	holding, looked := hazard.Wait(ended, unsafe.Pointer(old))
	if looked && holding == 0 {
		if check.Enabled {
			check.Synchronized(unsafe.Pointer(old), reflect.TypeOf(old))
		}
		return old, nil
	}
	retire(p.config.Domain, old, bytes, p.config.Reclaim)
	return nil, notFree("ReplaceAndWait", holding, looked, ctx)
}

// swap stores next, and returns the object that was there and what it holds.
func (p *Pointer[T]) swap(method string, next *T) (old *T, bytes int64) {
	for {
		if old, bytes, swapped := p.trySwap(method, next); swapped {
			return old, bytes
		}
	}
}

func (p *Pointer[T]) trySwap(method string, next *T) (old *T, bytes int64, swapped bool) {
	// What Bytes is called with must not end meanwhile, nor another object have
	// its address.
	g := p.Acquire()
	defer g.Release()
	p.mustRetire(method, g.Ptr(), next)
	bytes = p.bytes(g.Ptr())
	if !p.source.CompareAndSwap(g.Ptr(), next) {
		// A result is live in Release, which may unmap the object.
		return nil, 0, false
	}
	return g.Ptr(), bytes, true
}

// mustRetire panics unless the Pointer may replace old by next.
func (p *Pointer[T]) mustRetire(method string, old, next *T) {
	d := p.config.Domain
	switch {
	case d == nil:
		panic("hazptr: " + method + " of a Pointer that was not made by NewPointer or Init")
	case d.bubble != 0:
		d.mustBeHere(method)
	}
	switch {
	case !d.open():
		panic(fmt.Sprintf("hazptr: %s of a Pointer in domain %q, which is closed", method, d.config.Name))
	case old == next && next != nil:
		panic("hazptr: " + method + " with the object that is there already")
	}
}

// bytes returns what an object holds.
func (p *Pointer[T]) bytes(object *T) int64 {
	if object == nil || p.config.Bytes == nil {
		return 0
	}
	n := p.config.Bytes(object)
	if uint64(n) > maxBytes {
		panic(fmt.Sprintf("hazptr: PointerConfig.Bytes has returned %d, want 0 to %d", n, int64(maxBytes)))
	}
	return n
}
