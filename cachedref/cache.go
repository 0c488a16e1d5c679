package cachedref

import (
	"fmt"
	"runtime"

	"hazptr/internal/perproc"
	"hazptr/internal/yield"
)

// A Cache is what one goroutine knows of one [Ref]: how many references it has
// taken less those it has dropped. That number is the goroutine's own until it
// is flushed: when the goroutine takes a reference to another Ref, or calls
// Flush.
//
// All methods must be called by one goroutine at a time, with a happens-before
// edge between one owner's calls and the next one's. A Cache must not be
// copied. It should be flushed after its last use. One that is forgotten is
// flushed after a garbage collection.
//
// References that a Cache takes and that are dropped elsewhere, or the other
// way round, must not come to 2^38 without a Flush or FlushIfKilled. Put, Flush
// and Kill panic then.
type Cache[T any] struct {
	// Every Get and Put writes to this cache line. Only this Cache's words may
	// be on it.
	_ [perproc.CacheLine]byte

	ref        *Ref[T] // none's, if nothing is cached
	references int64   // counted here and not in ref
	generation uint64  // at the time when ref was found not to be killed
	none       *Ref[T]

	_ [perproc.CacheLine]byte
	_ noCopy
}

// many is how many references FlushIfKilled leaves in a Cache.
const many = 1 << 32

// noCopy makes go vet report copies.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}

// NewCache returns a Cache of nothing.
func NewCache[T any]() *Cache[T] {
	c := &Cache[T]{none: new(Ref[T])}
	c.ref = c.none
	// A finalizer, since a cleanup couldn't see what is counted. What was taken
	// and not dropped becomes ref's to count, so that an object which is still
	// in use stays. It flushes on another goroutine, since the release function
	// may wait for what other finalizers do.
	runtime.SetFinalizer(c, func(c *Cache[T]) { go c.Flush() })
	return c
}

// Get takes a reference to ref's object and returns the object; ref becomes
// what c caches. It returns nil, and leaves c as it is, if ref is nil, if its
// object has been released, or if ref was killed and is not what c caches. The
// caller should then look up the Ref again.
func (c *Cache[T]) Get(ref *Ref[T]) *T {
	if c.ref != ref {
		return c.change(ref)
	}
	c.references++
	return ref.object
}

// Put drops a reference to ref's object, which any Cache may have taken.
func (c *Cache[T]) Put(ref *Ref[T]) {
	if c.ref != ref {
		c.putElsewhere(ref)
		return
	}
	c.references--
}

// putElsewhere is a call of its own so that Put stays within the inliner's
// budget.
//
//go:noinline
func (c *Cache[T]) putElsewhere(ref *Ref[T]) {
	c.check("Put")
	ref.Put()
}

// check panics if NewCache has not made the Cache.
func (c *Cache[T]) check(method string) {
	if c == nil || c.none == nil {
		panic("cachedref: " + method + " of a Cache that was not made by NewCache")
	}
}

// checkReferences panics, before anything is changed, if c has counted more
// than its Ref can take over.
func (c *Cache[T]) checkReferences() {
	if n := c.references; n <= -references || n >= references {
		panic(fmt.Sprintf("cachedref: Flush of %d references, want fewer than %d either way", n, int64(references)))
	}
}

// Flush makes c cache nothing. What it has counted goes to the Ref, and the
// object ends if it has no reference left. References that were taken stay
// taken.
func (c *Cache[T]) Flush() {
	c.check("Flush")
	c.checkReferences()
	c.cache(c.none, 0, 0)
}

// cache makes ref what c caches and lets go of what it cached before.
func (c *Cache[T]) cache(ref *Ref[T], references int64, generation uint64) {
	old, n := c.ref, c.references
	c.ref, c.references, c.generation = ref, references, generation
	if old != c.none {
		old.settle(n) // last, since it may call a release function that uses c
	}
}

// FlushIfKilled flushes c if the cached Ref has been killed, and reports
// whether it has. It is cheap enough to be called often: by a goroutine that
// has nothing to do at present, on each turn of its loop, at a tick. As long as
// no Ref of the program is killed it loads two words.
func (c *Cache[T]) FlushIfKilled() bool {
	c.check("FlushIfKilled")
	if yield.Enabled {
		yield.Here("generation")
	}
	now := generation.Load()
	if n := c.references; n > many || n < -many {
		c.references = 0
		// What is dropped elsewhere and what is counted here must not drift too
		// far apart.
		c.ref.add(n, "FlushIfKilled")
	}
	if now == c.generation || c.ref == c.none {
		return false
	}
	if yield.Enabled {
		yield.Here("killed")
	}
	if !c.ref.killed.Load() {
		c.generation = now
		return false
	}
	c.Flush()
	return true
}

// change makes ref what c caches, with one reference taken.
func (c *Cache[T]) change(ref *Ref[T]) *T {
	c.check("Get")
	if ref == nil {
		return nil
	}
	ref.check("Get")
	c.checkReferences()
	// Kill marks the Ref and then counts. So if ref is not marked below, its
	// Kill counts beyond what is loaded here, and FlushIfKilled notices.
	if yield.Enabled {
		yield.Here("generation")
	}
	now := generation.Load()
	if !ref.use() {
		return nil
	}
	if yield.Enabled {
		yield.Here("killed")
	}
	if ref.killed.Load() {
		ref.add(-user, "Get")
		return nil
	}
	object, got := ref.object, false
	defer func() {
		// A release function did not return, and the caller knows of no
		// reference.
		if !got {
			c.Put(ref)
		}
	}()
	c.cache(ref, 1, now)
	got = true
	return object
}
