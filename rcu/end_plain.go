//go:build linux && amd64 && gc && !race && !hazptr_readerfence

package rcu

// Where it is plain, the reader stores that it is outside, [outside], and loads
// quiet, [watched?]. Processors let the load overtake the store. The Heavy of a
// grace period, between its [watch] and [look], orders them for both: the store
// is visible to [look], or the load sees the flag. The compiler keeps the two
// accesses in their order, as in hazard.Slot.End; TestCompiledCode holds it to
// that.
const plain = true

type watching struct{}

// watch says whether a grace period waits. If so a Heavy follows.
func (r *Reader) watch(waits bool) { r.quiet, r.watching = !waits, watching{} }

func (r *Reader) end() bool { panic("not reached") }
