package subject

import (
	"sync/atomic"

	"hazptr/percpuref"
	"hazptr/tools/internal/mortal"
)

// percpu are cells whose objects have a percpuref.Ref each.
type percpu struct{ counted[*percpuref.Ref] }

func newPercpu(c Config) Subject { return &percpu{newCounted[*percpuref.Ref](c)} }

func (s *percpu) NewReader() Reader { return &percpuReader{cells: s.cells} }

func (s *percpu) Ways() []Way {
	way := func(name string, kill func(*percpuref.Ref)) Way {
		return s.way(name, func(_ *mortal.Object, end func()) *percpuref.Ref { return percpuref.New(end) }, kill)
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
func (s *percpu) Disturb(cell int) {
	if c := s.cells[cell].Load(); c != nil && c.ref.TryGet() {
		c.ref.SwitchToAtomicSync()
		c.ref.SwitchToPercpu()
		c.ref.Put()
	}
}

type percpuReader struct {
	nesting
	cells []atomic.Pointer[countedObject[*percpuref.Ref]]
	held  [MaxNest]*countedObject[*percpuref.Ref]
	many  [MaxNest]int
	depth int
	turns int
}

func (r *percpuReader) Enter(cell int) *mortal.Object {
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

func (r *percpuReader) Leave() {
	r.depth--
	if c := r.held[r.depth]; c != nil {
		r.held[r.depth] = nil
		putMany(c.ref, r.many[r.depth])
	}
}

func putMany(r *percpuref.Ref, n int) {
	if n == 1 {
		r.Put()
	} else {
		r.PutMany(n)
	}
}

func (r *percpuReader) Detach() func() {
	r.depth--
	c, n := r.held[r.depth], r.many[r.depth]
	r.held[r.depth] = nil
	return func() {
		if c != nil {
			putMany(c.ref, n)
		}
	}
}
