package cachedref

import (
	"sync"
	"sync/atomic"

	"hazptr/internal/interleave"
)

// A fuzzWorld is what the goroutines of FuzzKill share.
type fuzzWorld struct {
	s       *interleave.Scheduler
	sources [2]atomic.Pointer[fuzzRef]

	mu   sync.Mutex // held for moments in which there is no point
	held []*fuzzRef // a reference each, which any goroutine may drop
	all  []*fuzzRef
}

func (w *fuzzWorld) make() *fuzzRef {
	r := new(fuzzRef)
	r.Ref = New(&r.subject, func(p *interleave.Subject) { p.End(w.s) })
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, r)
	return r
}

// replace puts another Ref in place of one, which it kills.
func (w *fuzzWorld) replace(i int, with *fuzzRef) {
	old := w.sources[i].Swap(with)
	old.Kill()
	old.dead.Store(true)
}

func (w *fuzzWorld) put(r *fuzzRef) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.held = append(w.held, r)
}

// take takes a reference, of any goroutine's, to drop it.
func (w *fuzzWorld) take(i int) *fuzzRef {
	w.mu.Lock()
	defer w.mu.Unlock()
	last := len(w.held) - 1
	if last < 0 {
		return nil
	}
	i = min(i, last)
	r := w.held[i]
	w.held = append(w.held[:i], w.held[i+1:]...)
	r.subject.Drop(w.s)
	return r
}
