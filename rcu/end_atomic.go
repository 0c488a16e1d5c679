//go:build !linux || !amd64 || !gc || race || hazptr_readerfence

package rcu

import (
	"sync/atomic"

	"hazptr/internal/fence"
)

const plain = false

type watching struct{ waits atomic.Bool }

// watch says whether a grace period waits. If so a Heavy follows.
func (r *Reader) watch(waits bool) { r.waits.Store(waits) }

// end ends the section, and reports whether no grace period waits for that.
// Both accesses are sequentially consistent, and so are the grace period's: one
// of the two sees the other's store.
func (r *Reader) end() bool {
	fence.Publish(&r.word, outside) // [outside] pairs with [look]
	return !r.waits.Load()          // [watched?] pairs with [watch]
}
