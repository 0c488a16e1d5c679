package subject

import (
	"hazptr"
	"hazptr/tools/internal/mortal"
)

type guard = hazptr.Guard[mortal.Object]

func newGuardReader(h *hazards) Reader {
	n := 0
	return &nested[guard]{
		enter: func(cell int) (guard, *mortal.Object) {
			g := h.cells[cell].acquire()
			if n++; n%4 == 0 { // and goes on with a share of it
				defer g.Release()
				g := g.Share()
				return g, g.Ptr()
			}
			return g, g.Ptr()
		},
		leave: func(g guard) { g.Release() },
	}
}

func (c *cell) acquire() guard {
	if c.pointer != nil {
		return c.pointer.Acquire()
	}
	return hazptr.Acquire(&c.source)
}

// guardHands are Guards. The hand's last one is released when the next one has
// been acquired.
type guardHands [MaxNest]guard

func newGuardHands() Hands { return new(guardHands) }

func (h *guardHands) Begin() {}

func (h *guardHands) Protect(hand int, source *Source) *mortal.Object {
	g := hazptr.Acquire(source)
	h[hand].Release()
	h[hand] = g
	return g.Ptr()
}

func (h *guardHands) End() {
	for i := range h {
		h[i].Release()
	}
}

func (h *guardHands) Close() {}
