package keeper

import (
	"context"
	"sync/atomic"

	"hazptr/cachedref"
	"hazptr/percpuref"
)

// A count is an object and its references, one of which is the pointer's that
// readers find it through.
type count[T any] struct {
	object     *T
	references atomic.Int64
}

func newCount[T any](object *T) *count[T] {
	c := &count[T]{object: object}
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
func (c *count[T]) put(end func(*T)) {
	if c.references.Add(-1) == 0 {
		end(c.object)
	}
}

// Counted counts the references to each object. A reader takes one unless there
// is none left. The last one that is dropped ends the object.
func Counted[T any](end func(*T)) Begin[T] {
	return swapped[T, count[T]]{
		wrap: newCount[T],
		drop: func(c *count[T]) { c.put(end) },
		visit: func(current *atomic.Pointer[count[T]]) (Look[T], func()) {
			return func(use func(*T)) {
				c := current.Load()
				for !c.tryGet() {
					c = current.Load()
				}
				use(c.object)
				c.put(end)
			}, noLeave
		},
	}.begin
}

// CountedUnasked takes references without asking whether there are any. That is
// right only as long as nothing ends, so it keeps what was replaced to its end.
func CountedUnasked[T any](end func(*T)) Begin[T] {
	return func(first *T) Keeper[T] {
		k := &unasked[T]{end: end}
		k.Keeper = swapped[T, count[T]]{
			wrap: newCount[T],
			drop: func(c *count[T]) { k.kept = append(k.kept, c) },
			visit: func(current *atomic.Pointer[count[T]]) (Look[T], func()) {
				return func(use func(*T)) {
					c := current.Load()
					c.references.Add(1)
					use(c.object)
					c.references.Add(-1)
				}, noLeave
			},
		}.begin(first)
		return k
	}
}

type unasked[T any] struct {
	Keeper[T]
	end  func(*T)
	kept []*count[T]
}

func (k *unasked[T]) End(ctx context.Context) error {
	err := k.Keeper.End(ctx)
	for _, c := range k.kept {
		c.put(k.end)
	}
	return err
}

// CountedPerCPU counts the references to each object on each P, by a
// percpuref.Ref.
func CountedPerCPU[T any](end func(*T)) Begin[T] {
	type count struct {
		object *T
		ref    *percpuref.Ref
	}
	return swapped[T, count]{
		wrap: func(object *T) *count { return &count{object, percpuref.New(func() { end(object) })} },
		drop: func(c *count) { c.ref.Kill() },
		visit: func(current *atomic.Pointer[count]) (Look[T], func()) {
			return func(use func(*T)) {
				c := current.Load()
				for !c.ref.TryGetLive() {
					c = current.Load()
				}
				use(c.object)
				c.ref.Put()
			}, noLeave
		},
	}.begin
}

// Cached has each caller count the references that it takes, by a
// cachedref.Cache. One that looks no more keeps the last object that it knows
// until it leaves.
func Cached[T any](end func(*T)) Begin[T] {
	return swapped[T, cachedref.Ref[T]]{
		wrap: func(object *T) *cachedref.Ref[T] { return cachedref.New(object, end) },
		drop: (*cachedref.Ref[T]).Kill,
		visit: func(current *atomic.Pointer[cachedref.Ref[T]]) (Look[T], func()) {
			cache := cachedref.NewCache[T]()
			return func(use func(*T)) {
				ref := current.Load()
				object := cache.Get(ref)
				for object == nil {
					ref = current.Load()
					object = cache.Get(ref)
				}
				use(object)
				cache.Put(ref)
			}, cache.Flush
		},
	}.begin
}
