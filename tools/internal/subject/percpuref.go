package subject

import (
	"context"
	"sync/atomic"

	"hazptr/percpuref"
	"hazptr/tools/internal/mortal"
)

// counted are cells whose objects have a percpuref.Ref each.
type counted struct {
	cells []atomic.Pointer[countedObject]
}

// A countedObject is what a cell points to. It is the garbage collector's, so
// that a reader may ask for a reference at any time.
type countedObject struct {
	ref    *percpuref.Ref
	object *mortal.Object
	ended  atomic.Pointer[func(*mortal.Object)] // set before the owner's reference is dropped
}

func newCounted(c Config) Subject { return &counted{make([]atomic.Pointer[countedObject], c.Cells)} }

func (s *counted) NewReader() Reader { return &countedReader{cells: s.cells} }

func (s *counted) Ways() []Way {
	way := func(name string, kill func(*percpuref.Ref)) Way {
		return Way{Name: name, Direct: name == "kill", Replace: func(cell int, next *mortal.Object, unlinked, ended func(*mortal.Object)) {
			var c *countedObject
			if next != nil {
				c = &countedObject{object: next}
				c.ref = percpuref.New(func() { (*c.ended.Load())(c.object) })
			}
			old := s.cells[cell].Swap(c)
			if old == nil {
				return
			}
			unlinked(old.object)
			old.ended.Store(&ended)
			kill(old.ref)
		}}
	}
	return []Way{
		way("kill", (*percpuref.Ref).Kill),
		way("confirm", func(r *percpuref.Ref) {
			r.KillAndConfirm(func() {
				if r.TryGetLive() {
					panic("TryGetLive of a Ref whose death is confirmed")
				}
			})
		}),
		way("switch", func(r *percpuref.Ref) {
			r.SwitchToAtomicSync()
			r.SwitchToPercpu()
			r.Kill()
		}),
		way("resurrect", func(r *percpuref.Ref) {
			r.Get() // or the count might fall to zero in between
			r.Kill()
			r.Resurrect()
			r.SwitchToAtomic(nil)
			r.GetMany(3)
			r.SwitchToPercpu()
			r.PutMany(4)
			r.Kill()
		}),
	}
}

// Disturb changes the mode of a Ref to and fro.
func (s *counted) Disturb(cell int) {
	if c := s.cells[cell].Load(); c != nil && c.ref.TryGet() {
		c.ref.SwitchToAtomicSync()
		c.ref.SwitchToPercpu()
		c.ref.Put()
	}
}

// Close has nothing to wait for: the last Put ends an object.
func (s *counted) Close(context.Context) error { return nil }

type countedReader struct {
	nesting
	cells []atomic.Pointer[countedObject]
	held  [MaxNest]*countedObject
	many  [MaxNest]int
	depth int
	turns int
}

func (r *countedReader) Enter(cell int) *mortal.Object {
	r.turns++
	for {
		c := r.cells[cell].Load()
		if c == nil {
			r.held[r.depth] = nil
			r.depth++
			return nil
		}
		get := c.ref.TryGetLive
		if r.turns%4 == 0 {
			get = c.ref.TryGet
		}
		if !get() {
			continue // it has been replaced
		}
		n := 1
		if r.turns%8 == 0 {
			c.ref.GetMany(2)
			n = 3
		}
		r.held[r.depth], r.many[r.depth] = c, n
		r.depth++
		return c.object
	}
}

func (r *countedReader) Leave() {
	r.depth--
	if c := r.held[r.depth]; c != nil {
		r.held[r.depth] = nil
		c.put(r.many[r.depth])
	}
}

func (c *countedObject) put(n int) {
	if n == 1 {
		c.ref.Put()
	} else {
		c.ref.PutMany(n)
	}
}

func (r *countedReader) Detach() func() {
	r.depth--
	c, n := r.held[r.depth], r.many[r.depth]
	r.held[r.depth] = nil
	return func() {
		if c != nil {
			c.put(n)
		}
	}
}
