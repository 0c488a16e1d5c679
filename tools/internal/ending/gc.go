package ending

import "runtime"

// gc has the garbage collector end the old objects, some time after the last
// reader has left them.
type gc struct {
	sources
	none
	counted
	cleanup func(number int)
}

func newGC(c Config) Ending {
	e := &gc{sources: newSources(c), counted: counted{bytes: c.Bytes}}
	// A cleanup cannot touch the object itself: what ends is the thing that the
	// object stands for, here a count.
	e.cleanup = func(number int) {
		e.over.Add(1)
		if e.told != nil {
			e.told(number)
		}
	}
	return e
}

func (e *gc) Join() Reader { return loader{&e.sources} }

func (e *gc) NewWriter(source int) Writer {
	src := &e.all[source]
	return func(next *Object) {
		e.replaced.Add(1)
		old := src.head.Swap(next)
		runtime.AddCleanup(old, e.cleanup, old.Number())
	}
}
