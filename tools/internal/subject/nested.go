package subject

import "hazptr/tools/internal/mortal"

// A nested Reader has a protection of its own for each level.
type nested[P any] struct {
	plain
	enter func(cell int) (P, *mortal.Object)
	leave func(P)
	held  [MaxNest]P
	depth int
}

func (r *nested[P]) Enter(cell int) *mortal.Object {
	p, o := r.enter(cell)
	r.held[r.depth] = p
	r.depth++
	return o
}

// last forgets the last protection, and returns it.
func (r *nested[P]) last() (p P) {
	r.depth--
	p, r.held[r.depth] = r.held[r.depth], p
	return p
}

func (r *nested[P]) Leave() { r.leave(r.last()) }

func (r *nested[P]) Detach() func() {
	p := r.last()
	return func() { r.leave(p) }
}

func (r *nested[P]) Nests() bool { return true }
