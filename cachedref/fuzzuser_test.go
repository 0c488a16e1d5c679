package cachedref

import "hazptr/internal/interleave"

// A fuzzUser is one goroutine of FuzzKill.
type fuzzUser struct {
	*fuzzWorld
	cache *Cache[interleave.Subject]
	last  *fuzzRef // that it has looked up, perhaps long ago
}

func (u *fuzzUser) do(o interleave.Operation) {
	switch o.Kind {
	case 0, 1, 2, 3:
		u.last = u.sources[o.Object%len(u.sources)].Load()
		u.get()
	case 4, 5:
		if u.last != nil {
			u.get()
		}
	case 6, 7:
		if r := u.take(o.Object); r != nil {
			u.cache.Put(r.Ref)
		}
	case 8, 9:
		if r := u.take(o.Object); r != nil {
			r.Put()
		}
	case 10, 11:
		cached := u.last != nil && u.cache.ref == u.last.Ref
		dead := cached && u.last.dead.Load()
		if flushed := u.cache.FlushIfKilled(); dead && !flushed {
			u.s.Errorf("FlushIfKilled does not notice that the Ref was killed")
		}
	case 12:
		u.cache.Flush()
	default:
		u.replace(o.Object%len(u.sources), u.make())
	}
}

func (u *fuzzUser) get() {
	r := u.last
	wrong := r.dead.Load() && u.cache.ref != r.Ref
	if u.cache.Get(r.Ref) == nil {
		return
	}
	r.subject.Use(u.s)
	u.put(r)
	if wrong {
		u.s.Errorf("Get of a Ref that was killed, and isn't what is cached, succeeds")
	}
}

// close drops all references that there are and forgets what is cached.
func (u *fuzzUser) close() {
	for r := u.take(0); r != nil; r = u.take(0) {
		r.Put()
	}
	u.cache.Flush()
}
