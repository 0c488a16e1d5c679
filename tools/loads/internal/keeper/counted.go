package keeper

import (
	"context"
	"sync/atomic"

	"hazptr/cachedref"
	"hazptr/percpuref"
)

// Counted counts the references to each object, one of which is the pointer's
// that readers find it through. A reader takes one unless there is none left.
// The last one that is dropped ends the object.
func Counted[T any](end func(*T)) Begin[T] {
	return func(first *T) Keeper[T] { return newCounted(first, end) }
}

// CountedUnasked takes references without asking whether there are any. That is
// right only as long as nothing ends, so it keeps what was replaced to its end.
func CountedUnasked[T any](end func(*T)) Begin[T] {
	return func(first *T) Keeper[T] { return &unasked[T]{counted: newCounted(first, end)} }
}

type counted[T any] struct {
	current atomic.Pointer[count[T]]
	end     func(*T)
}

// A count is an object and its references.
type count[T any] struct {
	object     *T
	references atomic.Int64
	end        func(*T)
}

func newCounted[T any](first *T, end func(*T)) *counted[T] {
	k := &counted[T]{end: end}
	k.current.Store(k.count(first))
	return k
}

func (k *counted[T]) count(object *T) *count[T] {
	c := &count[T]{object: object, end: k.end}
	c.references.Store(1)
	return c
}

// tryGet adds a reference unless there is none any more: then the object has
// ended, or is about to.
func (c *count[T]) tryGet() bool {
	for {
		n := c.references.Load()
		if n == 0 {
			return false
		}
		if c.references.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// put drops a reference. With the last one the object ends.
func (c *count[T]) put() {
	if c.references.Add(-1) == 0 {
		c.end(c.object)
	}
}

func (k *counted[T]) Visit() (Look[T], func()) {
	return func(use func(*T)) {
		c := k.current.Load()
		for !c.tryGet() {
			c = k.current.Load()
		}
		use(c.object)
		c.put()
	}, noLeave
}

func (k *counted[T]) Replace(next *T) { k.current.Swap(k.count(next)).put() }

func (k *counted[T]) End(context.Context) error {
	k.current.Swap(nil).put()
	return nil
}

type unasked[T any] struct {
	*counted[T]
	kept []*count[T]
}

func (k *unasked[T]) Visit() (Look[T], func()) {
	return func(use func(*T)) {
		c := k.current.Load()
		c.references.Add(1)
		use(c.object)
		c.references.Add(-1)
	}, noLeave
}

func (k *unasked[T]) Replace(next *T) { k.kept = append(k.kept, k.current.Swap(k.counted.count(next))) }

func (k *unasked[T]) End(ctx context.Context) error {
	for _, c := range k.kept {
		c.put()
	}
	return k.counted.End(ctx)
}

// CountedPerCPU counts the references to each object on each P, by a
// percpuref.Ref.
func CountedPerCPU[T any](end func(*T)) Begin[T] {
	return func(first *T) Keeper[T] {
		k := &perCPU[T]{end: end}
		k.current.Store(k.count(first))
		return k
	}
}

type perCPU[T any] struct {
	current atomic.Pointer[perCPUCount[T]]
	end     func(*T)
}

type perCPUCount[T any] struct {
	object *T
	ref    *percpuref.Ref
}

func (k *perCPU[T]) count(object *T) *perCPUCount[T] {
	return &perCPUCount[T]{object, percpuref.New(func() { k.end(object) })}
}

func (k *perCPU[T]) Visit() (Look[T], func()) {
	return func(use func(*T)) {
		c := k.current.Load()
		for !c.ref.TryGetLive() {
			c = k.current.Load()
		}
		use(c.object)
		c.ref.Put()
	}, noLeave
}

func (k *perCPU[T]) Replace(next *T) { k.current.Swap(k.count(next)).ref.Kill() }

func (k *perCPU[T]) End(context.Context) error {
	k.current.Swap(nil).ref.Kill()
	return nil
}

// Cached has each caller count the references that it takes, by a
// cachedref.Cache. One that looks no more keeps the last object that it knows
// until it leaves.
func Cached[T any](end func(*T)) Begin[T] {
	return func(first *T) Keeper[T] {
		k := &cached[T]{end: end}
		k.current.Store(cachedref.New(first, end))
		return k
	}
}

type cached[T any] struct {
	current atomic.Pointer[cachedref.Ref[T]]
	end     func(*T)
}

func (k *cached[T]) Visit() (Look[T], func()) {
	cache := cachedref.NewCache[T]()
	return func(use func(*T)) {
		ref := k.current.Load()
		object := cache.Get(ref)
		for object == nil {
			ref = k.current.Load()
			object = cache.Get(ref)
		}
		use(object)
		cache.Put(ref)
	}, cache.Flush
}

func (k *cached[T]) Replace(next *T) { k.current.Swap(cachedref.New(next, k.end)).Kill() }

func (k *cached[T]) End(context.Context) error {
	k.current.Swap(nil).Kill()
	return nil
}
