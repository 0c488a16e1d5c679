package mechanism

import "sync/atomic"

// refcntCond increments the object's reference count unless it is zero, reads,
// and decrements it; the goroutine that brings it to zero ends the object. The
// head has one reference from the start, which Replace drops. A reader that
// finds zero has come too late and loads the pointer again.
//
// Memory that the count is in must not be reused before the last such reader
// has looked. Here the garbage collector sees to that; in other languages this
// mechanism needs one of the others beneath it.
type refcntCond struct {
	stateless
	source
}

func (m *refcntCond) Join() Reader         { return m }
func (m *refcntCond) Replace(next *Object) { m.head.Swap(next).put() }

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

// put gives a reference back.
func (o *Object) put() {
	if o.refs.Add(-1) == 0 {
		o.end()
	}
}

func (m *refcntCond) Read(loops int) (sum uint64) {
	src := &m.head
	for range loops {
		o := get(src)
		sum += o.value
		o.put()
	}
	return sum
}

func (m *refcntCond) Walk(loops int, delay Delay) (sum uint64) {
	src := &m.head
	for range loops {
		head := get(src)
		o, before := head.walk(sum)
		sum = delay.Spend(before)
		sum += o.value
		head.put()
	}
	return sum
}
