//go:build !linux || !amd64 || !gc || race || hazptr_readerfence

package rcu

import (
	"sync/atomic"

	"hazptr/internal/fence"
)

type flag = atomic.Bool

// end ends the section, and reports whether a grace period must be told. Both
// accesses are sequentially consistent, and so are the grace period's.
func (r *Reader) end() bool {
	fence.Publish(&r.word, outside) // [outside] pairs with [look]: what the section did comes before its end
	return r.watched.Load()         // [watched?] pairs with [watch]
}

func (r *Reader) isWatched() bool { return r.watched.Load() }

// watch sets the flag, or takes it back. Where it sets the flag a Heavy follows.
func (r *Reader) watch(set bool) { r.watched.Store(set) }
