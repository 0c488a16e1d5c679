package keeper

import (
	"context"
	"sync/atomic"
)

// Counted counts the references to each object, one of which is the pointer's
// that readers find it through.
type Counted[T any] struct {
	Current atomic.Pointer[Count[T]]
	end     func(*T)
}

// A Count is an object and its references.
type Count[T any] struct {
	Object     *T
	References atomic.Int64
	end        func(*T)
}

// NewCounted returns a Counted whose objects end by end.
func NewCounted[T any](first *T, end func(*T)) *Counted[T] {
	k := &Counted[T]{end: end}
	k.Current.Store(k.count(first))
	return k
}

func (k *Counted[T]) count(object *T) *Count[T] {
	c := &Count[T]{Object: object, end: k.end}
	c.References.Store(1)
	return c
}

// TryGet adds a reference unless there is none any more: then the object has
// ended, or is about to.
func (c *Count[T]) TryGet() bool {
	for {
		n := c.References.Load()
		if n == 0 {
			return false
		}
		if c.References.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// Put drops a reference. With the last one the object ends.
func (c *Count[T]) Put() {
	if c.References.Add(-1) == 0 {
		c.end(c.Object)
	}
}

// Get adds a reference to the present object.
func (k *Counted[T]) Get() *Count[T] {
	c := k.Current.Load()
	for !c.TryGet() {
		c = k.Current.Load()
	}
	return c
}

// Swap gives readers the next object. The present one keeps the pointer's
// reference, which is the caller's now.
func (k *Counted[T]) Swap(next *T) *Count[T] { return k.Current.Swap(k.count(next)) }

// Replace drops the pointer's reference to the present object.
func (k *Counted[T]) Replace(next *T) { k.Swap(next).Put() }

// End drops that to the last one.
func (k *Counted[T]) End(context.Context) error {
	k.Current.Swap(nil).Put()
	return nil
}
