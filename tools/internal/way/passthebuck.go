package way

import (
	"context"
	"slices"
	"sync/atomic"
	"time"
	"unsafe"

	"hazptr/internal/fence"
	"hazptr/internal/perproc"
)

// buck is Pass the Buck, the other answer of its year to the question that
// hazard pointers answer: M. Herlihy, V. Luchangco and M. Moir, "The Repeat
// Offender Problem: A Mechanism for Supporting Dynamic-Sized, Lock-Free Data
// Structures" (DISC 2002). A reader posts the object in its guard. An updater
// calls liberate, which hands the object over to the guard that traps it. No
// reader looks at what was handed over to its guard: a later liberate finds
// that the guard does not trap it any more, and takes it away again.
//
// A guard traps an object if it has posted it since before the object was
// replaced, without a break. This is why no trapped object ends:
//
//   - [post] pairs with [look], and [validate] with [unlink], all of them
//     sequentially consistent. A reader whose validate finds the object comes
//     before the unlink, so that its post comes before the look of the liberate
//     that follows the unlink. A guard that is hired or posted in later traps
//     no such object.
//
// - All calls of liberate visit the guards in the same order. An object that
// one of them has is trapped by none of the guards that it has visited, and one
// that was handed over to a guard by none of those before it. So liberate may
// go on with what it takes from a guard, and what it has at the end is free. -
// It takes what is handed over before it looks at the post. If the guard has
// posted something else by then, it has let go of that. - [exchange] fails if
// the guard has had something else handed over since. In the paper a version
// beside the value says so, which takes a compare-and-swap of two words. Here
// each handover is a new one that never changes, and the garbage collector
// gives its address to no other while a
//
//	liberate has it: the address is the version.
//
// The post must be visible before the validate is made, which takes a locked
// instruction for each read. That is what hazptr saves its readers.
type buck struct {
	*sources
	guards atomic.Pointer[buckGuard] // the list of all, the newest first
}

// A buckGuard belongs to the reader that has hired it.
type buckGuard struct {
	post uintptr // the address of an object, or 0
	_    [2*perproc.CacheLine - 8]byte

	handed atomic.Pointer[handover]
	hired  atomic.Bool
	next   *buckGuard
	_      [2*perproc.CacheLine - 24]byte
}

// A handover is an object that was handed over to a guard, or none.
type handover struct{ object *Object }

func newPassTheBuck(c Config) Ending { return &buck{sources: newSources(c)} }

// hire returns a guard of which the caller is the only user until fire.
func (e *buck) hire() *buckGuard {
	for g := e.guards.Load(); g != nil; g = g.next {
		if !g.hired.Load() && g.hired.CompareAndSwap(false, true) {
			return g
		}
	}
	g := new(buckGuard)
	g.handed.Store(&handover{})
	g.hired.Store(true)
	for {
		g.next = e.guards.Load()
		if e.guards.CompareAndSwap(g.next, g) {
			return g
		}
	}
}

// fire gives the guard back. What was handed over to it stays there for a later
// liberate.
func (g *buckGuard) fire() {
	g.clear()
	g.hired.Store(false)
}

func (g *buckGuard) protect(src *atomic.Pointer[Object]) *Object {
	for {
		o := src.Load()
		atomic.StoreUintptr(&g.post, address(o)) // [post]
		if src.Load() == o {                     // [validate]
			return o
		}
	}
}

func address(o *Object) uintptr { return uintptr(unsafe.Pointer(o)) }

func (g *buckGuard) clear() { fence.Release(&g.post, 0) }

// liberate returns the objects that no guard traps, of these and of the ones
// that were handed over before.
func (e *buck) liberate(objects []*Object) (free []*Object) {
	for g := e.guards.Load(); g != nil; g = g.next {
		objects = g.pass(objects)
	}
	return objects
}

// pass hands the object that the guard traps over to it, and adds the one that
// it does not trap any more.
func (g *buckGuard) pass(objects []*Object) []*Object {
	for {
		had := g.handed.Load()
		post := atomic.LoadUintptr(&g.post) // [look]
		posted := func(o *Object) bool { return address(o) == post }
		trapped := slices.IndexFunc(objects, posted)
		var next *Object
		if trapped >= 0 {
			next = objects[trapped]
		} else if had.object == nil || posted(had.object) {
			return objects
		}
		if !g.handed.CompareAndSwap(had, &handover{next}) { // [exchange]
			continue
		}
		if trapped >= 0 {
			objects = slices.Delete(objects, trapped, trapped+1)
		}
		if had.object != nil {
			objects = append(objects, had.object)
		}
		return objects
	}
}

func (e *buck) NewWriter(source int) Writer {
	src, replaced, ended := &e.all[source], e.ofWriter(), e.ofEnder()
	var few []*Object
	return func(next *Object) {
		replaced.add()
		few = e.finish(append(few[:0], src.head.Swap(next)), ended) // [unlink]
	}
}

// finish ends the objects that are free, and returns their slice for the next
// ones.
func (e *buck) finish(objects []*Object, ended *tally) []*Object {
	objects = e.liberate(objects)
	for i, o := range objects {
		e.end(o)
		ended.add()
		objects[i] = nil
	}
	return objects
}

// Wait calls liberate again and again until all has ended.
func (e *buck) Wait(ctx context.Context) error {
	for ended := e.ofEnder(); ; {
		e.finish(nil, ended)
		if pending, _ := e.Pending(); pending == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Microsecond):
		}
	}
}

func (e *buck) Join() Reader { return &buckReader{e: e, g: e.hire()} }

type buckReader struct {
	e        *buck
	g, ahead *buckGuard // ahead is hired by the first Walk
}

func (r *buckReader) Protect(source int) *Object { return r.g.protect(&r.e.all[source].head) }
func (r *buckReader) Clear()                     { r.g.clear() }

func (r *buckReader) Leave() {
	r.g.fire()
	if r.ahead != nil {
		r.ahead.fire()
	}
}

func (r *buckReader) Read(loops int) (sum uint64) {
	src, g := &r.e.all[0].head, r.g
	for range loops {
		sum += g.protect(src).value
		g.clear()
	}
	return sum
}

// Walk goes hand over hand, as holderReader's Walk does.
func (r *buckReader) Walk(loops int, delay Delay) (sum uint64) {
	if r.ahead == nil {
		r.ahead = r.e.hire()
	}
	src, g, ahead := &r.e.all[0].head, r.g, r.ahead
	for range loops {
		o := g.protect(src)
		for next := ahead.protect(&o.next); next != nil; next = ahead.protect(&o.next) {
			sum += o.value
			o, g, ahead = next, ahead, g
		}
		sum = delay.Spend(sum)
		sum += o.value
		g.clear()
		ahead.clear()
	}
	return sum
}
