package way

import (
	"runtime"

	"hazptr/internal/fence"
)

// swap swaps the pointer and ends nothing: it is what unlinking costs, which is
// part of every other way. Old objects are left to the garbage collector, so
// nothing of theirs can be unmapped or closed.
type swap struct{ *sources }

func newSwap(c Config) Ending { return swap{newSources(c)} }

func (e swap) Join() Reader { return &loader{e.all} }

func (e swap) NewWriter(source int) Writer {
	src := &e.all[source]
	return func(next *Object) { src.head.Swap(next) }
}

// fenced swaps the pointer and makes a fence, and ends nothing.
type fenced struct{ *sources }

func newFenced(c Config) Ending { return fenced{newSources(c)} }

func (e fenced) Join() Reader { return &loader{e.all} }

func (e fenced) NewWriter(source int) Writer {
	src := &e.all[source]
	return func(next *Object) {
		old := src.head.Swap(next)
		fence.Heavy()
		if e.told != nil {
			e.told(old.Number())
		}
	}
}

// gc has the garbage collector end the old objects, some time after the last
// reader has left them.
type gc struct {
	*sources
	cleanup func(number int)
}

func newGC(c Config) Ending {
	e := &gc{sources: newSources(c)}
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

func (e *gc) Join() Reader { return &loader{e.all} }

func (e *gc) NewWriter(source int) Writer {
	src, replaced := &e.all[source], e.ofWriter()
	return func(next *Object) {
		replaced.add()
		old := src.head.Swap(next)
		runtime.AddCleanup(old, e.cleanup, old.Number())
	}
}

// loader reads an atomic pointer, and no writer knows: the limit of all that
// can be had.
type loader struct{ all []source }

func (r *loader) Protect(source int) *Object { return r.all[source].head.Load() }
func (r *loader) Clear()                     {}
func (r *loader) Leave()                     {}

// Read is unrolled, as holderReader's Read is.
func (r *loader) Read(loops int) (sum uint64) {
	src := &r.all[0].head
	for range loops / 4 {
		sum += src.Load().value
		sum += src.Load().value
		sum += src.Load().value
		sum += src.Load().value
	}
	for range loops % 4 {
		sum += src.Load().value
	}
	return sum
}

func (r *loader) Walk(loops int, delay Delay) (sum uint64) {
	src := &r.all[0].head
	for range loops {
		o, before := src.Load().walk(sum)
		sum = delay.Spend(before)
		sum += o.value
	}
	return sum
}
