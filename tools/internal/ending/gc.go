package ending

import (
	"runtime"
	"sync/atomic"
)

// gc has the garbage collector end the old objects, some time after nobody has them.
type gc struct {
	sources
	none
	bytes    int64
	cleanup  func(number int)
	replaced atomic.Int64 // one locked add beside an AddCleanup of a microsecond
	over     atomic.Int64
}

func newGC(c Config) Ending {
	e := &gc{sources: newSources(c), bytes: c.Bytes}
	// A cleanup cannot touch the object itself: what ends is the thing that the object stands for, here a count.
	e.cleanup = func(number int) {
		e.over.Add(1)
		if e.told != nil {
			e.told(number)
		}
	}
	return e
}

func (e *gc) Pending() (objects, bytes int64) {
	over := e.over.Load()
	objects = e.replaced.Load() - over
	return objects, objects * e.bytes
}

func (e *gc) Join() Reader { return loader{&e.sources} }

func (e *gc) NewWriter(source int) Writer { return &gcWriter{e, &e.all[source]} }

type gcWriter struct {
	e   *gc
	src *source
}

func (w *gcWriter) Update(next *Object) {
	w.e.replaced.Add(1)
	old := w.src.head.Swap(next)
	runtime.AddCleanup(old, w.e.cleanup, old.Number())
}
