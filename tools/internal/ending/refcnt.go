package ending

// refcnt counts references in the object: a reader takes one unless there is
// none left. The last one that is dropped, which is often the writer's, ends
// the object.
type refcnt struct {
	sources
	ledger
	none
}

func newRefcnt(c Config) Ending {
	return &refcnt{sources: newSources(c), ledger: ledger{bytes: c.Bytes}}
}

// put gives a reference back.
func (e *refcnt) put(o *Object, ended *tally) {
	if o.refs.Add(-1) == 0 {
		e.end(o)
		ended.add()
	}
}

func (e *refcnt) Join() Reader { return &refcntReader{e: e, ended: e.ofEnder()} }

type refcntReader struct {
	e     *refcnt
	o     *Object
	ended *tally
}

func (r *refcntReader) Protect(source int) *Object {
	for {
		r.o = r.e.all[source].head.Load()
		for n := r.o.refs.Load(); n > 0; n = r.o.refs.Load() {
			if r.o.refs.CompareAndSwap(n, n+1) {
				return r.o
			}
		}
	}
}

func (r *refcntReader) Clear() { r.e.put(r.o, r.ended) }
func (r *refcntReader) Leave() {}

func (e *refcnt) NewWriter(source int) Writer {
	src, replaced, ended := &e.all[source], e.ofWriter(), e.ofEnder()
	return func(next *Object) {
		replaced.add()
		e.put(src.head.Swap(next), ended)
	}
}
