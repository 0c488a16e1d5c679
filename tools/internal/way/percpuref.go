package way

import (
	"sync/atomic"

	"hazptr/percpuref"
)

// percpuRefs has a percpuref.Ref for each object, which the updater makes with
// the new one and kills with the old one. The last reference that is dropped
// ends the object.
type percpuRefs struct {
	*sources // what readers find is in refs
	refs     []countedSource
}

type countedSource struct {
	head atomic.Pointer[countedObject]
	_    [128]byte
}

// A countedObject is what readers find.
type countedObject struct {
	*Object
	ref *percpuref.Ref
}

func newPercpuRefs(c Config) Ending {
	e := &percpuRefs{sources: newSources(c), refs: make([]countedSource, len(c.Objects))}
	for i, o := range c.Objects {
		e.refs[i].head.Store(e.count(o))
	}
	return e
}

func (e *percpuRefs) count(o *Object) *countedObject {
	return &countedObject{o, percpuref.New(func() {
		e.end(o)
		e.over.Add(1)
	})}
}

func (e *percpuRefs) NewWriter(source int) Writer {
	src, replaced := &e.refs[source], e.ofWriter()
	return func(next *Object) {
		replaced.add()
		src.head.Swap(e.count(next)).ref.Kill()
	}
}

func (e *percpuRefs) Join() Reader { return &percpuRefReader{e: e} }

type percpuRefReader struct {
	e   *percpuRefs
	ref *percpuref.Ref
}

func (r *percpuRefReader) Protect(source int) *Object {
	o := r.e.refs[source].live()
	r.ref = o.ref
	return o.Object
}

func (r *percpuRefReader) Clear() { r.ref.Put() }
func (r *percpuRefReader) Leave() {}

// live loads the pointer until it is not that of an object which has been
// replaced meanwhile, and takes a reference. It is what the loops below go to
// when their first attempt, which is written out in each, has failed: the
// compiler doesn't inline it, and the call was a sixth of what a read cost.
func (s *countedSource) live() *countedObject {
	for {
		if o := s.head.Load(); o.ref.TryGetLive() {
			return o
		}
	}
}

func (r *percpuRefReader) Read(loops int) (sum uint64) {
	src := &r.e.refs[0]
	for range loops {
		o := src.head.Load()
		if !o.ref.TryGetLive() {
			o = src.live()
		}
		sum += o.value
		o.ref.Put()
	}
	return sum
}

func (r *percpuRefReader) Walk(loops int, delay Delay) (sum uint64) {
	src := &r.e.refs[0]
	for range loops {
		head := src.head.Load()
		if !head.ref.TryGetLive() {
			head = src.live()
		}
		o, before := head.Object.walk(sum)
		sum = delay.Spend(before)
		sum += o.value
		head.ref.Put()
	}
	return sum
}
