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
	k.end(old) // outside: all that had it locked have left, and no reader can find it any more
}

func (k *locked[T]) End(context.Context) error {
	k.Replace(nil)
	return nil
}

// Unsafe ends an object as soon as it is replaced. It waits for no reader: that
// must be noticed.
func Unsafe[T any](end func(*T)) Begin[T] {
	return func(first *T) Keeper[T] {
		k := &unsafe[T]{end: end}
		k.current.Store(first)
		return k
	}
}

type unsafe[T any] struct {
	current atomic.Pointer[T]
	end     func(*T)
}

func (k *unsafe[T]) Visit() (Look[T], func()) {
	return func(use func(*T)) { use(k.current.Load()) }, noLeave
}

func (k *unsafe[T]) Replace(next *T) { k.end(k.current.Swap(next)) }

func (k *unsafe[T]) End(context.Context) error {
	k.Replace(nil)
	return nil
}
