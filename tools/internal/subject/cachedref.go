package subject

import (
	"sync/atomic"

	"hazptr/cachedref"
	"hazptr/tools/internal/mortal"
)

// cached are cells whose objects have a cachedref.Ref each.
type cached struct{ counted[*cachedRef] }

type cachedRef = cachedref.Ref[mortal.Object]

func newCached(c Config) Subject { return &cached{newCounted[*cachedRef](c)} }

func (s *cached) NewReader() Reader {
	return &cachedReader{cells: s.cells, cache: cachedref.NewCache[mortal.Object]()}
}

func (s *cached) Ways() []Way {
	return []Way{s.way("kill", func(o *mortal.Object, end func()) *cachedRef {
		return cachedref.New(o, func(*mortal.Object) { end() })
	}, (*cachedRef).Kill)}
}

type cachedReader struct {
	nesting
	cells []atomic.Pointer[countedObject[*cachedRef]]
	cache *cachedref.Cache[mortal.Object]
	held  [MaxNest]*countedObject[*cachedRef]
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
