package subject

import (
	"hazptr/cachedref"
	"hazptr/tools/internal/mortal"
)

// cached are cells whose objects have a cachedref.Ref each.
type cached struct{ counted[*cachedRef] }

type cachedRef = cachedref.Ref[mortal.Object]

func newCached(c Config) Subject { return &cached{newCounted[*cachedRef](c)} }

func (s *cached) Ways() []Way {
	return []Way{s.way("kill", func(o *mortal.Object, end func()) *cachedRef {
		return cachedref.New(o, func(*mortal.Object) { end() })
	}, (*cachedRef).Kill)}
}

type cachedReader struct {
	nested[*cachedRef] // nil: nothing
	cache              *cachedref.Cache[mortal.Object]
}

func (s *cached) NewReader() Reader {
	r := &cachedReader{cache: cachedref.NewCache[mortal.Object]()}
	turns := 0
	r.enter = func(cell int) (*cachedRef, *mortal.Object) {
		if turns++; turns%64 == 0 {
			r.cache.FlushIfKilled()
		}
		for {
			c := s.cells[cell].Load()
			if c == nil {
				return nil, nil
			}
			if o := r.cache.Get(c.ref); o != nil {
				return c.ref, o
			}
		}
	}
	r.leave = func(ref *cachedRef) {
		switch {
		case ref == nil:
		case turns%16 == 0:
			ref.Put()
		default:
			r.cache.Put(ref)
		}
	}
	return r
}

// Detach does without the cache, which is the reader's goroutine's alone.
func (r *cachedReader) Detach() func() {
	ref := r.last()
	return func() {
		if ref != nil {
			ref.Put()
		}
	}
}

func (r *cachedReader) Rest() { r.cache.Flush() }

func (r *cachedReader) Close() { r.cache.Flush() }
