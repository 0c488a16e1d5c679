package way

import (
	"context"
	"sync"
	"sync/atomic"
)

// refcnt counts references in the object: a reader takes one unless there is
// none left, and then it has come too late and loads the pointer again. The
// last one that is dropped, which is often the writer's, ends the object.
//
// Memory that the count is in must not be reused before the last such reader
// has looked. Here the garbage collector sees to that; in other languages this
// way needs one of the others beneath it.
type refcnt struct {
	*sources

	// started has the goroutines that end objects. It is nil where the one that
	// drops the last reference does.
	started *sync.WaitGroup
}

func newRefcnt(c Config) Ending { return refcnt{sources: newSources(c)} }

// newStartingRefcnt makes a refcnt whose last dropper starts a goroutine that
// ends the object. Nothing that ends objects on a goroutine of its own can be
// sooner than that.
func newStartingRefcnt(c Config) Ending { return refcnt{newSources(c), new(sync.WaitGroup)} }

func (e refcnt) Wait(context.Context) error {
	if e.started != nil {
		e.started.Wait()
	}
	return nil
}

func (e refcnt) Join() Reader { return e.counter() }

func (e refcnt) NewWriter(source int) Writer {
	src, replaced, c := &e.all[source], e.ofWriter(), e.counter()
	return func(next *Object) {
		replaced.add()
		c.put(src.head.Swap(next))
	}
}

func (e refcnt) counter() *counter { return &counter{refcnt: e, ended: e.ofEnder()} }

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

// A counter has references. Writers have one, too, to end objects by.
type counter struct {
	refcnt
	o     *Object // that is protected
	ended *tally
}

// put gives a reference back.
func (r *counter) put(o *Object) {
	if o.refs.Add(-1) == 0 {
		r.finish(o)
	}
}

// finish ends an object of which the last reference has been given back. Were
// it inlined, put would not be.
//
//go:noinline
func (r *counter) finish(o *Object) {
	if r.started != nil {
		r.started.Go(func() {
			r.end(o)
			r.over.Add(1)
		})
		return
	}
	r.end(o)
	r.ended.add()
}

func (r *counter) Protect(source int) *Object {
	r.o = get(&r.all[source].head)
	return r.o
}

func (r *counter) Clear() { r.put(r.o) }
func (r *counter) Leave() {}

func (r *counter) Read(loops int) (sum uint64) {
	src := &r.all[0].head
	for range loops {
		o := get(src)
		sum += o.value
		r.put(o)
	}
	return sum
}

func (r *counter) Walk(loops int, delay Delay) (sum uint64) {
	src := &r.all[0].head
	for range loops {
		head := get(src)
		o, before := head.walk(sum)
		sum = delay.Spend(before)
		sum += o.value
		r.put(head)
	}
	return sum
}

// blindRefcnt adds one to the object's reference count, reads, and takes one
// off. As in the kernel's refscale it has no check of zero, which is right only
// for an object that something else keeps alive: between the load of the
// pointer and the increment the object may be replaced. So nothing here ends an
// object when its count falls to zero; old ones are left to the garbage
// collector. refcnt is the one that may end them.
type blindRefcnt struct{ stateless }

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
