//go:build linux && amd64 && gc && !race && !hazptr_readerfence

package hazard

import "hazptr/internal/fence"

type flag = bool

// End ends the protection, and reports whether the caller must call Ended.
//
// Of the two accesses, processors let the load overtake the store. A Heavy
// between a watcher's [watch] and [recheck] orders them for both: the store is
// visible to [recheck], or the load sees the flag.
//
// The accesses are as they stand for the sake of Clear, which the compiler must
// inline. It keeps them in their order: it moves no load over a store before
// it, and the load counts as a use of all memory, so the store is not dead when
// another one to the same word comes after. TestCompiledCode holds it to that.
func (s *Slot) End() bool {
	s.Hazard = 0     // [clear] pairs with [look] and [recheck]
	return s.watched // [watched?] pairs with [watch]
}

// Replace publishes p over another address, and reports as End does.
func (s *Slot) Replace(p uintptr) bool {
	fence.Publish(&s.Hazard, p) // [publish], and [clear]
	return s.watched            // [watched?]
}

// watch sets the flag, or takes it back. It is called under watches.mu, and
// where it sets the flag a Heavy follows.
func (s *Slot) watch(set bool) { s.watched = set }
