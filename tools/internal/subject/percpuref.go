package subject

import (
	"hazptr/percpuref"
	"hazptr/tools/internal/mortal"
)

// percpu are cells whose objects have a percpuref.Ref each.
type percpu struct{ counted[*percpuref.Ref] }

func newPercpu(c Config) Subject { return &percpu{newCounted[*percpuref.Ref](c)} }

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

// A percpuReference is n references of an object, or none.
type percpuReference struct {
	ref *percpuref.Ref
	n   int
}

func (s *percpu) NewReader() Reader {
	turns := 0
	return &nested[percpuReference]{
		enter: func(cell int) (percpuReference, *mortal.Object) {
			turns++
			for {
				c := s.cells[cell].Load()
				if c == nil {
					return percpuReference{}, nil
				}
				get := c.ref.TryGetLive
				if turns%4 == 0 {
					get = c.ref.TryGet
				}
				if !get() {
					continue // it has been replaced
				}
				if turns%8 == 0 {
					c.ref.GetMany(2)
					return percpuReference{c.ref, 3}, c.object
				}
				return percpuReference{c.ref, 1}, c.object
			}
		},
		leave: func(r percpuReference) {
			switch r.n {
			case 0:
			case 1:
				r.ref.Put()
			default:
				r.ref.PutMany(r.n)
			}
		},
	}
}
