//go:build linux && amd64 && gc && !race && !hazptr_readerfence

package rcu

type flag = bool

// end ends the section, and reports whether a grace period must be told.
//
// A Heavy of the grace period orders the two accesses, as in hazard.Slot.End.
func (r *Reader) end() bool {
	r.word = outside // [outside] pairs with [look]: what the section did comes before its end
	return r.watched // [watched?] pairs with [watch]
}

func (r *Reader) isWatched() bool { return r.watched }

// watch sets the flag, or takes it back. Where it sets the flag a Heavy follows.
func (r *Reader) watch(set bool) { r.watched = set }
