package subject

import (
	"hazptr"
	"hazptr/tools/internal/mortal"
)

// A guardReader protects with Guards.
type guardReader struct {
	nesting
	cells  []cell
	guards [MaxNest]hazptr.Guard[mortal.Object]
	depth  int
}

func newGuardReader(h *hazards) Reader { return &guardReader{cells: h.cells} }

func (r *guardReader) Enter(cell int) *mortal.Object {
	c := &r.cells[cell]
	if c.pointer != nil {
		r.guards[r.depth] = c.pointer.Acquire()
	} else {
		r.guards[r.depth] = hazptr.Acquire(&c.source)
	}
	r.depth++
	return r.guards[r.depth-1].Ptr()
}

func (r *guardReader) Leave() {
	r.depth--
	r.guards[r.depth].Release()
}

func (r *guardReader) Detach() func() {
	r.depth--
	g := r.guards[r.depth]
	r.guards[r.depth] = hazptr.Guard[mortal.Object]{}
	return g.Release
}

// guardHands are Guards. The hand's last one is released when the next one has
// been acquired.
type guardHands [MaxNest]hazptr.Guard[mortal.Object]

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
