package hazptr

import (
	"sync/atomic"
	"unsafe"

	"hazptr/internal/check"
)

// A Pointer is an atomic pointer to an object that is replaced while it is read
// and must end when its last reader has left:
//
//	var current hazptr.Pointer[Database]
//
//	func lookup(ip netip.Addr) (Record, error) {
//		g := current.Acquire()
//		defer g.Release()
//		return g.Ptr().Lookup(ip)
//	}
//
//	func reload(next *Database) {
//		current.Replace(next, (*Database).Unmap)
//	}
//
// The zero Pointer is nil and retires in [Default]. A Pointer must not be
// copied after first use.
//
// In the terminology of the Go memory model, a Pointer is an atomic variable:
// the Swap, CompareAndSwap or Replace that stores a value "synchronizes before"
// the Acquire, Protect or Peek that returns it.
type Pointer[T any] struct {
	_      noCopy
	source atomic.Pointer[T]
	domain *Domain // nil: Default()
}

// NewPointer returns a Pointer to p, which may be nil, that retires in d; a nil
// d means Default().
func NewPointer[T any](d *Domain, p *T) *Pointer[T] {
	q := &Pointer[T]{domain: d}
	q.source.Store(p)
	return q
}

// Acquire protects the object that the Pointer points to, as the function
// [Acquire] does.
func (p *Pointer[T]) Acquire() Guard[T] { return Acquire(&p.source) }

// Protect protects the object that the Pointer points to with h, as
// [Holder.Protect] does, and returns it.
func (p *Pointer[T]) Protect(h *Holder[T]) *T { return h.Protect(&p.source) }

// Peek returns the pointer without protecting what it points to, which may end
// at any moment. It is for a writer's comparison, or for a writer that alone
// replaces the object.
func (p *Pointer[T]) Peek() *T { return p.source.Load() }

// Swap stores next and returns the pointer that was there, which it does not
// retire: the caller may.
func (p *Pointer[T]) Swap(next *T) *T {
	old := p.source.Swap(next)
	if check.Enabled {
		check.SwappedOut(unsafe.Pointer(old), unsafe.Pointer(&p.source))
	}
	return old
}

// CompareAndSwap stores next if the Pointer points to old, and reports whether
// it did. It does not retire old: the caller may.
func (p *Pointer[T]) CompareAndSwap(old, next *T) bool {
	swapped := p.source.CompareAndSwap(old, next)
	if check.Enabled && swapped {
		check.SwappedOut(unsafe.Pointer(old), unsafe.Pointer(&p.source))
	}
	return swapped
}

// Replace stores next, which may be nil, and retires the object that was there,
// if there was one, as [Retire] does: reclaim is called with it when no reader
// protects it any more. It panics if next is the object that is there already.
func (p *Pointer[T]) Replace(next *T, reclaim func(*T)) {
	d := p.domain
	if d == nil {
		d = defaultDomain
	}
	if mayNotRetire(d, reclaim) { // before the swap, which can't be taken back
		refuseRetire(d, new(T), 0, reclaim)
	}
	switch old := p.source.Swap(next); {
	case old == nil:
	case old == next:
		panic("hazptr: Pointer.Replace with the object that it points to already")
	default:
		RetireIn(d, old, 0, reclaim)
	}
}
