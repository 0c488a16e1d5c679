package percpuref

import (
	"fmt"

	"hazptr/internal/perproc"
	"hazptr/internal/yield"
)

// An operation is why the count changes.
type operation string

const (
	get        operation = "Get"
	getMany    operation = "GetMany"
	tryGet     operation = "TryGet"
	tryGetLive operation = "TryGetLive"
	put        operation = "Put"
	putMany    operation = "PutMany"
)

// many is the largest n of GetMany and PutMany.
const many = 1 << 30

func (r *Ref) addMany(n int, why operation) {
	r.check(why)
	if n <= 0 || n > many {
		panic(fmt.Sprintf("percpuref: %s(%d), want 1 to %d", why, n, many))
	}
	if why == putMany {
		n = -n
	}
	r.add(n, why)
}

// check panics if New has not made the Ref.
func (r *Ref) check(why operation) {
	if r == nil || r.release == nil {
		panic("percpuref: " + string(why) + " of a Ref that was not made by New")
	}
}

// add adds n to the count, on the shard of the caller's P in per-P mode, and
// reports whether it has.
//
// Between Pin and Unpin nothing may block. The store of an odd word comes
// before the second load of the mode, by the Heavy of a switch to atomic mode.
// Either we see that mode, or the switch sees that we are counting and waits.
func (r *Ref) add(n int, why operation) bool {
	// The first look at the mode keeps late callers from saying that they are
	// counting, so that a switch waits for no more than one operation of each
	// P.
	if r == nil { // before Pin: a fault while pinned could not be recovered
		r.check(why)
	}
	shards := r.shards
	if p := perproc.Pin(); p < len(shards) && r.perP.Load() {
		word := &shards[p].word
		count := word.Own()
		word.Publish(count + 1) // [counting]
		if yield.Enabled {
			yield.Here("mode")
		}
		if r.perP.Load() { // [mode]
			word.Release(count + unit*uintptr(n)) // [counted]
			perproc.Unpin()
			return true
		}
		word.Release(count)
	}
	perproc.Unpin()
	return r.addGlobal(n, why)
}

// addGlobal is add in atomic mode, and on a P that did not exist when the Ref
// was made.
func (r *Ref) addGlobal(n int, why operation) bool {
	r.check(why)
	switch why {
	case tryGet, tryGetLive:
		for {
			if yield.Enabled {
				yield.Here("global")
			}
			global := r.global.Load()
			if global&^dying == 0 || why == tryGetLive && global&dying != 0 {
				return false
			}
			if yield.Enabled {
				yield.Here("global")
			}
			if r.global.CompareAndSwap(global, global+unit) {
				return true
			}
		}
	}
	change := unit * int64(n)
	if yield.Enabled {
		yield.Here("global")
	}
	global := r.global.Add(change)
	switch {
	case n > 0 && global&^dying == change:
		panic(fmt.Sprintf("percpuref: %s of a Ref whose count is zero", why))
	case n < 0 && global < 0:
		panic(fmt.Sprintf("percpuref: %s below zero: the count is %d", why, global>>1))
	case n < 0 && global&^dying == 0:
		r.release()
	}
	return true
}
