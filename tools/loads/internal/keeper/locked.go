package keeper

import (
	"context"
	"sync"
)

// Locked has each reader hold a read lock.
type Locked[T any] struct {
	Mu      sync.RWMutex
	Current *T
	end     func(*T)
}

// NewLocked returns a Locked whose objects end by end.
func NewLocked[T any](first *T, end func(*T)) *Locked[T] { return &Locked[T]{Current: first, end: end} }

// Replace waits until all readers have left.
func (k *Locked[T]) Replace(next *T) {
	k.Mu.Lock()
	old := k.Current
	k.Current = next
	k.Mu.Unlock()
	k.end(old) // outside: all that had it locked have left, and no reader can find it any more
}

// End ends the last object.
func (k *Locked[T]) End(context.Context) error {
	k.Replace(nil)
	return nil
}
