package subject

import (
	"runtime"

	"hazptr"
	"hazptr/tools/internal/mortal"
)

// A holderReader protects with Holders, one for each level.
type holderReader struct {
	plain
	cells   []cell
	holders [MaxNest]*hazptr.Holder[mortal.Object]
	depth   int
	turns   int
}

func newHolderReader(h *hazards) Reader {
	r := &holderReader{cells: h.cells}
	for i := range r.holders {
		r.holders[i] = hazptr.NewHolder[mortal.Object]()
	}
	return r
}

func (r *holderReader) Enter(cell int) *mortal.Object {
	h, c := r.holders[r.depth], &r.cells[cell]
	r.depth++
	if c.pointer != nil {
		return c.pointer.Protect(h)
	}
	switch r.turns++; r.turns % 4 {
	case 0:
		for {
			o := c.source.Load()
			if r.turns%64 == 0 {
				runtime.Gosched() // it may be replaced, and end
			}
			if h.TryProtect(o, &c.source) {
				return o
			}
		}
	case 1:
		for {
			o := c.source.Load()
			h.Set(o)
			if c.source.Load() == o {
				return o
			}
		}
	}
	return h.Protect(&c.source)
}

func (r *holderReader) Leave() {
	r.depth--
	r.holders[r.depth].Clear()
}

func (r *holderReader) Detach() func() {
	r.depth--
	h := r.holders[r.depth]
	r.holders[r.depth] = hazptr.NewHolder[mortal.Object]()
	return h.Close
}

func (r *holderReader) Nests() bool { return true }

func (r *holderReader) Close() {
	for _, h := range r.holders {
		h.Close()
	}
}

// holderHands are Holders.
type holderHands [MaxNest]*hazptr.Holder[mortal.Object]

func newHolderHands() Hands {
	h := new(holderHands)
	for i := range h {
		h[i] = hazptr.NewHolder[mortal.Object]()
	}
	return h
}

func (h *holderHands) Begin() {}

func (h *holderHands) Protect(hand int, source *Source) *mortal.Object {
	return h[hand].Protect(source)
}

func (h *holderHands) End() {
	for _, holder := range h {
		holder.Clear()
	}
}

func (h *holderHands) Close() {
	for _, holder := range h {
		holder.Close()
	}
}
