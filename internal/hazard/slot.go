package hazard

import "sync/atomic"

// A Slot is a hazard pointer: the word that a reader publishes in, and on the
// same cache line a flag that tells the reader whether the end of its
// protection is waited for.
//
// Hazard is a uintptr, so that a store is a store and has no write barrier. It
// does not keep the object alive. The structure that the object is linked in
// does, and from Retire on the domain that it is pending in.
type Slot struct {
	Hazard  uintptr
	watched flag // while the slot has a Watch; only watches change it

	// silent is set where a protection may end without a word: a Holder's, by a
	// Protect of another object. The inliner's budget has no room for a call
	// there.
	silent bool
}

// Ended notifies the Watchers of a slot for which End has reported true. With a
// nil slot, which a Holder has that is closed or was not made, it panics.
//
//go:noinline
func (s *Slot) Ended() {
	// This costs the inliner less as a call: Clear has room for no more.
	if s == nil {
		panic("hazptr: Holder used after Close, or not made by NewHolder")
	}
	watches.ended(s, true)
}

// left notifies as Ended does, for a caller that a reclaim function must not
// hold up.
func (s *Slot) left() { watches.ended(s, false) }

// Holds reports whether the slot holds p. Its acquire pairs with [clear]: what
// the reader did comes before what the caller does next.
//
// It is [look].
func (s *Slot) Holds(p uintptr) bool { return atomic.LoadUintptr(&s.Hazard) == p }
