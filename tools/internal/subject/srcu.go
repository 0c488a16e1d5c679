package subject

import (
	"hazptr/srcu"
	"hazptr/tools/internal/mortal"
)

func newSRCU(c Config) Subject {
	d := srcu.New()
	s := &graced[srcu.Cookie]{graceDomain: d, cells: make([]Source, c.Cells)}
	s.reader = func() Reader { return &srcuReader{cells: s.cells, domain: d} }
	s.hands = func() Hands { return &srcuHands{domain: d} }
	return s
}

// An srcuReader has a section for each level.
type srcuReader struct {
	nesting
	cells  []Source
	domain *srcu.Domain
	tokens [MaxNest]srcu.Token
	depth  int
}

func (r *srcuReader) Enter(cell int) *mortal.Object {
	r.tokens[r.depth] = r.domain.ReadLock()
	r.depth++
	return r.cells[cell].Load()
}

func (r *srcuReader) Leave() {
	r.depth--
	r.domain.ReadUnlock(r.tokens[r.depth])
}

func (r *srcuReader) Detach() func() {
	r.depth--
	token := r.tokens[r.depth]
	return func() { r.domain.ReadUnlock(token) }
}

// srcuHands protect all that is loaded from Begin to End.
type srcuHands struct {
	plain
	domain *srcu.Domain
	token  srcu.Token
}

func (h *srcuHands) Begin() { h.token = h.domain.ReadLock() }

func (h *srcuHands) Protect(_ int, source *Source) *mortal.Object { return source.Load() }

func (h *srcuHands) End() { h.domain.ReadUnlock(h.token) }
