package cachedref

import (
	"fmt"
	"sync/atomic"

	"hazptr/internal/perproc"
	"hazptr/internal/yield"
)

// A Ref is an object of which references are counted. It has one from the
// start, its maker's, which Kill drops. When there is none left, the release
// function is called with the object, once, by the call that drops the last
// one: a Put, a Kill, a Flush, or a Get of another object.
//
// All methods may be called by any goroutine. The release function is called
// while no lock is held. If it panics, so does the call that dropped the last
// reference, and the object counts as released; a Get that calls it takes no
// reference then. A Ref is made by New and must not be copied; methods of the
// zero Ref panic.
//
// In the terminology of the Go memory model, each Put of a reference
// "synchronizes before" the call of the release function.
type Ref[T any] struct {
	object  *T
	release func(*T)
	killed  atomic.Bool

	_ [perproc.CacheLine]byte

	// count is user times the number of caches that have the Ref, its users,
	// plus the number of references that are not counted in a cache. That
	// number may be negative: references that a cache has counted may be
	// dropped here. With no users it is the true number. So the sum is zero
	// only when there is no reference and no cache that may take one, and what
	// is zero stays zero.
	count atomic.Int64
}

const (
	user = 1 << 40

	// A Ref and all its users have fewer than so many, and more than minus so
	// many.
	references = 1 << 39
	users      = 1 << 22 // fewer than so many
)

// New returns a Ref of object with one reference.
func New[T any](object *T, release func(*T)) *Ref[T] {
	if object == nil {
		panic("cachedref: New with a nil object")
	}
	if release == nil {
		panic("cachedref: New with a nil release function")
	}
	r := &Ref[T]{object: object, release: release}
	r.count.Store(1)
	return r
}

// generation counts the Refs that were killed, so that a Cache need look at one
// word, which seldom changes, to know that none was.
var generation atomic.Uint64

// Kill drops the maker's reference and lets caches know, when they ask, that
// the object has been replaced. From now on Get fails in every Cache that does
// not cache it. The caller should have removed the Ref from where readers find
// it, or readers that call Get again and again do so in vain. Kill panics the
// second time.
func (r *Ref[T]) Kill() {
	r.check("Kill")
	if yield.Enabled {
		yield.Here("kill")
	}
	if r.killed.Swap(true) {
		panic("cachedref: Kill of a Ref that was killed already")
	}
	if yield.Enabled {
		yield.Here("generation")
	}
	generation.Add(1)
	r.add(-1, "Kill")
}

// Put drops a reference that was taken by Get of any Cache. A goroutine that
// has a Cache drops it there, at a lower price.
func (r *Ref[T]) Put() {
	r.check("Put")
	r.add(-1, "Put")
}

// check panics if New has not made the Ref.
func (r *Ref[T]) check(method string) {
	if r == nil || r.release == nil {
		panic("cachedref: " + method + " of a Ref that was not made by New")
	}
}

// use adds a user unless the count is zero, and reports whether it has.
func (r *Ref[T]) use() bool {
	for {
		if yield.Enabled {
			yield.Here("count")
		}
		count := r.count.Load()
		if count == 0 {
			return false
		}
		if count >= user*(users-1) {
			panic(fmt.Sprintf("cachedref: Get of a Ref that %d caches have", users-1))
		}
		if yield.Enabled {
			yield.Here("use")
		}
		if r.count.CompareAndSwap(count, count+user) {
			return true
		}
	}
}

// settle takes over n references that a user has counted, and drops the user.
func (r *Ref[T]) settle(n int64) { r.add(n-user, "Flush") }

// add adds change to the count and releases the object if that makes it zero.
func (r *Ref[T]) add(change int64, why string) {
	if yield.Enabled {
		yield.Here("add")
	}
	count := r.count.Add(change)
	if low := count << 24 >> 24; low < -references/2 || low > references/2 {
		// Otherwise the references that are missing here could cancel the users
		// whose caches have them.
		panic(fmt.Sprintf("cachedref: %s: caches have %d references more than were dropped in them, and have not been flushed", why, -low))
	}
	switch {
	case count < 0:
		panic(fmt.Sprintf("cachedref: %s below zero: the count is %d", why, count))
	case count == 0:
		object := r.object
		// A pointer into memory that is unmapped now and the heap's later would
		// make the garbage collector throw.
		r.object = nil
		r.release(object)
	}
}
