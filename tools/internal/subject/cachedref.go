package subject

import (
	"context"
	"sync/atomic"

	"hazptr/cachedref"
	"hazptr/tools/internal/mortal"
)

// cached are cells whose objects have a cachedref.Ref each.
type cached struct {
	cells []atomic.Pointer[cachedObject]
}

type cachedObject struct {
	ref    *cachedref.Ref[mortal.Object]
	object *mortal.Object                       // not to be used without a reference
	ended  atomic.Pointer[func(*mortal.Object)] // set before the maker's reference is dropped
}

func newCached(c Config) Subject { return &cached{make([]atomic.Pointer[cachedObject], c.Cells)} }

func (s *cached) NewReader() Reader {
	return &cachedReader{cells: s.cells, cache: cachedref.NewCache[mortal.Object]()}
}

func (s *cached) Ways() []Way {
	return []Way{{Name: "kill", Direct: true, Replace: func(cell int, next *mortal.Object, unlinked, ended func(*mortal.Object)) {
		var c *cachedObject
		if next != nil {
			c = &cachedObject{object: next}
			c.ref = cachedref.New(next, func(o *mortal.Object) { (*c.ended.Load())(o) })
		}
		if old := s.cells[cell].Swap(c); old != nil {
			unlinked(old.object)
			old.ended.Store(&ended)
			old.ref.Kill()
		}
	}}}
}

// Close has nothing to wait for: the last to drop a reference ends an object.
func (s *cached) Close(context.Context) error { return nil }

type cachedReader struct {
	nesting
	cells []atomic.Pointer[cachedObject]
	cache *cachedref.Cache[mortal.Object]
	held  [MaxNest]*cachedObject
	depth int
	turns int
}

func (r *cachedReader) Enter(cell int) *mortal.Object {
	if r.turns++; r.turns%64 == 0 {
		r.cache.FlushIfKilled()
	}
	for {
		c := r.cells[cell].Load()
		r.held[r.depth] = c
		if c == nil {
			r.depth++
			return nil
		}
		if o := r.cache.Get(c.ref); o != nil {
			r.depth++
			return o
		}
	}
}

func (r *cachedReader) Leave() {
	r.depth--
	if c := r.held[r.depth]; c != nil {
		r.held[r.depth] = nil
		if r.turns%16 == 0 {
			c.ref.Put()
		} else {
			r.cache.Put(c.ref)
		}
	}
}

func (r *cachedReader) Detach() func() {
	r.depth--
	c := r.held[r.depth]
	r.held[r.depth] = nil
	return func() {
		if c != nil {
			c.ref.Put()
		}
	}
}

func (r *cachedReader) Rest() { r.cache.Flush() }

func (r *cachedReader) Close() { r.cache.Flush() }
