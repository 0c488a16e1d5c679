package hazptr

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"hazptr/internal/interleave"
)

// A fuzzWorld is what the goroutines of a fuzz test share.
type fuzzWorld struct {
	s       *interleave.Scheduler
	d       *Domain
	sources [4]atomic.Pointer[interleave.Subject]
	guards  interleave.Pool[Guard[interleave.Subject]]

	mu       sync.Mutex // held for moments in which there is no point
	unlinked []*interleave.Subject
}

// note takes note of an object that was unlinked, and is to end.
func (w *fuzzWorld) note(p *interleave.Subject) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.unlinked = append(w.unlinked, p)
}

// unlinkedYet returns those that have been unlinked.
func (w *fuzzWorld) unlinkedYet() []*interleave.Subject {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.unlinked)
}

// acquire makes a Guard that anybody may release.
func (w *fuzzWorld) acquire(thread *interleave.Thread, source int) {
	g := Acquire(&w.sources[source])
	if p := g.Ptr(); p != nil {
		p.Use(w.s)
		w.guards.Put(thread, g)
	}
}

// release releases a Guard of anybody's.
func (w *fuzzWorld) release(i int) {
	if g, some := w.guards.Take(i); some {
		w.leave(g)
	}
}

// releaseAll releases the Guards that the Thread has acquired, or all where it is nil.
func (w *fuzzWorld) releaseAll(thread *interleave.Thread) {
	for g, some := w.guards.TakeOf(thread); some; g, some = w.guards.TakeOf(thread) {
		w.leave(g)
	}
}

func (w *fuzzWorld) leave(g Guard[interleave.Subject]) {
	g.Ptr().Drop(w.s)
	g.Release()
}

// allEnded looks whether each object that was unlinked has been reclaimed, once.
func (w *fuzzWorld) allEnded(t *testing.T) {
	t.Helper()
	for _, p := range w.unlinked {
		if p.Ended() != 1 {
			t.Fatalf("an object was reclaimed %d times", p.Ended())
		}
	}
}

// end is a reclaim function.
func (w *fuzzWorld) end(p *interleave.Subject) { p.End(w.s) }
