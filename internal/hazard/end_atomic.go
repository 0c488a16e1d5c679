//go:build !linux || !amd64 || !gc || race || hazptr_readerfence

package hazard

import (
	"sync/atomic"

	"hazptr/internal/fence"
)

type flag = atomic.Bool

// End ends the protection, and reports whether the caller must call Ended. Both
// accesses are sequentially consistent, and so are the watcher's: one of the
// two sees the other's store.
func (s *Slot) End() bool {
	fence.Publish(&s.Hazard, 0) // [clear] pairs with [look] and [recheck]
	return s.watched.Load()     // [watched?] pairs with [watch]
}

// Replace publishes p over another address, and reports as End does.
func (s *Slot) Replace(p uintptr) bool {
	fence.Publish(&s.Hazard, p) // [publish], and [clear]
	return s.watched.Load()     // [watched?]
}

// watch sets the flag, or takes it back. It is called under watches.mu, and
// where it sets the flag a Heavy follows.
func (s *Slot) watch(set bool) { s.watched.Store(set) }
