// Package keeper has ways to keep an object, which is replaced from time to
// time, until the last of its readers has left it.
package keeper

import (
	"context"
	"sync"
	"sync/atomic"
)

// A Keeper keeps the objects that take one another's place.
type Keeper[T any] interface {
	// Visit returns what looks at the present object for one caller, one time
	// after the other, and what to call when it is no longer needed. Many
	// goroutines call it.
	Visit() (look Look[T], leave func())

	// Replace gives readers the next object and sees to it that the present one
	// ends after its last reader. One goroutine calls it.
	Replace(next *T)

	// End is called after the last look and Replace. On return no object is
	// left.
	End(ctx context.Context) error
}

// A Look has the present object used. Every way's is one call, which makes
// another, so that none pays for a call that another does not make.
type Look[T any] func(use func(*T))

// A Begin makes a Keeper that has its first object.
type Begin[T any] func(first *T) Keeper[T]

// noLeave is for callers that hold nothing between their looks.
func noLeave() {}

// Locked has each reader hold a read lock.
func Locked[T any](end func(*T)) Begin[T] {
	return func(first *T) Keeper[T] { return &locked[T]{current: first, end: end} }
}

type locked[T any] struct {
	mu      sync.RWMutex
	current *T
	end     func(*T)
}

func (k *locked[T]) Visit() (Look[T], func()) {
	return func(use func(*T)) {
		k.mu.RLock()
		use(k.current)
		k.mu.RUnlock()
	}, noLeave
}

func (k *locked[T]) Replace(next *T) {
	k.mu.Lock()
	old := k.current
	k.current = next
	k.mu.Unlock()
	// Outside the lock: all that had it locked have left, and no reader can
	// find the old one any more.
	k.end(old)
}

func (k *locked[T]) End(context.Context) error {
	k.Replace(nil)
	return nil
}

// AtOnce calls end as soon as an object is replaced. It waits for no reader:
// where that matters, it must be noticed.
func AtOnce[T any](end func(*T)) Begin[T] {
	return swapped[T, T]{
		wrap: func(object *T) *T { return object },
		drop: end,
		visit: func(current *atomic.Pointer[T]) (Look[T], func()) {
			return func(use func(*T)) { use(current.Load()) }, noLeave
		},
	}.begin
}

// swapped swaps an atomic pointer to a C, which stands for an object, and drops
// the C that was there.
type swapped[T, C any] struct {
	wrap  func(object *T) *C
	drop  func(*C)
	visit func(current *atomic.Pointer[C]) (Look[T], func())

	current *atomic.Pointer[C]
}

func (k swapped[T, C]) begin(first *T) Keeper[T] {
	k.current = &atomic.Pointer[C]{}
	k.current.Store(k.wrap(first))
	return k
}

func (k swapped[T, C]) Visit() (Look[T], func()) { return k.visit(k.current) }

func (k swapped[T, C]) Replace(next *T) { k.drop(k.current.Swap(k.wrap(next))) }

func (k swapped[T, C]) End(context.Context) error {
	k.drop(k.current.Swap(nil))
	return nil
}
