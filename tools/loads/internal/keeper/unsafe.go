package keeper

import (
	"context"
	"sync/atomic"
)

// Unsafe ends an object as soon as it is replaced. It waits for no reader: that
// must be noticed.
type Unsafe[T any] struct {
	Current atomic.Pointer[T]
	end     func(*T)
}

// NewUnsafe returns an Unsafe whose objects end by end.
func NewUnsafe[T any](first *T, end func(*T)) *Unsafe[T] {
	k := &Unsafe[T]{end: end}
	k.Current.Store(first)
	return k
}

// Replace ends the present object.
func (k *Unsafe[T]) Replace(next *T) { k.end(k.Current.Swap(next)) }

// End ends the last object.
func (k *Unsafe[T]) End(context.Context) error {
	k.Replace(nil)
	return nil
}
