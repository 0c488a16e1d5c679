package way

import "sync/atomic"

// refcnt counts references in the object: a reader takes one unless there is
// none left, and then it has come too late and loads the pointer again. The
// last one that is dropped, which is often the writer's, ends the object.
//
// Memory that the count is in must not be reused before the last such reader
// has looked. Here the garbage collector sees to that; in other languages this
// way needs one of the others beneath it.
type refcnt struct {
	sources
	ledger
	none
}

func newRefcnt(c Config) Ending {
	return &refcnt{sources: newSources(c), ledger: ledger{bytes: c.Bytes}}
}

func (e *refcnt) Join() Reader { return &refcntReader{e: e, ended: e.ofEnder()} }

func (e *refcnt) NewWriter(source int) Writer {
	src, replaced, ended := &e.all[source], e.ofWriter(), e.ofEnder()
	return func(next *Object) {
		replaced.add()
		if old := src.head.Swap(next); old.put() {
			e.finish(old, ended)
		}
	}
}

// get loads the pointer and takes a reference.
func get(src *atomic.Pointer[Object]) *Object {
	for {
		o := src.Load()
		for n := o.refs.Load(); n > 0; n = o.refs.Load() {
			if o.refs.CompareAndSwap(n, n+1) {
				return o
			}
		}
	}
}

// put gives a reference back, and reports whether it was the last.
func (o *Object) put() (last bool) { return o.refs.Add(-1) == 0 }

// finish ends an object of which the last reference has been given back.
func (e *refcnt) finish(o *Object, ended *tally) {
	e.end(o)
	ended.add()
}

type refcntReader struct {
	e     *refcnt
	o     *Object
	ended *tally
}

func (r *refcntReader) Protect(source int) *Object {
	r.o = get(&r.e.all[source].head)
	return r.o
}

func (r *refcntReader) Clear() {
	if r.o.put() {
		r.e.finish(r.o, r.ended)
	}
}

func (r *refcntReader) Leave() {}

func (r *refcntReader) Read(loops int) (sum uint64) {
	src := &r.e.all[0].head
	for range loops {
		o := get(src)
		sum += o.value
		if o.put() {
			r.e.finish(o, r.ended)
		}
	}
	return sum
}

func (r *refcntReader) Walk(loops int, delay Delay) (sum uint64) {
	src := &r.e.all[0].head
	for range loops {
		head := get(src)
		o, before := head.walk(sum)
		sum = delay.Spend(before)
		sum += o.value
		if head.put() {
			r.e.finish(head, r.ended)
		}
	}
	return sum
}

// blindRefcnt adds one to the object's reference count, reads, and takes one
// off. As in the kernel's refscale it has no check of zero, which is right only
// for an object that something else keeps alive: between the load of the
// pointer and the increment the object may be replaced. So nothing here ends an
// object when its count falls to zero; old ones are left to the garbage
// collector. refcnt is the one that may end them.
type blindRefcnt struct {
	stateless
	source
}

func newBlindRefcnt(head *Object) Mechanism { return begun(new(blindRefcnt), head) }

func (m *blindRefcnt) Join() LoopReader     { return m }
func (m *blindRefcnt) Replace(next *Object) { m.head.Store(next) }

func (m *blindRefcnt) Read(loops int) (sum uint64) {
	src := &m.head
	for range loops {
		o := src.Load()
		o.refs.Add(1)
		sum += o.value
		o.refs.Add(-1)
	}
	return sum
}

func (m *blindRefcnt) Walk(loops int, delay Delay) (sum uint64) {
	src := &m.head
	for range loops {
		head := src.Load()
		head.refs.Add(1)
		o, before := head.walk(sum)
		sum = delay.Spend(before)
		sum += o.value
		head.refs.Add(-1)
	}
	return sum
}
