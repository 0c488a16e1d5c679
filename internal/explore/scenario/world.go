package scenario

import (
	"unsafe"

	"hazptr/internal/explore"
	"hazptr/internal/explore/atomic"
)

// A World is a Scenario in which threads read objects, and replace and end
// them.
type World struct {
	explore.Scenario
	Sources [2]atomic.Pointer[Object] // whose objects are the first ones
	Objects [8]*Object
}

// NewWorld returns a World. Its Setup has each source point to its object.
func NewWorld() *World {
	w := new(World)
	for i := range w.Objects {
		w.Objects[i] = new(Object)
		w.Name(Address(w.Objects[i]), "object%d", i)
		w.Name(Address(&w.Objects[i].ended), "object%d.ended", i)
	}
	for i := range w.Sources {
		w.Name(Address(&w.Sources[i]), "source%d", i)
	}
	w.Setup = w.Reset
	return w
}

// Replace replaces the object of a source, and ends the old one when wait has
// returned.
func (w *World) Replace(source, with int, wait func(old *Object) error) {
	w.Sources[source].Swap(w.Objects[with]).EndAfter(wait)
}

// EndAfter ends the object, which has been unlinked, after wait has returned.
func (o *Object) EndAfter(wait func(old *Object) error) {
	if err := wait(o); err != nil {
		explore.Failf("%v", err)
	}
	o.End()
}

// Reset is for Setup.
func (w *World) Reset() {
	for i := range w.Sources {
		w.Sources[i].Store(w.Objects[i])
	}
	for _, o := range w.Objects {
		o.ended = 0
	}
}

// An Object is used by readers, and ended by a thread that replaces it.
type Object struct {
	_     [8]byte // the object and its word have two names
	ended uintptr
	_     [48]byte
}

// Use fails the execution if the object has ended.
func (o *Object) Use() {
	if explore.Load(&o.ended) != 0 {
		explore.Failf("an object is used that has ended")
	}
}

// End is a plain store, as the first one of what comes to lie there next.
func (o *Object) End() { explore.Store(&o.ended, 1) }

// Ended reports whether it has ended, to a thread that has waited for it.
func (o *Object) Ended() bool { return explore.Load(&o.ended) != 0 }

// HasEnded reports whether it has ended in memory, for Check.
func (o *Object) HasEnded() bool { return o.ended != 0 }

// Address is what stories name.
func Address[T any](p *T) uintptr { return uintptr(unsafe.Pointer(p)) }
